import { configurationError } from './errors.js'
import type { ListenOptions } from './addresses/listen.js'
import { defaultListenAddress } from './addresses/listen.js'
import type { Listening } from './serve.js'
import { serve } from './serve.js'
import type { Observers } from './observers.js'
import { bothObservers } from './observers.js'
import type { Endpoint } from './endpoints/endpoint-types.js'
import type { Checked, Patterns, Selected } from './endpoints/pattern-types.js'
import type { Call, Way } from './call.js'
import type { Handler, Layer, LayerInfo, LayerOptions } from './stack.js'
import { Stack } from './stack.js'
import type { StackEntry } from './stack-entry.js'
import { narrowed, narrowedAll, stackEntry, withOptions } from './stack-entry.js'
import type { Reply } from './replies/reply.js'
import { noUpstream } from './addresses/no-upstream.js'
import type { Upstream, UpstreamOptions } from './addresses/upstream.js'
import { resolveUpstream } from './addresses/upstream.js'
import type { WireLimits } from './wire/door.js'

export interface IntermediateOptions extends Observers {
  /**
   * Where calls go: an address, or one with TLS files. Default: INTERMEDIATE_UPSTREAM, then what the docker CLI would
   * use (DOCKER_HOST, DOCKER_CONTEXT, its current context, the platform's socket).
   */
  upstream?: string | UpstreamOptions | undefined
  /**
   * In ms, for a client to finish the first head of a connection, and any head once it has begun.
   * @default 300_000, the engine's
   */
  headTimeout?: number | undefined
  /**
   * In ms, to connect to the upstream.
   * @default 30_000
   */
  connectTimeout?: number | undefined
}

/** A layer for some endpoints: its call has their parameters and queries, and `call.endpoint` tells them apart. */
interface LayerFor<E extends Endpoint> {
  (call: Call<E>, next: Handler): Promise<Reply>
  readonly endpoints?: readonly string[]
}

/**
 * What follows the first argument of `use`: where that is a layer, nothing is inferred for the patterns. (Overloads, and
 * a union of argument lists, say the same, but with them editors do not complete endpoints both in a string and in a
 * list, and the compiler's complaint about a pattern is ten lines long.)
 */
type AfterFirst<P extends Patterns> = [P] extends [never]
  ? [options?: LayerOptions]
  : [Patterns] extends [P]
    ? [options?: LayerOptions]
    : [layer: LayerFor<Selected<P>> | Intermediate, options?: LayerOptions]

/** One proxy: a stack of layers, where it listens, and its upstream. */
export class Intermediate {
  private readonly options: IntermediateOptions
  private readonly stack: Stack

  /** Use `intermediate()`. */
  constructor(options: IntermediateOptions, stack: Stack) {
    this.options = checked(options)
    this.stack = stack
  }

  /** The layers in their order, the outermost first. */
  get layers(): readonly LayerInfo[] {
    return this.stack.entries.map(({ name, endpoints }) => ({ name, endpoints }))
  }

  /** The name of the layer that answers every call, so that none goes to the upstream; undefined where there is none. */
  get answeredBy(): string | undefined {
    return this.stack.answeredBy
  }

  /**
   * Puts a layer inside those used before: **the first used is outermost**, it sees the call first and the reply last.
   * With endpoints, the layer is asked about these only, and costs nothing on others; a layer that brings its own
   * endpoints is asked about those that both name. Another intermediate stands for its layers, in their order;
   * options are for each of them.
   *
   *     intermediate().use(audit).use(limits)   // audit sees what the client sent, limits what audit let through
   *     intermediate().use(limits).use(audit)   // audit sees what limits made of it
   *
   * Private endpoints are declared before (`privateEndpoint`), or patterns do not select them.
   *
   * @throws IntermediateError where a pattern selects no endpoint, or the layer wants none of them
   */
  use<const P extends Patterns>(
    first: Layer | Intermediate | (P & Checked<P>),
    ...[second, third]: AfterFirst<P>
  ): this {
    const hasPatterns = typeof first === 'string' || Array.isArray(first)
    const patterns = hasPatterns ? (first as string | readonly string[]) : undefined
    const layer = (hasPatterns ? second : first) as Layer | Intermediate
    const options = (hasPatterns ? third : (second as LayerOptions | undefined)) ?? {}
    if (layer instanceof Intermediate) this.stack.add(layer.entriesFor(patterns, options))
    else if (typeof layer === 'function') this.stack.add([entryFor(layer, patterns, options)])
    else
      throw configurationError(
        'use() takes a layer, which is a function (call, next) => Promise<Reply>, or an intermediate.',
      )
    return this
  }

