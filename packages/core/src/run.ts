import { LayerCall } from './call.js'
import type { AnyArguments, Asking, Way } from './call.js'
import { Deadline } from './deadline.js'
import type { Endpoint } from './endpoints/endpoint-types.js'
import { targetOf } from './endpoints/target.js'
import { IntermediateError } from './errors.js'
import { recognise } from './endpoints/recognise.js'
import { upstreamFailure } from './failures.js'
import type { NotCovered } from './not-covered.js'
import { notCovered } from './not-covered.js'
import { errorReply, OwnReply } from './replies/own-reply.js'
import type { Reply } from './replies/reply.js'
import { TunnelReply } from './replies/tunnel-reply.js'
import { UpstreamReply } from './replies/upstream-reply.js'
import { Request } from './request.js'
import type { Handler, Stack, Turn } from './stack.js'
import type { StackEntry } from './stack-entry.js'
import type { Exchange } from './wire/exchange.js'
import { BodyLost } from './wire/outgoing.js'
import type { IncomingReply, Upstream } from './wire/link.js'

/** What the layers of one call need of whoever runs them. */
export interface RunOptions {
  readonly exchange: Exchange
  readonly stack: Stack
  readonly upstream: Upstream
  /** Where this intermediate itself listens. */
  readonly addresses: ReadonlySet<string>
  /** What becomes of the call, and of all that layers make of it: nothing reaches an upstream. */
  readonly refusal: NotCovered | undefined
  /** Told of a layer that failed and was left out. */
  readonly onLeftOut: (error: unknown, layer: string) => void
}

/** Begins something, unless the layer's time is over, which stands still until it is done. */
type Outside = <T>(begin: () => Promise<T>) => Promise<T>

/** One layer while it has its turn, as the calls that it is given and makes know it. */
interface Taking {
  readonly entry: StackEntry
  readonly outside: Outside
  /** Notes that the layer lets a request go on, and what is replied to it. */
  readonly goOn: (request: Request, reply: () => Promise<Reply>) => Promise<Reply>
}

/** One call on its way through the layers: the first one outermost, the upstream behind the last. */
export class Run {
  /** The call, or another in its place, was given to the upstream. */
  forwarded = false
  /** The name of the layer in which the first error came up. */
  culprit = ''
  private readonly options: RunOptions
  /** The reply is for a layer, and not for the client. */
  private readonly isInquiry: boolean
  /** The client's call may hijack. */
  private readonly mayTunnel: boolean

  constructor(options: RunOptions, isInquiry = false, mayTunnel = options.exchange.mayTunnel) {
    this.options = options
    this.isInquiry = isInquiry
    this.mayTunnel = mayTunnel
  }

  /** What the layers from this turn on, and in the end the upstream, reply to a request. */
  async reply(request: Request, turns: readonly Turn[], at = 0): Promise<Reply> {
    const turn = turns[at]
    return turn === undefined ? this.forward(request) : this.take(request, turns, at, turn)
  }

  /** One layer's turn. */
  private async take(request: Request, turns: readonly Turn[], at: number, turn: Turn): Promise<Reply> {
    const { entry, match } = turn
    const deadline = new Deadline(entry, request.name)
    const outside = outsideOf(deadline)
    let replied: Reply | undefined
    let asked = false
    const goOn: Taking['goOn'] = (from, reply) =>
      outside(async () => {
        asked = true
        const made = await reply()
        if (made instanceof OwnReply) made.endpoint = from.endpoint
        return (replied = heldBy(made, entry))
      })
    const call = new LayerCall(request, match, this.asking(request, { entry, outside, goOn }))
    const next: Handler = (other): Promise<never> => {
      const given = (other as unknown) === call ? { request, turns, at: at + 1 } : madeBy(other, entry)
      const reply = () => this.reply(given.request, given.turns, given.at)
      return goOn(given.request, reply) as Promise<never>
    }
    let reply: Reply
    try {
      reply = checkedReply(await deadline.limit(entry.layer(call, next)), this.options.exchange)
    } catch (error) {
      this.culprit ||= entry.name
      // What is wrong with the call itself is no failure of the layer: else a client could switch it off.
      const isClients = error instanceof IntermediateError && error.status < 500
      if (!entry.opens || isClients || this.options.exchange.over || (asked && replied === undefined))
        throw error
      this.culprit = ''
      this.options.onLeftOut(error, entry.name)
      return replied ?? this.reply(request, turns, at + 1)
    }
    if (reply instanceof TunnelReply) {
      reply.by ??= entry.name
      reply.upgrades = this.options.exchange.upgrade
    }
    if (!(reply instanceof OwnReply)) return reply
    reply.by ??= entry.name
    const isRefusal = !asked && reply.status === 403 && entry.layer.reasons !== undefined
    return isRefusal ? this.withReasons(reply, request, turns.slice(at + 1)) : reply
  }

