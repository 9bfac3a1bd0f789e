import { configurationError } from './errors.js'
import { Gate } from './gate.js'
import type { Bound, ListenOptions } from './addresses/listen.js'
import { bind } from './addresses/listen.js'
import type { Observers } from './observers.js'
import type { Stack } from './stack.js'
import type { Upstream } from './addresses/upstream.js'
import type { WireLimits } from './wire/door.js'
import { Connection } from './wire/connection.js'

/** An intermediate that listens. */
export interface Listening extends AsyncDisposable {
  /** Where it listens, as a docker client takes it for DOCKER_HOST; a port that was 0 is the one that it got. */
  readonly addresses: readonly string[]
  /** Where calls go, and the setting that said so. */
  readonly upstream: Pick<Upstream, 'name' | 'source'>
  /** How many client connections are open, or have ended with bytes that are still on their way to the engine. */
  readonly connections: number
  /**
   * Stops accepting, lets the calls under way finish, and resolves when every connection is closed. What still goes on
   * after `grace` ms, tunnels too, is cut. Called again with less, it shortens that.
   * @default grace 10_000
   */
  close(options?: { grace?: number }): Promise<void>
}

export interface ServeOptions {
  readonly at: readonly ListenOptions[]
  readonly upstream: Upstream
  readonly stack: Stack
  readonly observers: Observers
  readonly limits: WireLimits
}

/** Listens on all the addresses, or on none. */
export async function serve(options: ServeOptions): Promise<Listening> {
  const connections = new Connections()
  const addresses = new Set<string>()
  const bound: Bound[] = []
  const stop = () => Promise.all(bound.map((one) => one.stop()))
  try {
    for (const at of options.at) {
      const one = await listenAt(at, { ...options, addresses, connections })
      bound.push(one)
      addresses.add(one.address)
      checkLoop(one, options.upstream)
    }
  } catch (error) {
    await stop()
    throw error
  }
  const close = async ({ grace = 10_000 } = {}) => {
    await stop()
    await connections.close(grace)
  }
  const { name, source } = options.upstream
  return {
    addresses: bound.map(({ address }) => address),
    upstream: { name, source },
    get connections() {
      return connections.count
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

interface Serving extends ServeOptions {
  /** All that it listens on, once it does. */
  readonly addresses: ReadonlySet<string>
  readonly connections: Connections
}

async function listenAt(at: ListenOptions, serving: Serving): Promise<Bound> {
  const { upstream, stack, observers, limits, addresses, connections } = serving
  const listener: { gate?: Gate } = {}
  const bound = await bind(at, (socket) => {
    connections.add(new Connection(socket, listener.gate!, limits))
  })
  // In time: no connection is accepted before the loop turns again.
  listener.gate = new Gate({
    ...observers,
    stack,
    upstream,
    addresses,
    hosts: bound.tcp ? new Set(bound.hosts) : undefined,
    onClose: (connection) => connections.delete(connection),
  })
  return bound
}

function checkLoop(bound: Bound, upstream: Upstream): void {
  if (bound.address !== upstream.name) return
  throw configurationError(
    `${upstream.source} names ${upstream.name} as the upstream, but that is where this intermediate listens: name the engine with INTERMEDIATE_UPSTREAM.`,
  )
}

/** The client connections of all listeners. */
class Connections {
  private readonly open = new Set<Connection>()
  private waiting: (() => void)[] = []

  get count(): number {
    return this.open.size
  }

  add(connection: Connection): void {
    this.open.add(connection)
  }

  delete(connection: Connection): void {
    this.open.delete(connection)
    if (this.open.size > 0) return
    for (const resolve of this.waiting) resolve()
    this.waiting = []
  }

  async close(grace: number): Promise<void> {
    for (const connection of this.open) connection.close()
    if (this.open.size === 0) return
    const timer = setTimeout(() => {
      for (const connection of this.open) connection.abort()
    }, grace)
    await new Promise<void>((resolve) => this.waiting.push(resolve))
    clearTimeout(timer)
  }
}
