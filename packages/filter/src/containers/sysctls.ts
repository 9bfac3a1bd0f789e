import type { Policy } from '../policy.js'
import { allowedAre, allowList } from './allow-list.js'
import type { Rule } from './rule.js'
import { beyond, ruled } from './rule.js'

/**
 * Lets containers set these kernel parameters:
 *
 *     filter.sysctls(['net.ipv4.ip_unprivileged_port_start', 'net.core.*'])
 *
 * A name, or with `.*` all below it. The default, an empty list, allows none.
 *
 * Covered: create, services, and what the option `com.docker.network.endpoint.sysctls` sets in create and connect;
 * containers that are there already, before anyone gets into them (exec, attach, start, restart, cp, update); privileged
 * containers and execs, and plugins.
 * @throws IntermediateError for what is no name
 */
export function sysctls(allowed: readonly string[] = []): Policy {
  return ruled('sysctls', [sysctlRule(allowed), ...beyond])
}

export function sysctlRule(allowed: readonly string[]): Rule {
  const names = allowList('sysctls', allowed, /^[a-z][\w.-]*(?:\.\*)?$/, 'net.core.somaxconn')
  const advice = allowedAre(allowed, 'leave out --sysctl')
  const allows = (name: string) =>
    names.some((each) => (each.endsWith('.*') ? name.startsWith(each.slice(0, -1)) : name === each))
  return { topic: 'sysctl', judge: ({ name }) => (allows(name) ? undefined : advice) }
}
