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
  const before = from.sent
  for (let n = 0; from.sent - before < endless; n++) {
    let taken = false
    const sending = from.send(piece(n)).then(() => (taken = true))
    for (let calls = 0; calls < 3 && !taken; calls++) await Promise.race([sending, meanwhile(to)])
    if (!taken) return from.sent - before
  }
  throw new Error(`${endless} bytes were taken, and still more is.`)
}
