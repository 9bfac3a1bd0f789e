import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** Makes an answer break off: of its body only half of the first bytes are sent, then the connection closes. */
export function cutShort(response: ServerResponse, hijacked: Duplex | undefined): void {
  const { socket } = response
  const close = () => setImmediate(() => (hijacked ?? socket)?.destroy())
  const write = response.write.bind(response)
  const breakOff = (bytes?: unknown) => {
    if (typeof bytes === 'string' || bytes instanceof Uint8Array) write(half(bytes))
    else response.flushHeaders()
    close()
    return false
  }
  Object.assign(response, { write: breakOff, end: breakOff })
  if (!hijacked) return
  const send = hijacked.write.bind(hijacked)
  let isHead = true
  const writeSocket = (bytes: string | Uint8Array) => {
    if (!isHead) close()
    const sent = send(isHead ? bytes : half(bytes))
    isHead = false
    return sent
  }
  // Nor does it end as it should.
  const endSocket = () => {
    close()
    return hijacked
  }
  Object.assign(hijacked, { write: writeSocket, end: endSocket })
}

function half(bytes: string | Uint8Array): Buffer {
  const all = Buffer.from(bytes as Uint8Array)
  return all.subarray(0, Math.ceil(all.length / 2))
}
