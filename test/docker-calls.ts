import type { Script } from '@intermediate/testing'
import { expect, vi } from 'vitest'
import type { Setup } from './matrix.js'

/** A request as docker clients write it; with a body, its length. Text is latin1. */
export function request(line: string, fields: readonly string[] = [], body = ''): string {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`]
  return head(`${line} HTTP/1.1`, ['Host: docker', ...fields, ...length]) + body
}

/** A reply with a body, and its length unless `fields` frame it. */
export function response(status: string, body = '', fields?: readonly string[]): string {
  return head(`HTTP/1.1 ${status}`, fields ?? [`Content-Length: ${body.length}`]) + body
}

export const ping = request('GET /_ping')
export const ok = response('200 OK', 'OK')

const streams = 'stream=1&stdin=1&stdout=1&stderr=1'
export const upgrade = ['Connection: Upgrade', 'Upgrade: tcp']
export const attach = request(`POST /v1.45/containers/web/attach?${streams}`, upgrade)
export const plainAttach = request(`POST /v1.45/containers/web/attach?${streams}`)
export const execBody = '{"Detach":false,"Tty":false}'
export const execStart = request(
  'POST /v1.45/exec/3fa1/start',
  [...upgrade, 'Content-Type: application/json'],
  execBody,
)
export const webSocketFields = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
export const attachWebSocket = request(`GET /v1.45/containers/web/attach/ws?${streams}`, [
  ...webSocketFields,
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
])
const h2c = ['Connection: Upgrade', 'Upgrade: h2c']
export const session = request('POST /session', [...h2c, 'X-Docker-Expose-Session-Uuid: 7f3k'])
export const grpc = request('POST /grpc', h2c)

const raw = 'Content-Type: application/vnd.docker.raw-stream'
const multiplexed = 'Content-Type: application/vnd.docker.multiplexed-stream'
export const upgraded = response('101 UPGRADED', '', [raw, ...upgrade])
export const hijacked = response('200 OK', '', [raw])
export const hijackedMultiplexed = response('200 OK', '', [multiplexed])

/** Every form in which a call becomes a tunnel: what opens it, and what the engine answers. */
export const hijacks = [
  { form: 'attach with Upgrade', call: attach, reply: upgraded },
  { form: 'attach without Upgrade', call: plainAttach, reply: hijacked },
  { form: 'attach without Upgrade or tty', call: plainAttach, reply: hijackedMultiplexed },
  { form: 'exec with a body', call: execStart, reply: upgraded },
  {
    form: 'a websocket',
    call: attachWebSocket,
    reply: response('101 Switching Protocols', '', webSocketFields),
  },
  { form: 'a build session', call: session, reply: response('101 Switching Protocols', '', h2c) },
  { form: 'grpc', call: grpc, reply: response('101 Switching Protocols', '', h2c) },
]

/** Leaves the connections to the test, but those of `meanwhile()`. */
export const byHand: Script = async ({ socket }) => {
  socket.once('data', (bytes) => {
    if (bytes.toString() === pass) socket.write(ok)
  })
}

const pass = request('GET /_ping?meanwhile')

/** Another client's call, there and back: what the intermediate does at once, it has done by then. For `byHand`. */
export async function meanwhile(to: Setup): Promise<void> {
  await using other = await to.client()
  await other.send(pass)
  await other.response()
}

/** No connection of a client is open any more. No event tells. */
export async function nobodyLeft({ listening }: Setup): Promise<void> {
  await vi.waitFor(() => expect(listening.connections).toBe(0), { interval: 1, timeout: 10_000 })
}

function head(startLine: string, fields: readonly string[]): string {
  return `${[startLine, ...fields].join('\r\n')}\r\n\r\n`
}
