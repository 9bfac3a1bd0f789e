import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { culpritOf } from './blame.js'
import { IntermediateError } from './errors.js'
import { checkHeld, clientGone, nameOf, requestFailure, upstreamFailure } from './failures.js'
import { refuseForm } from './form-body.js'
import type { NotCovered } from './not-covered.js'
import { notCovered } from './not-covered.js'
import { foreignOrigin } from './addresses/foreign-origin.js'
import type { Observers } from './observers.js'
import { CallNote } from './observers.js'
import type { Recognition } from './endpoints/recognise.js'
import { recognise } from './endpoints/recognise.js'
import { changedHead, render, renderHead, tunnelHead } from './render.js'
import { mayHijack, Request } from './request.js'
import { Run } from './run.js'
import { errorReply, OwnReply } from './replies/own-reply.js'
import type { Reply } from './replies/reply.js'
import { TunnelReply } from './replies/tunnel-reply.js'
import { UpstreamReply } from './replies/upstream-reply.js'
import type { Stack, Turn } from './stack.js'
import type { Connection } from './wire/connection.js'
import type { Door } from './wire/door.js'
import type { Answer } from './wire/answer.js'
import { ClientGone } from './wire/client-gone.js'
import type { Exchange } from './wire/exchange.js'
import type { RequestHead } from './wire/request-head.js'
import type { Upstream } from './wire/link.js'
import { StaleLink } from './wire/link.js'

/** What a gate needs to know of the listener whose calls come through it. */
export interface GateOptions extends Observers {
  readonly stack: Stack
  readonly upstream: Upstream
  /** Where this intermediate itself listens. */
  readonly addresses: ReadonlySet<string>
  /** The names that a call over TCP may have been made under; undefined where nobody looks (unix sockets). */
  readonly hosts: ReadonlySet<string> | undefined
  /** Called when a client's connection is closed. */
  readonly onClose: (connection: Connection) => void
}

/** Where requests become calls: it finds the layers that want a call, runs them, and renders what they return. */
export class Gate implements Door {
  private readonly options: GateOptions
  /** The Host that came last and was fine: most clients say the same each time. */
  private knownHost: string | undefined

  constructor(options: GateOptions) {
    this.options = options
  }

  enter(exchange: Exchange): void {
    const { options } = this
    const { head } = exchange
    const found = recognise(head.method, head.target)
    const { matches } = found
    if (options.onCall !== undefined)
      exchange.note = new CallNote(exchange, matches[0]?.endpoint.key ?? 'unknown', found.path)
    if (options.hosts !== undefined) {
      const reason = this.foreignReason(head, options.hosts)
      if (reason !== undefined) {
        exchange.answer(render(errorReply(403, reason)))
        return
      }
    }
    const { stack } = options
    exchange.mayTunnel = mayHijack(found)
    const refusal = notCovered(found, stack, head)
    if (refusal !== undefined) {
      // What comes behind it may be meant for the tunnel that it asked for, and no call.
      exchange.last = true
      void this.run(exchange, found, stack.turnsBeforePolicies(found), refusal)
      return
    }
    const turns = stack.turns(found)
    if (turns.length === 0) exchange.splice(options.upstream)
    else void this.run(exchange, found, turns)
  }

  private foreignReason(head: RequestHead, hosts: ReadonlySet<string>): string | undefined {
    if (head.host === this.knownHost && !head.origin && head.fetchSite === undefined) return undefined
    const reason = foreignOrigin(head, hosts)
    if (reason === undefined) this.knownHost = head.host
    return reason
  }

  failure(error: Error, exchange: Exchange | undefined, upstream: Upstream | undefined): Answer {
    const isUpstreams = upstream !== undefined && exchange !== undefined
    const known = isUpstreams ? upstreamFailure(error, exchange, upstream) : requestFailure(error)
    if (isUpstreams) this.report(exchange, known)
    return render(errorReply(known.status, known.message))
  }

  broke(exchange: Exchange, error: Error): void {
    const isElsewhere = error instanceof IntermediateError && error.code === 'ERR_UPSTREAM_UNREACHABLE'
    if (isElsewhere || error instanceof ClientGone) return
    const layer = culpritOf(error) ?? exchange.givenBy
    noteAnswer(exchange, layer)
    this.report(exchange, error, layer)
  }

  leave(exchange: Exchange): void {
    const { onCall } = this.options
    if (onCall !== undefined && exchange.note instanceof CallNote) tell(onCall, exchange.note.complete())
  }

  close(connection: Connection): void {
    this.options.onClose(connection)
  }

  /** @param refusal why no policy lets it pass: the layers in front of them see it, and that it is refused */
  private async run(
    exchange: Exchange,
    found: Recognition,
    turns: readonly Turn[],
    refusal?: NotCovered,
  ): Promise<void> {
    const { stack, upstream, addresses } = this.options
    const onLeftOut = (error: unknown, layer: string) =>
      this.report(
        exchange,
        new Error(`the layer "${layer}" failed and was left out`, { cause: error }),
        layer,
      )
    const run = new Run({ exchange, stack, upstream, addresses, refusal, onLeftOut })
    try {
      if (refusal === undefined) refuseForm(exchange)
      const reply = await run.reply(Request.received(exchange, found), turns)
      noteAnswer(exchange, reply.answeredBy, reply.upstream)
      this.send(exchange, reply)
    } catch (error) {
      noteAnswer(exchange, run.culprit || undefined)
      this.fail(exchange, error, run)
    }
  }

