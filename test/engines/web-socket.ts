import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { httpOptions } from './http-options.js'

/** The client's half of a WebSocket (RFC 6455) as a page would open one, but without an Origin. */
export interface WebSocketClient extends AsyncDisposable {
  readonly status: number
  /** Sends a text message of at most 125 bytes. */
  send(text: string): void
  /** Sends a close frame. */
  close(): void
  /** What came in data frames until the text is there or, without one, until the peer closed. */
  received(text?: string): Promise<string>
}

const opcodes = { text: 1, binary: 2, close: 8 }

export async function openWebSocket(address: string, path: string): Promise<WebSocketClient> {
  const opening = request({
    ...httpOptions(address),
    path,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    },
  })
  opening.end()
  const [reply, socket, first] = (await once(opening, 'upgrade')) as [IncomingMessage, Socket, Buffer]
  socket.unshift(first)
  let bytes = Buffer.alloc(0)
  const state = { text: '', closed: false }
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    for (let frame = readFrame(bytes); frame; frame = readFrame(bytes)) {
      bytes = bytes.subarray(frame.length)
      if (frame.opcode === opcodes.close) state.closed = true
      else state.text += frame.payload.toString()
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => (state.closed = true))

  return {
    status: reply.statusCode ?? 0,
    send: (message) => void socket.write(maskedFrame(opcodes.text, Buffer.from(message))),
    close: () => void socket.write(maskedFrame(opcodes.close, Buffer.from([3, 232]))),
    async received(wanted) {
      const there = (): boolean => state.closed || (wanted !== undefined && state.text.includes(wanted))
      while (!there()) {
        await new Promise<void>((resolve) => {
          socket.once('data', () => resolve())
          socket.once('close', () => resolve())
        })
      }
      return state.text
    },
    [Symbol.asyncDispose]: async () => void socket.destroy(),
  }
}

/** RFC 6455 section 5.2, for a frame of a server: it is never masked. */
function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (bytes.length < 2) return undefined
  const short = bytes.readUInt8(1)
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start) return undefined
  const size =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + size) return undefined
  return {
    opcode: bytes.readUInt8(0) & 15,
    payload: bytes.subarray(start, start + size),
    length: start + size,
  }
}

/** RFC 6455 section 5.3: a client masks what it sends. */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4)
  const masked = payload.map((byte, index) => byte ^ mask.readUInt8(index % 4))
  return Buffer.concat([Buffer.from([128 | opcode, 128 | payload.length]), mask, masked])
}
