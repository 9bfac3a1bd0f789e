import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { Door } from '../../packages/core/src/wire/door.js'
import { Connection } from '../../packages/core/src/wire/connection.js'
import type { Answer } from '../../packages/core/src/wire/answer.js'
import type { Sent } from './arbitrary-messages.js'
import { cutAt } from './cut.js'
import type { Message, Transcript } from './transcript.js'

const ok = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
const answer: Answer = { status: 200, write: () => ok }

/** Reads requests with our client connection, which answers each once it was read. */
export async function wireRequests({ text, cuts }: Sent): Promise<Transcript> {
  const messages: Message[] = []
  let refusal: string | undefined
  let rest = ''
  let heads = 0
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      if (chunk !== ok) refusal ??= 'is HTTP/2'
      done()
    },
  })
  const door: Door = {
    enter(exchange) {
      const { head, connection } = exchange
      const start = `${head.method} ${head.target} 1.${head.minor}`
      const { persistent } = head
      const written = head.bytes.toString('latin1')
      heads += written.length
      const message = { start, fields: [...head.fields()], content: '', whole: false, persistent, written }
      messages.push(message)
      connection.reader.passContent({
        write(bytes) {
          message.content += bytes.toString('latin1')
          return true
        },
        end() {
          message.whole = true
          queueMicrotask(() => exchange.answer(answer))
        },
      })
    },
    failure(error) {
      refusal = error.message
      rest = text.slice(heads + connection.reader.passed)
      return answer
    },
    broke: () => undefined,
    leave: () => undefined,
    close: () => undefined,
  }
  const connection = new Connection(socket as unknown as Socket, door, { head: 1 << 30, connect: 1 << 30 })
  await turn()
  for (const part of cutAt(text, cuts)) socket.push(part)
  await turn()
  await turn()
  connection.abort()
  return { messages, refusal, rest }
}
