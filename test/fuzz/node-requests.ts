import type { IncomingMessage } from 'node:http'
import { createServer, ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { maxHeadBytes } from '../../packages/core/src/wire/head.js'
import type { Sent } from './arbitrary-messages.js'
import type { Message, Transcript } from './transcript.js'
import { values } from './transcript.js'

/** Reads requests with Node's own server, at its strictest. */
export async function nodeRequests({ text }: Sent): Promise<Transcript> {
  const messages: Message[] = []
  let refusal: string | undefined
  const connection = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => done(),
    highWaterMark: 1 << 30,
  })

  class Response extends ServerResponse {
    // Nothing here answers: when somebody does, it is Node, and it refuses.
    override writeHead(status: number, ...rest: never[]): this {
      refusal ??= `status ${status}`
      return super.writeHead(status, ...rest)
    }
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse | Duplex): void => {
    if (refusal !== undefined) return
    const { method, url, httpVersion, rawHeaders } = request
    const fields: (readonly [string, string])[] = []
    for (let at = 0; at < rawHeaders.length; at += 2) fields.push([rawHeaders[at]!, rawHeaders[at + 1]!])
    const persistent = 'shouldKeepAlive' in response && response.shouldKeepAlive
    const message = {
      start: `${method} ${url} ${httpVersion}`,
      fields,
      content: '',
      whole: false,
      persistent,
    }
    messages.push(message)
    request.on('data', (piece: Buffer) => (message.content += piece.toString('latin1')))
    request.on('end', () => (message.whole = true))
    request.on('error', () => undefined)
  }
  const server = createServer(
    {
      insecureHTTPParser: false,
      requireHostHeader: true,
      maxHeaderSize: maxHeadBytes,
      ServerResponse: Response,
    },
    onRequest,
  )
  server.maxHeadersCount = 0
  server.on('connect', onRequest)
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('clientError', (error: NodeJS.ErrnoException) => (refusal ??= error.code ?? error.message))
  server.emit('connection', connection)
  await turn()
  connection.push(Buffer.from(text, 'latin1'))
  await turn()
  await turn()
  connection.destroy()
  const last = messages.at(-1)
  if (last !== undefined && asksForUpgrade(last)) refusal ??= 'reads nothing behind what asks for an upgrade'
  return { messages, refusal }
}

/** Whatever becomes of it, llhttp reads nothing behind such a message. */
function asksForUpgrade(message: Message): boolean {
  return (
    values(message, 'upgrade').length > 0 &&
    values(message, 'connection').some((value) => /upgrade/i.test(value))
  )
}
