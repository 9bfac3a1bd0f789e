import type { Policy } from '../policy.js'
import { allowList } from './allow-list.js'
import type { Rule } from './rule.js'
import { beyond, listed, ruled } from './rule.js'

/**
 * Lets containers have only these namespaces of the host or of other containers, beside their own:
 *
 *     filter.namespaces(['network:container', 'pid:host'])
 *
 * Names are `network:host`, `pid:host`, `ipc:host`, `uts:host`, `userns:host` and `cgroup:host`; `network:container`,
 * `pid:container` and `ipc:container` for those of another container, which is judged by the same policy; and
 * `cgroup-parent:NAME`. The default, an empty list, allows none.
 *
 * Covered: create, the network that a build's steps run in, services and `networks connect` with the network `host`
 * under any name of it; `docker top` with arguments by which `ps` may show processes of the host (`pid:host` lets them
 * pass); containers that are there already, before anyone gets into them (exec, attach, start, restart, cp, update);
 * privileged containers and execs, and plugins, which have the host anyway.
 *
 * Not covered: what is reached over a network. Drivers that join an interface of the host are for `drivers()`.
 * @throws IntermediateError for a name that is none
 */
export function namespaces(allowed: readonly string[] = []): Policy {
  return ruled('namespaces', [namespaceRule(allowed), ...beyond])
}

export function namespaceRule(allowed: readonly string[]): Rule {
  const form =
    /^(?:(?:network|pid|ipc|uts|userns|cgroup):host|(?:network|pid|ipc):container|cgroup-parent:.+)$/
  return listed('namespace', allowList('namespaces', allowed, form, 'network:host'), 'leave it out')
}
