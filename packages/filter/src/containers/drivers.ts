import type { Policy } from '../policy.js'
import { allowList } from './allow-list.js'
import type { Rule } from './rule.js'
import { listed, never, noTemplates, ruled } from './rule.js'

/**
 * Lets these drivers be used beside the engine's own, with whatever options they take:
 *
 *     filter.drivers(['volume:nfs', 'network:macvlan', 'log:syslog'])
 *
 * The kinds are `volume`, `network`, `log`, `ipam` and `secret`. Without being named pass: volumes of the driver `local`
 * (whose options are for `hostPaths()`), networks of the drivers `bridge` and `overlay` with options that reach no
 * interface of the host and with private addresses, since the host's own traffic goes into a network by its addresses
 * (naming `network:bridge` allows the others too), logs into files of the engine (`json-file`, `local`, `none`). The
 * default is an empty list.
 *
 * Covered: volumes and networks as they are made and as containers and services name them, log drivers of create and
 * services, secrets. Containers that are there already are judged by their volumes and networks, not by their log
 * driver, which may be the engine's default.
 *
 * Not covered: which private addresses a network has. They may be those of a network that the host itself is in.
 * @throws IntermediateError for another kind
 */
export function drivers(allowed: readonly string[] = []): Policy {
  return ruled('drivers', [driverRule(allowed), noTemplates, never('unreadable')])
}

export function driverRule(allowed: readonly string[]): Rule {
  const names = allowList('drivers', allowed, /^(?:volume|network|log|ipam|secret):\S+$/, 'volume:nfs')
  return listed('driver', names, 'use the default one')
}
