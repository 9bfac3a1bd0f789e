import type { Policy } from '../policy.js'
import { allowList } from './allow-list.js'
import type { Rule } from './rule.js'
import { beyond, listed, ruled } from './rule.js'
import { capabilityName } from './security-fields.js'

/**
 * Lets containers have these Linux capabilities beside the fourteen that every container has, which may be dropped and
 * added as one likes:
 *
 *     filter.capabilities(['NET_ADMIN'])
 *
 * Names with and without CAP_, in any case; `ALL` allows `--cap-add ALL`. The default, an empty list, allows none. Some
 * are as good as the host: SYS_ADMIN, SYS_MODULE, SYS_PTRACE with a foreign pid namespace, DAC_READ_SEARCH.
 *
 * Covered: create, services, and containers that are there already, before anyone gets into them (exec, attach, start,
 * restart, cp, update); privileged containers and execs, and plugins.
 * @throws IntermediateError for what is no name of a capability
 */
export function capabilities(allowed: readonly string[] = []): Policy {
  return ruled('capabilities', [capabilityRule(allowed), ...beyond])
}

export function capabilityRule(allowed: readonly string[]): Rule {
  const names = allowList('capabilities', allowed, /^[a-z][a-z_]*$/i, 'NET_ADMIN').map(capabilityName)
  return listed('capability', names, 'leave out --cap-add')
}
