import type { Call, CallOf } from './call.js'
import type { Endpoint, EndpointInfo } from './endpoints/endpoint-types.js'
import { unknownEndpoint } from './endpoints/endpoints.js'
import type { Match } from './endpoints/match-path.js'
import type { Recognition } from './endpoints/recognise.js'
import type { Reply } from './replies/reply.js'
import { checkOrder, isIdle, wants } from './stack-entry.js'
import type { StackEntry } from './stack-entry.js'

/** Whatever answers a call: the rest of the stack, and in the end the upstream. */
export type Handler = <E extends Endpoint>(call: CallOf<E>) => Promise<Reply<E>>

/**
 * One middleware (nothing to do with the layers of an image). It MUST return a reply: its own, or what `next` gave it,
 * and then with nothing of it read or dropped. It may look at the call, call `next` or not, or several times, one
 * after another, as long as the call has no body. What it throws before `next` keeps the call from the engine.
 */
export interface Layer {
  (call: Call, next: Handler): Promise<Reply>
  /** The endpoints it wants, as patterns. It is not asked about others. Default: every call. */
  readonly endpoints?: readonly string[]
  /** As the option `policy`. */
  readonly policy?: boolean
  /**
   * Of a policy: all that it has against a call, without answering it. Where a policy has refused a call with 403, core
   * asks those right behind it and adds what they say to the message.
   */
  readonly reasons?: (call: Call) => Promise<readonly string[]>
  /** What has to be there before anybody calls: `listen()` waits for it, and fails as it does. */
  readonly ready?: () => Promise<unknown>
  /** It answers every call that it sees, or sends it elsewhere: a layer behind it would never be asked, and is an error. */
  readonly final?: boolean
  /**
   * It judges a call by what it has asked about the names in it, and so has to have one engine behind it: in front of
   * a layer that sends calls to several it is an error, since they could have different things by one name. `or told
   * apart`: several will do that refuse a name which they do not have alone.
   */
  readonly oneEngine?: boolean | 'or told apart'
  /**
   * It sends calls to several engines, and what is asked by name need not be of the one that a call goes to. `told apart`:
   * of containers, volumes and networks it is, or the call is refused.
   */
  readonly severalEngines?: boolean | 'told apart'
  /** While it is true, calls that come pass as if the layer were not there, at no cost. It is asked at each, and must be quick. */
  readonly idle?: () => boolean
}

export interface LayerOptions {
  /** What listings, logs and errors call it. Default: the function's name. */
  name?: string
  /**
   * In ms, how long the layer itself may take: while it waits for `next` or `call.ask`, its time does not run. Past that
   * it counts as one that throws, with status 504. Default: no limit.
   */
  deadline?: number
  /**
   * What becomes of a call when the layer throws. `closed`: it fails. `open`: it goes on without the layer, with what
   * the layer had changed until then, as long as nothing of the reply was sent; but it fails all the same where the
   * call itself is at fault (a status below 500). A policy cannot be open. Default: closed.
   */
  onError?: 'closed' | 'open'
  /**
   * The layer decides what may pass. Then calls are refused that no rule can cover: those that are no endpoint of the
   * API, API versions below 1.24, and `POST /grpc` and private endpoints unless a policy names them: with a pattern that
   * has no wildcard, its own or one given to `use`. The layers in front of every policy see them, and may answer them, but
   * nothing that they do for such a call reaches an upstream. Default: what the layer says of itself, or else false.
   */
  policy?: boolean
}

/** A layer as a listing shows it. */
export interface LayerInfo {
  readonly name: string
  /** The endpoints it is asked about; undefined: every call. */
  readonly endpoints: readonly Endpoint[] | undefined
}

/** One layer's turn at a call: the layer, and the endpoint by which it was selected. */
export interface Turn {
  readonly entry: StackEntry
  readonly match: Match | undefined
}