  private send(exchange: Exchange, reply: Reply): void {
    if (exchange.over) {
      discard(reply)
      return
    }
    exchange.givenBy = giverOf(reply)
    if (reply instanceof OwnReply) {
      exchange.answer(render(reply))
    } else if (reply instanceof TunnelReply) {
      if (!exchange.mayTunnel) {
        discard(reply)
        throw new TypeError('a tunnel answers only calls that hijack')
      }
      if (reply.origin !== undefined) checkHeld(exchange, reply.origin)
      if (reply.tunnel.destroyed)
        throw new TypeError('the tunnel that a layer returned was over before it began')
      const { status, bytes } = tunnelHead(exchange, reply)
      exchange.open(status, bytes, reply.tunnel)
    } else if (reply instanceof UpstreamReply) {
      this.sendUpstreams(exchange, reply)
    }
  }

  private sendUpstreams(exchange: Exchange, reply: UpstreamReply): void {
    const { incoming, content, tunnel } = reply
    const { head } = incoming
    if (tunnel !== undefined) {
      checkHeld(exchange, incoming)
      const otherHead = changedHead(reply)
      if (tunnel.touched) exchange.open(head.status, otherHead ?? head.bytes, tunnel)
      else exchange.reply(incoming, otherHead, tunnel.taps)
    } else if (!content.touched && incoming.asker === exchange && reply.framedFor(exchange.head)) {
      checkHeld(exchange, incoming)
      exchange.reply(incoming, changedHead(reply))
    } else if (exchange.head.method === 'HEAD' || head.status === 204 || head.status === 304) {
      exchange.last ||= !head.persistent
      exchange.answer(renderHead(reply))
    } else {
      // What came in answer to a question of a layer goes on as what it holds.
      if (!content.touched) content.replace(content.take())
      exchange.answer(render(reply))
    }
  }

  /** Fails closed: the client gets a status and a sentence, and whoever runs this gets the error. */
  private fail(exchange: Exchange, error: unknown, { culprit, forwarded }: Run): void {
    if (exchange.over) return
    if (error instanceof ClientGone) {
      exchange.answer(render(errorReply(400, clientGone(exchange, error).message)))
      return
    }
    if (error instanceof IntermediateError) {
      if (error.cause instanceof StaleLink) {
        exchange.connection.breakOff()
        return
      }
      const layer = culprit || undefined
      if (error.status >= 500) this.report(exchange, error, layer)
      // Whether an engine has acted that cannot be reached, its own sentence cannot say either.
      const acted = forwarded && error.code === 'ERR_DEADLINE' ? ` ${wasForwarded}` : ''
      // A layer can throw one of these with any status, but not make a success of it.
      const status = error.status >= 400 ? error.status : 500
      exchange.answer(render(errorReply(status, error.message + acted)))
      return
    }
    const id = randomUUID().slice(0, 8)
    this.report(exchange, error, culprit || undefined, id)
    const state = forwarded ? wasForwarded : 'The call was not forwarded.'
    const where = culprit === '' ? '' : ` in the layer "${culprit}"`
    const message = `${nameOf(exchange)} failed${where} (error ${id} in the intermediate's log). ${state}`
    exchange.answer(render(errorReply(500, message)))
  }

  private report(exchange: Exchange, error: unknown, layer?: string, id?: string): void {
    const { method, target } = exchange.head
    const path = target.split('?', 1)[0]!
    const { onError } = this.options
    if (onError !== undefined) {
      tell(onError, { id, method, path, layer, error })
      return
    }
    const where = layer === undefined ? '' : ` in the layer "${layer}"`
    const number = id === undefined ? '' : ` (error ${id})`
    process.stderr.write(`intermediate: ${method} ${path}${where}${number}: ${inspect(error)}\n`)
  }
}

const wasForwarded = 'The call was forwarded before that, so the engine may have acted on it.'

function noteAnswer({ note }: Exchange, layer: string | undefined, upstream?: string): void {
  if (!(note instanceof CallNote)) return
  note.answeredBy = layer
  note.upstream = upstream
}

/** The name of the layer that gave what is sent of a reply, if one did. */
function giverOf(reply: Reply): string | undefined {
  if (reply instanceof UpstreamReply) return reply.bodyBy
  if (reply instanceof OwnReply) return reply.bodyBy ?? reply.by
  return reply instanceof TunnelReply ? reply.by : undefined
}

function discard(reply: Reply): void {
  if (!(reply instanceof TunnelReply)) return
  // Streams of Node's tell with an error that they were ended early, which nobody else here hears.
  reply.tunnel.on('error', () => {})
  reply.tunnel.destroy()
}

/** An observer that throws ends the process, as it would anywhere, but leaves no call half done. */
function tell<T>(observer: (told: T) => void, told: T): void {
  try {
    observer(told)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
