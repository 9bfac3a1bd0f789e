import { isIPv4 } from 'node:net'
import type { Address } from '@intermediate/core'
import { formatAddress } from '@intermediate/core'
import { flagAddress } from './flag-address.js'
import { UsageError } from './usage-error.js'

/**
 * Where a tap listens: with none of the flags that open an intermediate to others.
 * @param listen where calls are listened for
 * @throws UsageError for what is no address, one that the calls have, and one that others could reach
 */
export function tapListenAddress(tap: string | undefined, listen: readonly Address[]): string | undefined {
  if (tap === undefined) return undefined
  const address = flagAddress(tap, '--tap')
  if (listen.some((other) => isSame(other, address)))
    throw new UsageError(
      `--tap ${tap} is where calls are listened for: give the tap an address of its own, so that who may call sees no other calls.`,
    )
  if (address.scheme === 'tcp' && !isHere(address.host))
    throw new UsageError(
      `--tap ${tap} is refused, since whoever reaches it sees what passes: use tcp://127.0.0.1:PORT or unix:///PATH, and ssh to watch from elsewhere.`,
    )
  return tap
}

function isSame(one: Address, other: Address): boolean {
  if (one.scheme === 'tcp' && one.port === 0) return false
  return placeOf(one) === placeOf(other)
}

function placeOf(address: Address): string {
  return formatAddress(
    address.scheme === 'tcp' && address.host === '' ? { ...address, host: '127.0.0.1' } : address,
  )
}

/** The host is this machine, and only this machine reaches it. */
function isHere(host: string): boolean {
  return ['', 'localhost', '::1'].includes(host) || (isIPv4(host) && host.startsWith('127.'))
}
