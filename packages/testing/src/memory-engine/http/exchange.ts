import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Engine } from '../engine.js'
import { badRequest, EngineError } from '../engine-error.js'
import type { Kind } from './fields.js'
import type { Query } from './query.js'
import type { RecordedCall } from './recorded-call.js'

/** Answers a call, or throws an EngineError. */
export type Handler = (exchange: Exchange) => Promise<void> | void

export interface Hijackable {
  readonly socket: Duplex
  /** What the client said it wants instead of HTTP, if it did. */
  readonly upgrade: string | undefined
}

type Given = Pick<
  Exchange,
  'engine' | 'call' | 'api' | 'newestApi' | 'query' | 'request' | 'response' | 'signal'
>

/** A call, and what its answer is written with. */
export class Exchange {
  readonly engine: Engine
  readonly call: RecordedCall
  /** The API version that it is answered for, as the number after `1.`. */
  readonly api: number
  /** The newest that the engine speaks. */
  readonly newestApi: number
  readonly query: Query
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal
  readonly #hijackable: Hijackable | undefined

  constructor(given: Given, hijackable: Hijackable | undefined) {
    this.engine = given.engine
    this.call = given.call
    this.api = given.api
    this.newestApi = given.newestApi
    this.query = given.query
    this.request = given.request
    this.response = given.response
    this.signal = given.signal
    this.#hijackable = hijackable
  }

  param(name: string): string {
    return this.call.params[name] ?? ''
  }

  /** The JSON body. @throws 400 without one, or where it is not as it must be */
  json<T>(kind: Kind<T>): T {
    const { body } = this.call
    if (body === null) return kind.zero
    if (body !== undefined) return kind.read(body, '')
    if (this.#hasNoBody) throw badRequest('the body is missing: send JSON')
    const type = this.request.headers['content-type'] ?? '(none)'
    throw badRequest(`a body of the type ${type} is not read: send application/json`)
  }

  /** The JSON body, or what stands for none. */
  optionalJson<T>(kind: Kind<T>): T {
    return this.call.body === undefined && this.#hasNoBody ? kind.zero : this.json(kind)
  }

  get #hasNoBody(): boolean {
    const { headers } = this.request
    return Number(headers['content-length'] ?? 0) === 0 && headers['transfer-encoding'] === undefined
  }

  /** Answers with JSON, or with nothing. */
  send(status: number, body?: unknown): void {
    const { response } = this
    response.statusCode = status
    if (body === undefined) return void response.end()
    response.setHeader('Content-Type', 'application/json')
    response.end(`${JSON.stringify(body)}\n`)
  }

  /** Begins an answer that goes on: its head is sent at once. */
  begin(status: number, headers: Readonly<Record<string, string>>): void {
    this.response.writeHead(status, headers)
    this.response.flushHeaders()
  }

  /** Resolves when there is room for more, or the client is gone. */
  async write(bytes: string | Buffer): Promise<void> {
    const { response, signal } = this
    if (signal.aborted || response.write(bytes)) return
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      response.on('drain', done)
      signal.addEventListener('abort', done)
    })
  }

  /**
   * Answers with the connection itself: 101 for a client that asked for it, 200 for one that did not. After an Upgrade
   * the type says whether the streams are framed; it says `raw-stream` whichever it is in all other cases.
   */
  tunnel(multiplexed: boolean): Duplex {
    const { socket, upgrade } = this.#socket()
    const framed = upgrade !== undefined && multiplexed && this.api >= 42
    const type = `Content-Type: application/vnd.docker.${framed ? 'multiplexed' : 'raw'}-stream`
    const head =
      upgrade === undefined
        ? ['HTTP/1.1 200 OK', type]
        : ['HTTP/1.1 101 UPGRADED', type, 'Connection: Upgrade', `Upgrade: ${upgrade}`]
    this.call.status = upgrade === undefined ? 200 : 101
    this.call.status = upgrade === undefined ? 200 : 101
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    return socket
  }

  /** The connection, for another protocol, which answers itself. */
  takeSocket(): Duplex {
    return this.#socket().socket
  }

  #socket(): Hijackable {
    if (!this.#hijackable) throw new EngineError(500, 'this endpoint has no stream')
    this.response.detachSocket(this.#hijackable.socket as never)
    return this.#hijackable
  }
}
