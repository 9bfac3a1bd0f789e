import type { Intermediate, ListenOptions } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import type { TapEvent } from '../events.js'
import { checkCount, checkNames } from '../settings.js'
import type { Sink } from '../sink.js'
import { jsonLine } from './json-lines.js'
import type { Watch } from './watch.js'
import { watchRequest } from './watch-request.js'

export interface WatchersOptions {
  /**
   * An address of its own, `unix:///path` or `tcp://host:port`, or one with its options, as an intermediate listens. Whoever
   * reaches it sees what passes: a unix socket is for its owner only, if no `mode` says otherwise.
   */
  listen: string | ListenOptions
  /**
   * Where the container that a watcher asks for is looked up: the address of the engine, or the layers behind the tap with
   * theirs. Default: nowhere; then its other names are known once they have passed.
   */
  lookup?: string | Intermediate
  /**
   * In bytes, how much waits for one watcher at most. Past that, events are dropped and counted.
   * @default 8 MiB
   */
  queue?: number
}

/** A sink that others can watch while it runs. */
export interface WatchersSink extends Sink, AsyncDisposable {
  /** For `intermediate tap`; a port that was 0 is the one that it got. */
  readonly address: string
  /** How many are watching. */
  readonly count: number
  /** Gives the watchers what has passed, and ends. */
  close(): Promise<void>
}

/** In ms, for watchers to read what they have not when this ends. */
const lastWords = 1_000

const everything: NonNullable<Sink['wants']> = ['call', 'body', 'reply', 'item', 'frame', 'end']
const nothing: typeof everything = []

/**
 * Shows each event, as a line of `jsonLines`, to whoever asks at its address, `GET /tap?endpoint=PATTERN&container=NAME`,
 * for as long as both stay. Endpoints may be several. While nobody watches, calls are not looked at; a watcher sees those
 * that begin after it came.
 * @throws IntermediateError for options that cannot be used, and an address that cannot be listened on
 */
export async function watchers(options: WatchersOptions): Promise<WatchersSink> {
  checkNames('watchers()', options, ['listen', 'lookup', 'queue'])
  checkCount('watchers()', 'queue', options.queue, 4096, 'bytes')
  const { lookup, queue = 8 * 1024 * 1024 } = options
  const watches = new Set<Watch>()
  const sink = Object.assign(
    (event: TapEvent) => {
      let text: string | undefined
      for (const watch of watches) watch.take(event, () => (text ??= jsonLine(event)))
    },
    { wants: nothing },
  )
  const begin = (watch: Watch) => {
    watches.add(watch)
    sink.wants = everything
    watch.lines.once('close', () => {
      watches.delete(watch)
      if (watches.size === 0) sink.wants = nothing
    })
  }
  // It is an intermediate, for the sake of how one listens; and it has an upstream only for what it looks up.
  const server = intermediate({
    upstream: lookup === undefined || typeof lookup === 'string' ? nowhere : undefined,
    onError: () => {},
  }).use(function watching(call) {
    return watchRequest(call, { lookup, queue, begin })
  })
  const listening = await server.listen(place(options.listen))
  const close = async () => {
    // What has passed until now is on its way here.
    await new Promise((resolve) => setImmediate(resolve))
    for (const watch of watches) watch.end()
    await listening.close({ grace: lastWords })
  }
  return Object.defineProperty(
    Object.assign(sink, { address: listening.addresses[0]!, count: 0, close, [Symbol.asyncDispose]: close }),
    'count',
    { get: () => watches.size },
  )
}

/** A path at which nothing ever listens. */
const nowhere = 'unix:///dev/null'

function place(listen: string | ListenOptions): ListenOptions {
  const at = typeof listen === 'string' ? { address: listen } : listen
  return String(at.address).trimStart().startsWith('unix://') ? { mode: 0o600, ...at } : at
}
