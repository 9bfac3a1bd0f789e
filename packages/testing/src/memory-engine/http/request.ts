import { request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'

export interface EngineRequest {
  /** Sent as JSON; bytes and streams go as they are. */
  body?: object | string | Uint8Array | Readable
  headers?: Readonly<Record<string, string>>
  /** Leaves when it is aborted. */
  signal?: AbortSignal
}

export interface EngineReply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** As it comes; of a tunnel, empty. */
  readonly body: Readable
  /** The hijacked connection, where `Upgrade: tcp` was among the headers and the engine agreed. */
  readonly tunnel: Duplex | undefined
  /** The whole body, read as JSON. */
  json(): Promise<unknown>
  text(): Promise<string>
  bytes(): Promise<Buffer>
}

/** Makes one call on a connection of its own. */
export function request(
  connect: () => Duplex,
  call: string,
  { body, headers, signal }: EngineRequest,
): Promise<EngineReply> {
  const [method = '', path = ''] = call.split(' ')
  if (!path.startsWith('/')) throw new TypeError(`"${call}" is no call: write METHOD /path.`)
  const raw = typeof body === 'string' || body instanceof Uint8Array || isStream(body)
  const sent = body === undefined || raw ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const message = httpRequest({
      method,
      path,
      createConnection: connect,
      headers: {
        Host: 'memory',
        ...(body !== undefined && { 'Content-Type': raw ? 'application/x-tar' : 'application/json' }),
        ...(!isStream(sent) && sent !== undefined && { 'Content-Length': Buffer.byteLength(sent) }),
        ...(headers && 'Upgrade' in headers && { Connection: 'Upgrade' }),
        ...headers,
      },
      ...(signal && { signal }),
    })
    message.on('error', reject)
    message.on('response', (response) => resolve(replyOf(response, undefined)))
    message.on('upgrade', (response, tunnel, head) => {
      if (head.length > 0) tunnel.unshift(head)
      resolve(replyOf(response, tunnel))
    })
    if (isStream(sent)) sent.pipe(message)
    else message.end(sent)
  })
}

function replyOf(response: IncomingMessage, tunnel: Duplex | undefined): EngineReply {
  const bytes = async () => Buffer.concat((await response.toArray()) as Buffer[])
  const text = async () => (await bytes()).toString()
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: response,
    tunnel,
    bytes,
    text,
    json: async () => JSON.parse(await text()) as unknown,
  }
}

function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body
}