/** The layers of an intermediate in their order, the first one outermost. */
export class Stack {
  readonly entries: StackEntry[] = []
  /** By the id of an endpoint: the layers that want it, worked out once. */
  private byEndpoint: StackEntry[][] = []
  /** The first of the layers that decide what may pass; undefined: none does. */
  firstPolicy: StackEntry | undefined
  private mayIdle = false
  /** Those that have these layers behind another. */
  private readonly longer: Stack[] = []

  /** True if a policy names this endpoint, rather than wanting whatever comes or a wildcard fits. */
  admits(endpoint: EndpointInfo): boolean {
    return this.entries.some(({ policy, named }) => policy && named.has(endpoint))
  }

  /** The name of the layer that always answers every call, so that none comes past it; undefined where there is none. */
  get answeredBy(): string | undefined {
    return this.entries.find(
      ({ layer, selected, opens }) =>
        layer.final === true && selected === undefined && !opens && layer.idle === undefined,
    )?.name
  }

  /** Waits for what the layers need before anybody calls. */
  async ready(): Promise<void> {
    await Promise.all(this.entries.map(async ({ layer }) => layer.ready?.()))
  }

  /** The turns of the layers behind this one, for a call that it makes; of those only that are in front of every policy. */
  turnsAfter(entry: StackEntry, found: Recognition, beforePolicies: boolean): readonly Turn[] {
    const at = this.entries.indexOf(entry)
    const turns = beforePolicies ? this.turnsBeforePolicies(found) : this.turns(found)
    return turns.filter((turn) => this.entries.indexOf(turn.entry) > at)
  }

  /** @throws IntermediateError for a layer that would never be asked */
  add(entries: readonly StackEntry[]): void {
    checkOrder([...this.entries, ...entries])
    this.entries.push(...entries)
    this.byEndpoint = []
    this.firstPolicy ??= entries.find(({ policy }) => policy)
    this.mayIdle ||= entries.some(({ layer }) => layer.idle !== undefined)
    for (const stack of this.longer) stack.add(entries)
  }

  /** These layers, also those that are added later, behind another one. */
  behind(entry: StackEntry): Stack {
    const stack = new Stack()
    stack.add([entry, ...this.entries])
    this.longer.push(stack)
    return stack
  }

  /** The turns of the layers that want a call, in their order; empty for a call that no layer wants. */
  turns(found: Recognition): readonly Turn[] {
    if (this.entries.length === 0) return noTurns
    const { matches } = found
    if (matches.length === 0)
      return this.wanting(unknownEndpoint).map((entry) => ({ entry, match: undefined }))
    if (matches.length === 1) {
      const match = matches[0]!
      const entries = this.wanting(match.endpoint)
      return entries.length === 0 ? noTurns : entries.map((entry) => ({ entry, match }))
    }
    return this.turnsOfSeveral(matches)
  }

  /** The turns of the layers in front of every policy. */
  turnsBeforePolicies(found: Recognition): readonly Turn[] {
    const end = this.entries.findIndex(({ policy }) => policy)
    const before = this.entries.slice(0, end)
    return before.length === 0 ? noTurns : this.turns(found).filter(({ entry }) => before.includes(entry))
  }

  /** Where a path fits several endpoints, the layers of all of them run, each seeing the first that it wants. */
  private turnsOfSeveral(matches: readonly Match[]): Turn[] {
    return this.entries.flatMap((entry) => {
      const match = matches.find(({ endpoint }) => wants(entry, endpoint))
      return match === undefined || isIdle(entry) ? [] : [{ entry, match }]
    })
  }

  private wanting(endpoint: EndpointInfo): readonly StackEntry[] {
    const all = (this.byEndpoint[endpoint.id] ??= this.entries.filter((entry) => wants(entry, endpoint)))
    return this.mayIdle ? all.filter((entry) => !isIdle(entry)) : all
  }
}

const noTurns: readonly Turn[] = []
