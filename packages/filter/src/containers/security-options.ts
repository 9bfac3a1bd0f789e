import type { Policy } from '../policy.js'
import { allowedAre, allowList } from './allow-list.js'
import type { Rule } from './rule.js'
import { beyond, ruled } from './rule.js'

/**
 * Lets containers have these security options beside `no-new-privileges`, `seccomp=builtin` and
 * `apparmor=docker-default`, which loosen nothing:
 *
 *     filter.securityOptions(['apparmor=web', 'seccomp'])
 *
 * `name=value` allows that value, `name` any. What bares /proc is `systempaths=unconfined`. The default, an empty list,
 * allows none.
 *
 * Covered: `SecurityOpt`, `MaskedPaths` and `ReadonlyPaths`, the `Privileges` of services, the `securityopt` of builds;
 * containers that are there already, before anyone gets into them (exec, attach, start, restart, cp, update); privileged
 * containers and execs, and plugins.
 * @throws IntermediateError for what is no option
 */
export function securityOptions(allowed: readonly string[] = []): Policy {
  return ruled('securityOptions', [securityOptionRule(allowed), ...beyond])
}

export function securityOptionRule(allowed: readonly string[]): Rule {
  const names = new Set(allowList('securityOptions', allowed, /^[a-z][a-z-]*(=.+)?$/, 'apparmor=web'))
  const advice = allowedAre(allowed, 'leave out --security-opt')
  return {
    topic: 'securityOption',
    judge: ({ name }) => (names.has(name) || names.has(name.split('=', 1)[0]!) ? undefined : advice),
  }
}
