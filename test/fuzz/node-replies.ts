import type { IncomingMessage, InformationEvent } from 'node:http'
import { Agent, request } from 'node:http'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { maxHeadBytes } from '../../packages/core/src/wire/head.js'
import type { Sent } from './arbitrary-messages.js'
import type { Message, Transcript } from './transcript.js'

/** Reads the reply to a request of this method, and what comes before it, with Node's own client at its strictest. */
export async function nodeReplies({ text }: Sent, method: string): Promise<Transcript> {
  const messages: Message[] = []
  let final = false
  let refusal: string | undefined
  const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const agent = new Agent({ keepAlive: true })
  agent.createConnection = () => connection
  agent.keepSocketAlive = () => false

  const read = (reply: InformationEvent | IncomingMessage, whole: boolean): Message => {
    const { httpVersion, rawHeaders, statusCode } = reply
    const fields: (readonly [string, string])[] = []
    for (let at = 0; at < rawHeaders.length; at += 2) fields.push([rawHeaders[at]!, rawHeaders[at + 1]!])
    const persistent = whole || client.shouldKeepAlive
    const message = {
      start: `${method} ${statusCode} ${httpVersion}`,
      fields,
      content: '',
      whole,
      persistent,
    }
    messages.push(message)
    return message
  }
  const client = request({ agent, method, insecureHTTPParser: false, maxHeaderSize: maxHeadBytes })
  client.maxHeadersCount = 0
  client.on('information', (reply) => final || read(reply, true))
  client.on('upgrade', (reply, socket) => {
    if (!final) read(reply, true)
    final = true
    socket.destroy()
  })
  client.on('response', (reply) => {
    const message = read(reply, false)
    final = true
    reply.on('data', (piece: Buffer) => (message.content += piece.toString('latin1')))
    reply.on('end', () => (message.whole = reply.complete))
    reply.on('error', () => undefined)
  })
  client.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code?.startsWith('HPE_') === true) refusal ??= error.code
  })
  client.end()
  await turn()
  connection.push(Buffer.from(text, 'latin1'))
  connection.push(null)
  await turn()
  await turn()
  await turn()
  connection.destroy()
  agent.destroy()
  return { messages, refusal }
}
