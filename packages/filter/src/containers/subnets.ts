import { isIP } from 'node:net'
import { driver } from './driver-fields.js'
import type { Reader } from './fields.js'
import { harmless, list, struct, text } from './fields.js'

/**
 * `IPAM.Config` of a network. The engine gives the host a route to each subnet: of addresses that are somebody's, the
 * host's own traffic to them (a registry, a name server, the metadata of a cloud) would end in a container. So only
 * private ones are ordinary. A gateway and a range lie in the subnet, or the engine says so.
 */
export function subnets(driverName: string): Reader {
  return list(
    struct({
      Subnet: text((subnet) =>
        isPrivate(subnet) ? [] : [{ ...driver('network', driverName), what: whatOf(driverName, subnet) }],
      ),
      Gateway: harmless,
      IPRange: harmless,
      AuxiliaryAddresses: harmless,
    }),
  )
}

function whatOf(driverName: string, subnet: string): string {
  return `the network driver ${driverName} with the subnet ${subnet}, which is not private,`
}

/** In CIDR, as the engine takes it. */
function isPrivate(subnet: string): boolean {
  const [, address = '', length = ''] = /^([^/]*)\/(\d{1,3})$/.exec(subnet) ?? []
  return isIP(address) > 0 && ranges.some(([form, least]) => form.test(address) && Number(length) >= least)
}

/** RFC 1918, RFC 4193, and RFC 3849, which Docker's own examples have. */
const ranges: readonly (readonly [addresses: RegExp, shortestPrefix: number])[] = [
  [/^10\./, 8],
  [/^172\.(?:1[6-9]|2\d|3[01])\./, 12],
  [/^192\.168\./, 16],
  [/^f[cd][\da-f]{2}:/i, 7],
  [/^2001:0?db8:/i, 32],
]
