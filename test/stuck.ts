import { setTimeout as delay } from 'node:timers/promises'
import type { RecordedSocket } from '@intermediate/testing'

/**
 * Sends pieces, made by their index, until the peer takes no more of them: nothing was taken for a while, which no event
 * tells. Gives how many bytes were taken; the last piece is still waiting.
 */
export async function sendUntilStuck(
  from: RecordedSocket,
  piece: (n: number) => Uint8Array,
): Promise<number> {
  for (let n = 0; ; n++) {
    const sending = from.send(piece(n)).then(() => 'taken' as const)
    if ((await Promise.race([sending, delay(200, 'stuck' as const)])) === 'stuck') return from.sent
  }
}