  /**
   * The refusal of a policy with what the policies right behind it have against the call too, so that its client is told
   * everything at once. What one of them cannot say is left out: the call is refused as it is.
   */
  private async withReasons(refusal: OwnReply, request: Request, turns: readonly Turn[]): Promise<OwnReply> {
    const { message } = refusal
    if (message === undefined) return refusal
    let all = message
    for (const { entry, match } of turns) {
      if (entry.layer.reasons === undefined) break
      const deadline = new Deadline(entry, request.name)
      const outside = outsideOf(deadline)
      const goOn = () =>
        Promise.reject(new TypeError('reasons() is asked of a call that was refused: it cannot go on'))
      const call = new LayerCall(request, match, this.asking(request, { entry, outside, goOn }))
      try {
        for (const reason of await deadline.limit(entry.layer.reasons(call)))
          if (!all.includes(reason)) all += `; ${reason}`
      } catch {
        // said above
      }
    }
    return all === message ? refusal : refusal.saying(all)
  }

  private async forward(request: Request): Promise<Reply> {
    const { exchange, upstream, refusal } = this.options
    if (refusal !== undefined) return this.refused(refusal, this.isInquiry)
    const sending = this.send(request)
    try {
      return new UpstreamReply(await sending, request)
    } catch (error) {
      // What went wrong in a layer's own stream says more.
      throw error instanceof BodyLost ? error.cause : upstreamFailure(error as Error, exchange, upstream)
    }
  }

  /** @throws IntermediateError to whoever has asked: no engine has said that */
  private refused({ status, message, policy }: NotCovered, isInquiry: boolean): OwnReply {
    if (isInquiry) throw new IntermediateError('ERR_NOT_COVERED', status, message)
    const reply = errorReply(status, message)
    reply.by = policy
    return reply
  }

  private send(request: Request): Promise<IncomingReply> {
    const { exchange, upstream } = this.options
    if (this.isInquiry) return exchange.ask(upstream, request.outgoing()!)
    const { obstacle } = exchange
    if (obstacle !== undefined) throw new Error(obstacle)
    const outgoing = request.outgoing()
    exchange.mayTunnel = this.mayTunnel && request.hijacks
    this.forwarded = true
    return exchange.forward(upstream, outgoing)
  }

  private async ask(
    request: Request,
    taking: Taking,
    endpoint: Endpoint,
    args: AnyArguments,
  ): Promise<Reply> {
    const made = this.made(request, taking, endpoint, args)
    return heldBy(await new Run(this.options, true).reply(made.request, made.turns), taking.entry)
  }

  private async askOn(
    way: Way,
    request: Request,
    taking: Taking,
    endpoint?: Endpoint,
    args: AnyArguments = {},
  ): Promise<Reply> {
    const asked =
      endpoint === undefined ? request.copied() : this.made(request, taking, endpoint, args).request
    return heldBy(await this.replyOn(way, asked, true), taking.entry)
  }

