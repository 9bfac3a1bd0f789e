import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { addressOf, endpoint } from './endpoint.js'
import { halfOpenServer } from './half-open-server.js'
import type { Request } from './http-message.js'
import { neverAnswer } from './scripts.js'
import type { Script } from './scripts.js'
import { temporaryFolder } from './temporary-folder.js'
import type { TemporaryFolder } from './temporary-folder.js'
import type { TlsFiles } from './tls-files.js'
import { UpstreamConnection } from './upstream-connection.js'
import { DisconnectedError, notYet, Waits } from './waits.js'
import type { WaitOptions } from './waits.js'

export interface RecordingUpstreamOptions extends WaitOptions {
  /** A unix socket in a fresh folder, or a free port of 127.0.0.1. @default 'unix', with `tls` 'tcp' */
  listen?: 'unix' | 'tcp'
  /** Speak TLS with this cert and key; with `ca`, clients must show a certificate of that authority. @default no */
  tls?: TlsFiles
}

/** Listens, and runs the script on each connection. Without one it reads everything and never answers. */
export async function recordingUpstream(
  script: Script = neverAnswer(),
  { deadline = 10_000, tls, listen = tls ? 'tcp' : 'unix' }: RecordingUpstreamOptions = {},
): Promise<RecordingUpstream> {
  const folder = await temporaryFolder()
  const upstream = new RecordingUpstream(script, folder, deadline, tls)
  await upstream.listen(listen === 'unix' ? `unix://${folder.file('engine.sock')}` : 'tcp://127.0.0.1:0')
  return upstream
}

/** Stands where an engine stands, on the level of bytes: records what each connection gets, and does as scripted. */
export class RecordingUpstream implements AsyncDisposable {
  /** In the order of accepting; those that are over stay. */
  readonly connections: UpstreamConnection[] = []
  /** TLS handshakes that failed. */
  readonly failedHandshakes: Error[] = []

  readonly #script: Script
  readonly #folder: TemporaryFolder
  readonly #deadline: number
  readonly #server: Server
  readonly #transports = new Set<Socket>()
  readonly #waits = new Waits()
  readonly #failures: unknown[] = []
  #address = ''

  constructor(script: Script, folder: TemporaryFolder, deadline: number, tls: TlsFiles | undefined) {
    this.#script = script
    this.#folder = folder
    this.#deadline = deadline
    this.#server = halfOpenServer(tls, {
      onConnection: (socket, transport) => void this.#run(socket, transport),
      onFailedHandshake: (error) => this.failedHandshakes.push(error),
    })
    this.#server.on('connection', (transport) => {
      this.#transports.add(transport)
      transport.on('close', () => this.#transports.delete(transport))
    })
  }

  /** `unix:///…` or `tcp://127.0.0.1:port` */
  get address(): string {
    return this.#address
  }

  /** What scripts read as requests, connection by connection. */
  get requests(): Request[] {
    return this.connections.flatMap(({ requests }) => requests)
  }

  /** The connection of that index (from 0), as soon as it is accepted. */
  connection(index: number, options?: WaitOptions): Promise<UpstreamConnection> {
    return this.#waits.start({
      what: `connection ${index} to ${this.address}`,
      look: () => this.connections[index] ?? notYet,
      hopeless: () => undefined,
      instead: () => `there were ${this.connections.length}`,
      deadline: this.#deadline,
      ...options,
    })
  }

  /** Listens again after `stop()`, given the same address: an engine that was away and is back. */
  async listen(address: string): Promise<void> {
    this.#server.listen(endpoint(address))
    await once(this.#server, 'listening')
    this.#address = addressOf(this.#server)
  }

  /** Closes the listening socket, and leaves the connections as they are. */
  stop(): void {
    this.#server.close()
  }

  /** Closes everything; throws what a script threw. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) this.stop()
    await Promise.all(this.connections.map((connection) => connection[Symbol.asyncDispose]()))
    for (const transport of this.#transports) transport.destroy()
    await this.#folder[Symbol.asyncDispose]()
    await turn()
    if (this.#failures.length > 0) throw this.#failures[0]
  }

  async #run(socket: Socket, transport: Socket): Promise<void> {
    const connection = new UpstreamConnection(this.connections.length, socket, transport, this.#deadline)
    this.connections.push(connection)
    this.#waits.changed()
    try {
      await this.#script(connection)
    } catch (error) {
      if (error instanceof DisconnectedError) return
      this.#failures.push(error)
      connection.destroy()
    }
  }
}
