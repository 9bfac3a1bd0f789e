import { Readable } from 'node:stream'
import { without } from './fields.js'
import type { OwnReply } from './replies/own-reply.js'
import type { TunnelReply } from './replies/tunnel-reply.js'
import type { UpstreamReply } from './replies/upstream-reply.js'
import type { Answer } from './wire/answer.js'
import type { Exchange } from './wire/exchange.js'
import type { Field } from './wire/head.js'
import { writeReplyHead } from './wire/write-head.js'

/** A reply that was made here, or whose body was, as the wire sends it. */
export function render(reply: OwnReply | UpstreamReply): Answer {
  const { status } = reply
  const bodiless = status === 204 || status === 304
  const sent = reply.content.sent()
  if (sent === 'untouched') throw new TypeError('the reply has no body to send')
  const stream = sent instanceof Readable ? sent : undefined
  if (bodiless) stream?.destroy()
  const body = sent instanceof Readable || bodiless ? undefined : sent
  const fields = without(reply.headers, framing)
  return {
    status,
    stream: bodiless ? undefined : stream,
    write: (close, head, chunks) => {
      const all: Field[] = [...fields]
      if (body !== undefined) all.push(['Content-Length', String(body.length)])
      else if (stream !== undefined && !bodiless && chunks) all.push(['Transfer-Encoding', 'chunked'])
      if (close) all.push(['Connection', 'close'])
      const bytes = writeReplyHead(status, all)
      return body === undefined || head ? bytes : Buffer.concat([bytes, body])
    },
  }
}

/** What says how a body is framed and what becomes of the connection: that of the reply that came, not of ours. */
const framing = new Set(['content-length', 'transfer-encoding', 'trailer', 'connection', 'keep-alive'])

/** The head of an upstream's reply with the fields that layers have changed; undefined where they have not. */
export function changedHead({ status, headers }: UpstreamReply | TunnelReply): Buffer | undefined {
  return headers.changed ? writeReplyHead(status, headers) : undefined
}

/** A reply that never has a body, of which a layer has looked at the body nevertheless. */
export function renderHead(reply: UpstreamReply): Answer {
  const { status, headers } = reply
  return { status, write: () => writeReplyHead(status, headers) }
}

/** The head of the reply that a tunnel wraps; for one of a layer's own, what the engine would send. */
export function tunnelHead(exchange: Exchange, reply: TunnelReply): { status: number; bytes: Buffer } {
  const { origin, headers } = reply
  if (origin !== undefined)
    return { status: origin.head.status, bytes: changedHead(reply) ?? origin.head.bytes }
  const { status, upgrades } = reply
  if (!upgrades) return { status, bytes: writeReplyHead(status, headers) }
  const fields: Field[] = [
    ['Connection', 'Upgrade'],
    ['Upgrade', exchange.head.get('upgrade')!],
  ]
  return { status, bytes: writeReplyHead(status, [...headers, ...fields], 'UPGRADED') }
}
