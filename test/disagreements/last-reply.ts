import { transcript } from '@intermediate/testing'
import type { Disagreement } from './disagreement.js'

/**
 * Sends these bytes on a connection of their own, and gives the status of the last reply: that of the call itself, or
 * of one before it that was the last on its connection.
 */
export async function lastReply(
  address: string,
  { before = '', line }: Disagreement,
  bytes: string,
): Promise<number> {
  await using client = await transcript(address)
  // What is refused while it is sent need not be taken to its end: the reply tells.
  client.send(bytes).catch(() => {})
  for (let left = before === '' ? 0 : 1; ; left--) {
    const head = await client.head()
    const status = Number(head.split(' ')[1])
    if (left === 0 || /^connection: *close|raw-stream|multiplexed-stream/im.test(head) || status === 101)
      return status
    if (/^transfer-encoding: *chunked/im.test(head)) await client.until('0\r\n\r\n')
    else if (!line.startsWith('HEAD '))
      await client.bytes(Number(/^content-length: *(\d+)/im.exec(head)?.[1]))
  }
}