  /** What the layers and the upstream of another way reply to a request. */
  private async replyOn(way: Way, request: Request, isInquiry: boolean): Promise<Reply> {
    const { stack, upstream = this.options.upstream } = way
    if (this.options.addresses.has(upstream.name)) throw loop(request, upstream)
    const refusal = this.options.refusal ?? notCovered(request.found, stack, request)
    if (refusal !== undefined) return this.refused(refusal, isInquiry)
    const run = new Run({ ...this.options, stack, upstream }, isInquiry, this.mayTunnel)
    try {
      return await run.reply(request, stack.turns(request.found))
    } finally {
      this.culprit ||= isInquiry ? '' : run.culprit
      this.forwarded ||= run.forwarded
    }
  }

  private made(
    request: Request,
    taking: Taking,
    endpoint: Endpoint,
    { params, query, body }: AnyArguments,
  ): MadeCall {
    const { version } = request.found
    const { method, target } = targetOf(endpoint, { version, params, query: query ?? {} })
    const found = recognise(method, target)
    const own = Request.made(request, found, { method, target, body })
    const match = found.matches.find((each) => each.endpoint.key === endpoint)
    // What a client calls its containers is the client's mistake, and no layer's.
    if (match === undefined)
      throw new IntermediateError(
        'ERR_BAD_REQUEST',
        400,
        `${method} ${target} is not read as ${endpoint}: its parameters make another path of it.`,
      )
    const { stack, refusal } = this.options
    const turns = stack.turnsAfter(taking.entry, found, refusal !== undefined)
    return new MadeCall(own, match, taking.entry, turns, this.asking(own, taking))
  }

  /** What a layer asks and sends in its turn. */
  private asking(request: Request, taking: Taking): Asking {
    const { outside, goOn } = taking
    return {
      ask: (endpoint, args) => outside(() => this.ask(request, taking, endpoint, args)),
      to: (endpoint, args) => this.made(request, taking, endpoint, args),
      send: (way, sent) => goOn(sent, () => this.replyOn(way, sent, this.isInquiry)),
      askOn: (way, asked, endpoint, args) => outside(() => this.askOn(way, asked, taking, endpoint, args)),
    }
  }
}

/** A call that a layer has made. */
class MadeCall extends LayerCall {
  readonly by: StackEntry
  readonly turns: readonly Turn[]

  constructor(
    request: Request,
    match: Turn['match'],
    by: StackEntry,
    turns: readonly Turn[],
    asking: Asking,
  ) {
    super(request, match, asking)
    this.by = by
    this.turns = turns
  }
}

function madeBy(call: unknown, entry: StackEntry): { request: Request; turns: readonly Turn[]; at: number } {
  if (call instanceof MadeCall && call.by === entry)
    return { request: call.request, turns: call.turns, at: 0 }
  throw new TypeError('next() takes the call that the layer was given, or one that it made with call.to()')
}

/** Without an end, each turn with connections of its own. */
function loop({ name }: Request, upstream: Upstream): IntermediateError {
  const message = `${name} comes back to ${upstream.name}, where this intermediate itself listens: have the layer send it to an engine.`
  return new IntermediateError('ERR_CONFIGURATION', 500, message)
}

function outsideOf(deadline: Deadline): Outside {
  return (begin) => {
    const waited = deadline.outside(begin)
    // A layer that does not wait for the reply must not end the process when it fails.
    waited.catch(() => {})
    return waited
  }
}

/** Says which layer has a reply now, and may change it. */
function heldBy(reply: Reply, entry: StackEntry): Reply {
  if (reply instanceof OwnReply || reply instanceof UpstreamReply) reply.holder = entry.name
  return reply
}

function checkedReply(value: unknown, exchange: Exchange): Reply {
  if (value instanceof UpstreamReply && value.exchange !== exchange)
    throw new TypeError('it returned the reply of another call')
  if (value instanceof OwnReply || value instanceof UpstreamReply || value instanceof TunnelReply)
    return value
  throw new TypeError('it returned something that is not a reply: return what next() gave, or reply(…)')
}
