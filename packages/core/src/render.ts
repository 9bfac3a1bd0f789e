import type { OwnReply, TunnelReply } from './reply.js'
import type { Answer, Exchange } from './wire/exchange.js'
import type { Field } from './wire/head.js'
import { writeReplyHead } from './wire/write-head.js'

/** A reply of our own as the wire sends it. */
export function render(reply: OwnReply): Answer {
  const { status, body, headers } = reply
  const bodiless = status === 204 || status === 304
  return {
    status,
    write: (close, head) => {
      const fields = [...headers]
      if (!bodiless) fields.push(['Content-Length', String(body?.length ?? 0)])
      if (close) fields.push(['Connection', 'close'])
      const bytes = writeReplyHead(status, fields)
      return body === undefined || bodiless || head ? bytes : Buffer.concat([bytes, body])
    },
  }
}

/** The head of the reply that a tunnel wraps; for one of a layer's own, what the engine would send. */
export function tunnelHead(
  exchange: Exchange,
  { origin, headers }: TunnelReply,
): { status: number; bytes: Buffer } {
  if (origin !== undefined) return { status: origin.head.status, bytes: origin.head.bytes }
  const protocol = exchange.head.upgrade ? exchange.head.get('upgrade') : undefined
  if (protocol === undefined) return { status: 200, bytes: writeReplyHead(200, headers) }
  const fields: Field[] = [
    ['Connection', 'Upgrade'],
    ['Upgrade', protocol],
  ]
  return { status: 101, bytes: writeReplyHead(101, [...headers, ...fields], 'UPGRADED') }
}
