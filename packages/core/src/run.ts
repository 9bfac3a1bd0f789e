import { LayerCall } from './call.js'
import type { AnyArguments, Asking } from './call.js'
import { Deadline } from './deadline.js'
import type { Endpoint } from './endpoints/endpoint-types.js'
import { targetOf } from './endpoints/target.js'
import { IntermediateError } from './errors.js'
import { recognise } from './endpoints/recognise.js'
import { upstreamFailure } from './failures.js'
import { OwnReply, TunnelReply, UpstreamReply } from './reply.js'
import type { Reply } from './reply.js'
import { Request } from './request.js'
import type { Handler, Stack, StackEntry, Turn } from './stack.js'
import type { Exchange } from './wire/exchange.js'
import { BodyLost } from './wire/exchange.js'
import type { IncomingReply, Upstream } from './wire/link.js'

/** What the layers of one call need of whoever runs them. */
export interface RunOptions {
  readonly exchange: Exchange
  readonly stack: Stack
  readonly upstream: Upstream
  /** Told of a layer that failed and was left out. */
  readonly onLeftOut: (error: unknown, layer: string) => void
}

/** Lets the time of a layer stand still while it waits for this. */
type Outside = <T>(work: Promise<T>) => Promise<T>

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

  constructor(options: RunOptions, isInquiry = false) {
    this.options = options
    this.isInquiry = isInquiry
    this.mayTunnel = options.exchange.mayTunnel
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
    const call = new LayerCall(request, match, this.asking(request, entry, outside))
    const next: Handler = (other): Promise<never> => {
      deadline.check()
      const given = (other as unknown) === call ? { request, turns, at: at + 1 } : madeBy(other, entry)
      asked = true
      const work = this.reply(given.request, given.turns, given.at).then((reply) => {
        if (reply instanceof OwnReply) reply.endpoint = given.request.endpoint
        return (replied = reply)
      })
      return outside(work) as Promise<never>
    }
    try {
      const reply: unknown = await deadline.limit(entry.layer(call, next))
      if (!isReply(reply))
        throw new TypeError('it returned something that is not a reply: return what next() gave, or reply(…)')
      if (reply instanceof OwnReply) {
        reply.by ??= entry.name
        if (!asked && reply.status === 403 && entry.layer.reasons !== undefined)
          await this.addReasons(reply, request, turns.slice(at + 1))
      } else if (reply instanceof TunnelReply && reply.origin === undefined) {
        reply.by ??= entry.name
      }
      return reply
    } catch (error) {
      this.culprit ||= entry.name
      if (!entry.opens || this.options.exchange.over || (asked && replied === undefined)) throw error
      this.culprit = ''
      this.options.onLeftOut(error, entry.name)
      return replied ?? this.reply(request, turns, at + 1)
    }
  }

  /**
   * Has the policies right behind one that refused a call say what they have against it too, so that its client is told
   * everything at once. What one of them cannot say is left out: the call is refused as it is.
   */
  private async addReasons(refusal: OwnReply, request: Request, turns: readonly Turn[]): Promise<void> {
    const said = (await refusal.json()) as { message?: string }
    for (const { entry, match } of turns) {
      if (entry.layer.reasons === undefined) return
      const deadline = new Deadline(entry, request.name)
      const call = new LayerCall(request, match, this.asking(request, entry, outsideOf(deadline)))
      try {
        const reasons = await deadline.limit(entry.layer.reasons(call))
        said.message = [said.message, ...reasons].join('; ')
      } catch {
        // said above
      }
    }
  }

  private async forward(request: Request): Promise<Reply> {
    const { exchange, upstream } = this.options
    const sending = this.send(request)
    try {
      return new UpstreamReply(await sending, request)
    } catch (error) {
      // What went wrong in a layer's own stream says more.
      throw error instanceof BodyLost ? error.cause : upstreamFailure(error as Error, exchange, upstream)
    }
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
    entry: StackEntry,
    outside: Outside,
    endpoint: Endpoint,
    args: AnyArguments,
  ): Promise<Reply> {
    const made = this.made(request, entry, outside, endpoint, args)
    return new Run(this.options, true).reply(made.request, made.turns)
  }

  private made(
    request: Request,
    entry: StackEntry,
    outside: Outside,
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
    const turns = this.options.stack.turnsAfter(entry, found)
    return new MadeCall(own, match, entry, turns, this.asking(own, entry, outside))
  }

  /** What a layer asks in its turn, as long as `outside` says. */
  private asking(request: Request, entry: StackEntry, outside: Outside): Asking {
    return {
      ask: (endpoint, args) => outside(this.ask(request, entry, outside, endpoint, args)),
      to: (endpoint, args) => this.made(request, entry, outside, endpoint, args),
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

function outsideOf(deadline: Deadline): Outside {
  return (work) => {
    const waited = deadline.outside(work)
    // A layer that does not wait for the reply must not end the process when it fails.
    waited.catch(() => {})
    return waited
  }
}

function isReply(value: unknown): value is Reply {
  return value instanceof OwnReply || value instanceof UpstreamReply || value instanceof TunnelReply
}
