import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { ReplyHead } from '../../packages/core/src/wire/reply-head.js'
import type { Asker, IncomingReply, LinkOwner, Upstream } from '../../packages/core/src/wire/link.js'
import { Link } from '../../packages/core/src/wire/link.js'
import type { Sent } from './arbitrary-messages.js'
import { cutAt } from './cut.js'
import type { Message, Transcript } from './transcript.js'

/** Reads the reply to a request of this method, and what comes before it, with our connection to an upstream. */
export async function wireReplies({ text, cuts }: Sent, method: string): Promise<Transcript> {
  const messages: Message[] = []
  let refusal: string | undefined
  let heads = 0
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const upstream: Upstream = {
    name: 'fuzz',
    connect: () => socket as unknown as Socket,
    connectEvent: 'connect',
  }
  const owner: LinkOwner = {
    onLinkDrain: () => undefined,
    onLinkEnd: (_link, error) => (refusal ??= error?.message),
    onLinkClose: () => undefined,
  }
  const read = (head: ReplyHead, whole: boolean, persistent: boolean): Message => {
    const start = `${method} ${head.status} 1.${head.minor}`
    const written = head.bytes.toString('latin1')
    heads += written.length
    const message = { start, fields: [...head.fields()], content: '', whole, persistent, written }
    messages.push(message)
    return message
  }
  const asker: Asker = {
    method,
    upgrade: false,
    last: false,
    mayTunnel: false,
    sentWhole: true,
    onSurplus: () => undefined,
    onInformation: (head) => void read(head, true, true),
    onReply({ head, kind }: IncomingReply) {
      const message = read(head, false, kind === 'body' && head.persistent)
      link.reader.passContent({
        write(bytes) {
          message.content += bytes.toString('latin1')
          return true
        },
        end: () => (message.whole = true),
      })
    },
    onReplyEnd: () => undefined,
  }
  const link = new Link(upstream, owner, 1 << 30)
  link.begin(asker)
  await turn()
  for (const part of cutAt(text, cuts)) socket.push(part)
  socket.push(null)
  await turn()
  await turn()
  link.destroy()
  return { messages, refusal, rest: text.slice(heads + link.reader.passed) }
}
