import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import type { OwnerOptions } from '@intermediate/filter'
import { temporaryFolder } from '@intermediate/testing'

export interface Answer {
  readonly status: number
  readonly text: string
  /** Undefined where it is no JSON document. */
  // oxlint-disable-next-line typescript/no-explicit-any -- replies of every endpoint
  readonly json: any
}

/** A stream is sent as it comes, an object as JSON. */
type Body = object | string | Uint8Array | Readable

/** A client of one address: `call('POST /containers/create?name=web', { Image: 'busybox' })`. */
export interface Caller {
  (call: string, body?: Body, headers?: Record<string, string>): Promise<Answer>
}

export interface Owners extends AsyncDisposable {
  readonly a: Caller
  readonly b: Caller
  /** Without an owner. */
  readonly direct: Caller
  /** Where each is, as DOCKER_HOST. */
  readonly addresses: { readonly a: string; readonly b: string }
}

/** Two owners in front of one engine, each with a socket of their own. */
export async function twoOwners(
  engine: string,
  { a = 'A', b = 'B', ...options }: { a?: string; b?: string } & OwnerOptions = {},
): Promise<Owners> {
  const folder = await temporaryFolder()
  const of = (id: string) =>
    intermediate({ upstream: engine, onError: () => {} }).use(filter.owner(id, options))
  const first = await of(a).listen(`unix://${folder.file('a.sock')}`)
  const second = await of(b).listen(`unix://${folder.file('b.sock')}`)
  const addresses = { a: first.addresses[0]!, b: second.addresses[0]! }
  return {
    a: callerOf(addresses.a),
    b: callerOf(addresses.b),
    direct: callerOf(engine),
    addresses,
    [Symbol.asyncDispose]: async () => {
      await first[Symbol.asyncDispose]()
      await second[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

export function callerOf(address: string): Caller {
  return async (call, body, headers = {}) => {
    const reply = await begin(address, call, body, headers)
    const { socket } = reply
    const shown = await text(reply)
    socket.destroy()
    return { status: reply.statusCode ?? 0, text: shown, json: parsed(shown) }
  }
}

/** Until the head is there. */
export async function begin(
  address: string,
  call: string,
  body?: Body,
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const [method = '', path = ''] = call.split(' ')
  const isStream = body instanceof Readable
  const sent = isStream
    ? undefined
    : typeof body === 'string' || body instanceof Uint8Array
      ? body
      : body && JSON.stringify(body)
  const fields = {
    Host: 'docker',
    Connection: 'keep-alive',
    ...(sent === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(sent) }),
    ...headers,
  }
  const sending = request({
    socketPath: address.slice('unix://'.length),
    method,
    path,
    headers: fields,
    agent: false,
  })
  if (isStream) body.pipe(sending)
  else sending.end(sent)
  const [reply] = (await once(sending, 'response')) as [IncomingMessage]
  return reply
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As a query writes it. */
export function filters(value: object): string {
  return `filters=${encodeURIComponent(JSON.stringify(value))}`
}
