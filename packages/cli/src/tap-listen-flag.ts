import { resolve } from 'node:path'
import type { ListenOptions } from '@intermediate/core'
import { UsageError } from './usage-error.js'

/**
 * Where a tap listens: with none of the flags that open an intermediate to others.
 * @throws UsageError for an address that the calls have, and one that others could reach
 */
export function tapAddress(tap: string | undefined, listen: readonly ListenOptions[]): string | undefined {
  if (tap === undefined) return undefined
  const place = placeOf(tap)
  if (!place.endsWith(':0') && listen.some(({ address }) => placeOf(address) === place))
    throw new UsageError(
      `--tap ${tap} is where calls are listened for: give the tap an address of its own, so that who may call sees no other calls.`,
    )
  const [, host] = /^tcp:\/\/(\[[^\]]*\]|[^:/]*)/.exec(place) ?? []
  if (host !== undefined && !/^(?:|127(?:\.\d+){3}|localhost|\[::1\])$/.test(host))
    throw new UsageError(
      `--tap ${tap} is refused, since whoever reaches it sees what passes: use tcp://127.0.0.1:PORT or unix:///PATH, and ssh to watch from elsewhere.`,
    )
  return tap
}

/** Equal for texts of the same place, if they name the port. */
function placeOf(address: string): string {
  const text = address.trim()
  return text.startsWith('unix://') ? `unix://${resolve(text.slice(7))}` : text.replace(/\/$/, '')
}
