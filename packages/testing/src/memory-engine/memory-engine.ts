import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { addressOf, endpoint } from '../endpoint.js'
import { temporaryFolder } from '../temporary-folder.js'
import type { TemporaryFolder } from '../temporary-folder.js'
import { Answering } from './answering.js'
import { Engine } from './engine.js'
import { newest, oldest } from './http/api-version.js'
import { MemorySocket } from './http/memory-socket.js'
import type { Misbehaviour } from './http/misbehaviour.js'
import type { RecordedCall } from './http/recorded-call.js'
import { request } from './http/request.js'
import type { EngineReply, EngineRequest } from './http/request.js'
import { httpServer } from './http/server.js'

export interface MemoryEngineOptions {
  /**
   * A unix socket in a fresh folder, a free port of 127.0.0.1, or an address as `unix:///path` or `tcp://host:port`;
   * false: none, for `connect()` and `request()` only.
   * @default 'unix'
   */
  listen?: 'unix' | 'tcp' | (string & {}) | false
  /**
   * The images that are there; any other has to be pulled first, and any can be.
   * @default busybox:latest, and whatever a container is made of
   */
  images?: readonly string[]
  /** The newest API version that it speaks, from `1.41`. @default '1.55' */
  apiVersion?: string
}

export interface MisbehaveOptions {
  /** How many calls it happens to. @default Infinity */
  times?: number
}

/** Starts an engine in memory. */
export async function memoryEngine(options: MemoryEngineOptions = {}): Promise<MemoryEngine> {
  const { listen = 'unix', images, apiVersion } = options
  const engine = new MemoryEngine(images, apiNumber(apiVersion))
  try {
    if (listen !== false) await engine.listen(listen)
  } catch (error) {
    await engine.close()
    throw error
  }
  return engine
}

/**
 * A Docker Engine of which everything is in memory: what its containers run is one of a few built-in commands, their
 * files and their networks are data. It speaks the API over a socket, or within this process without any.
 */
export class MemoryEngine implements AsyncDisposable {
  /** Every call that it got, in their order. */
  readonly calls: RecordedCall[] = []

  readonly #engine: Engine
  readonly #answering: Answering
  readonly #server: Server
  readonly #connections = new Set<Duplex>()
  #folder: TemporaryFolder | undefined
  #address: string | undefined

  /** Use `memoryEngine()`. */
  constructor(images: readonly string[] | undefined, api: number) {
    this.#engine = new Engine(images)
    this.#answering = new Answering(this.#engine, api, this.calls)
    this.#server = httpServer(this.#answering)
    this.#server.on('connection', (connection: Duplex) => {
      this.#connections.add(connection)
      // Whoever resets a connection does no more than end it here.
      connection.on('error', () => {})
      connection.on('close', () => this.#connections.delete(connection))
    })
  }

  /** `unix:///…` or `tcp://127.0.0.1:port`, as DOCKER_HOST takes it. @throws where it does not listen */
  get address(): string {
    if (this.#address !== undefined) return this.#address
    throw new Error('This engine does not listen: leave out `listen: false`, or use connect() or request().')
  }

  /** A new connection to it, without a socket. */
  connect(): Duplex {
    const [client, served] = MemorySocket.pair()
    this.#server.emit('connection', served)
    return client
  }

  /**
   * Calls it, without a socket: `request('POST /containers/create?name=web', { body: { Image: 'busybox' } })`. Resolves
   * when the head of the answer is there, whatever its status.
   */
  request(call: string, options: EngineRequest = {}): Promise<EngineReply> {
    return request(() => this.connect(), call, options)
  }

  /**
   * Lets it fail on calls of an endpoint, `POST /containers/:id/start` as in `calls`, or `*` for all.
   * @returns a function that ends it
   */
  misbehave(call: string, how: Misbehaviour, { times = Infinity }: MisbehaveOptions = {}): () => void {
    return this.#answering.misbehave(call, how, times)
  }

  /** Use `memoryEngine()`. */
  async listen(address: string): Promise<void> {
    let place = address
    if (address === 'tcp') place = 'tcp://127.0.0.1:0'
    if (address === 'unix') {
      this.#folder = await temporaryFolder()
      place = `unix://${this.#folder.file('docker.sock')}`
    }
    this.#server.listen(endpoint(place))
    await once(this.#server, 'listening')
    this.#address = addressOf(this.#server)
  }

  /** Ends every container and every connection, and forgets all. */
  async close(): Promise<void> {
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.#server.close()
    await this.#engine.close()
    for (const connection of this.#connections) connection.destroy()
    await closed
    await this.#folder?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

function apiNumber(version = `1.${newest}`): number {
  const [, minor] = /^1\.(\d\d)$/.exec(version) ?? []
  const api = Number(minor)
  if (api >= oldest && api <= newest) return api
  throw new TypeError(`The engine in memory speaks API 1.${oldest} to 1.${newest}, not ${version}.`)
}