  /** The same layers, also those used later, with some options replaced; observers are added to those that are there. */
  with(options: IntermediateOptions): Intermediate {
    const given = Object.entries(options).filter(([, value]) => value !== undefined)
    const observers = bothObservers(this.options, options)
    return new Intermediate({ ...this.options, ...Object.fromEntries(given), ...observers }, this.stack)
  }

  /** The same layers, also those used later, and options behind one more layer, which is the outermost of them all. */
  behind(layer: Layer, options: LayerOptions = {}): Intermediate {
    return new Intermediate(this.options, this.stack.behind(entryFor(layer, undefined, options)))
  }

  /**
   * Listens on every address: `unix:///path`, `tcp://host:port` (port 0: any), or one with its options. Without any, on
   * INTERMEDIATE_LISTEN, or else on `intermediate.sock` in the user's runtime folder. Whether the engine is there is not
   * asked: until it is, calls answer 502.
   * @throws IntermediateError where an address or the upstream cannot be used; nothing listens then
   */
  async listen(...addresses: readonly (string | ListenOptions)[]): Promise<Listening> {
    const at = addresses.length === 0 ? [defaultListenAddress()] : addresses
    await this.stack.ready()
    return serve({
      at: at.map((address) => (typeof address === 'string' ? { address } : address)),
      upstream: await this.upstream(),
      stack: this.stack,
      observers: this.options,
      limits: wireLimits(this.options),
    })
  }

  /** Where no call goes past the layers, the default that nobody chose need not be one: DOCKER_HOST may be anything. */
  private async upstream(): Promise<Upstream> {
    try {
      return await resolveUpstream(this.options.upstream)
    } catch (error) {
      const isChosen = this.options.upstream !== undefined || process.env['INTERMEDIATE_UPSTREAM']
      if (isChosen || this.answeredBy === undefined) throw error
      return noUpstream(error)
    }
  }

  /** The layers, and the upstream that an option names, as another intermediate's layer can send calls there. */
  async way(): Promise<Way> {
    const { upstream } = this.options
    await this.stack.ready()
    return {
      stack: this.stack,
      upstream: upstream === undefined ? undefined : await resolveUpstream(upstream),
    }
  }

  private entriesFor(patterns: string | readonly string[] | undefined, options: LayerOptions): StackEntry[] {
    const entries = this.stack.entries.map((entry) => withOptions(entry, options))
    return patterns === undefined ? entries : narrowedAll(entries, patterns)
  }
}

/** A pass-through intermediate, to which `use()` adds layers. */
export function intermediate(options: IntermediateOptions = {}): Intermediate {
  return new Intermediate(options, new Stack())
}

function entryFor(
  layer: Layer,
  patterns: string | readonly string[] | undefined,
  options: LayerOptions,
): StackEntry {
  const entry = stackEntry(layer, options, patterns)
  return patterns === undefined ? entry : narrowed(entry, patterns)
}

function wireLimits({ headTimeout = 300_000, connectTimeout = 30_000 }: IntermediateOptions): WireLimits {
  return { head: headTimeout, connect: connectTimeout }
}

const optionNames = new Set(['upstream', 'headTimeout', 'connectTimeout', 'onCall', 'onError'])

function checked(options: IntermediateOptions): IntermediateOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!optionNames.has(name))
      throw configurationError(`intermediate() was given the option ${name}, which does not exist.`)
    if (
      name.endsWith('Timeout') &&
      value !== undefined &&
      !(Number.isInteger(value) && value > 0 && value < 2 ** 31)
    )
      throw configurationError(
        `${name} is ${String(value)}: give it in ms, as a whole number from 1 to ${2 ** 31 - 1}.`,
      )
  }
  return options
}
