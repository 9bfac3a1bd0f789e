import { setImmediate as turn } from 'node:timers/promises'
import type { RecordedSocket } from '@intermediate/testing'
import { meanwhile } from './docker-calls.js'
import type { Setup } from './matrix.js'

/** More than the kernel keeps for two connections, in bytes. */
const endless = 64 * 1024 * 1024

/**
 * Sends pieces, made by their index, until the peer takes no more: other calls came and went, and the last piece still
 * waits. Gives how many bytes were taken. For `byHand`.
 */
export async function sendUntilStuck(
  from: RecordedSocket,
  to: Setup,
  piece: (n: number) => Uint8Array,
): Promise<number> {
  const begun = from.sent
  for (let n = 0; from.sent - begun < endless; n++) {
    const bytes = piece(n)
    const goal = from.sent + bytes.length
    void from.send(bytes).catch(() => {})
    for (let turns = 0; from.sent < goal && turns < 100; turns++) await turn()
    for (let calls = 0; from.sent < goal && calls < 3; calls++) await meanwhile(to)
    if (from.sent < goal) return from.sent - begun
  }
  throw new Error(`${endless} bytes were taken, and more still would be`)
}
