import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import type { Call } from './call.js'
import { ExchangeCall } from './call.js'
import { IntermediateError } from './errors.js'
import { foreignOrigin } from './addresses/foreign-origin.js'
import type { CallRecord, Observers } from './observers.js'
import { observe } from './observers.js'
import type { Recognition } from './endpoints/recognise.js'
import { recognise } from './endpoints/recognise.js'
import type { Reply } from './reply.js'
import { errorReply, OwnReply, TunnelReply, UpstreamReply } from './reply.js'
import type { Stack, Turn } from './stack.js'
import type { Connection, Door } from './wire/connection.js'
import type { Answer, Exchange } from './wire/exchange.js'
import type { IncomingReply, Upstream } from './wire/link.js'
import { StaleLink } from './wire/link.js'
import { Malformed } from './wire/malformed.js'
import { writeReplyHead } from './wire/write-head.js'

/** What a gate needs to know of the listener whose calls come through it. */
export interface GateOptions extends Observers {
  readonly stack: Stack
  readonly upstream: Upstream
  /** The names that a call over TCP may have been made under; undefined where nobody looks (unix sockets). */
  readonly hosts: ReadonlySet<string> | undefined
  /** Called when a client's connection is closed. */
  readonly onClose: (connection: Connection) => void
}

/** Where requests become calls: it finds the layers that want a call, runs them, and renders what they return. */
export class Gate implements Door {
  private readonly options: GateOptions

  constructor(options: GateOptions) {
    this.options = options
  }

  enter(exchange: Exchange): void {
    const { options } = this
    const { head } = exchange
    const found = recognise(head.method, head.target)
    const { matches } = found
    if (options.onCall !== undefined)
      exchange.note = observe(exchange, matches[0]?.endpoint.key ?? 'unknown', found.path)
    if (options.hosts !== undefined) {
      const reason = foreignOrigin(head, options.hosts)
      if (reason !== undefined) {
        exchange.answer(render(errorReply(403, reason)))
        return
      }
    }
    // Nothing is known of an unknown call, so it may hijack too.
    exchange.mayTunnel = matches.length === 0 || matches.some(({ endpoint }) => endpoint.hijack)
    const turns = options.stack.turns(found)
    if (turns.length === 0) exchange.pass(options.upstream)
    else void this.run(exchange, found, turns)
  }

  failure(error: Error, exchange: Exchange | undefined, upstream: Upstream | undefined): Answer {
    const known = describe(error, exchange, upstream)
    if (upstream !== undefined && exchange !== undefined) this.report(exchange, known, undefined)
    return render(errorReply(known.status, known.message))
  }

  leave(exchange: Exchange): void {
    if (exchange.note !== undefined) this.options.onCall?.((exchange.note as () => CallRecord)())
  }

  close(connection: Connection): void {
    this.options.onClose(connection)
  }

  /** Runs the layers, the first one outermost, with the upstream behind the last. */
  private async run(exchange: Exchange, found: Recognition, turns: readonly Turn[]): Promise<void> {
    let forwarded = false
    let culprit = ''
    const take = async (at: number): Promise<Reply> => {
      const turn = turns[at]
      if (turn === undefined) {
        if (!exchange.sendable) throw new Error('the call has a body, which can be sent once')
        forwarded = true
        return new UpstreamReply(await this.forward(exchange))
      }
      const { entry, match } = turn
      const call: Call = new ExchangeCall(exchange, found, match)
      try {
        const reply: unknown = await entry.layer(call, (next) => {
          if (next !== call) throw new TypeError('next() takes the call that the layer was given')
          return take(at + 1)
        })
        if (!isReply(reply))
          throw new TypeError(
            'it returned something that is not a reply: return what next() gave, or reply(…)',
          )
        return reply
      } catch (error) {
        culprit ||= entry.name
        throw error
      }
    }
    try {
      this.send(exchange, await take(0))
    } catch (error) {
      this.fail(exchange, error, culprit, forwarded)
    }
  }

  private async forward(exchange: Exchange): Promise<IncomingReply> {
    const { upstream } = this.options
    try {
      return await exchange.forward(upstream)
    } catch (error) {
      throw describe(error as Error, exchange, upstream)
    }
  }

  private send(exchange: Exchange, reply: Reply): void {
    if (exchange.over) return
    if (reply instanceof OwnReply) {
      exchange.answer(render(reply))
    } else if (reply instanceof TunnelReply) {
      if (!exchange.mayTunnel) throw new TypeError('a tunnel answers only calls that hijack')
      const { status, bytes } = tunnelHead(exchange, reply)
      exchange.open(status, bytes, reply.tunnel)
    } else if (reply instanceof UpstreamReply) {
      const { incoming } = reply
      const stream = reply.tunnel
      if (stream?.touched) exchange.open(incoming.head.status, incoming.head.bytes, stream)
      else if (!exchange.reply(incoming)) throw lostReply(exchange, incoming)
    }
  }

  /** Fails closed: the client gets a status and a sentence, and whoever runs this gets the error. */
  private fail(exchange: Exchange, error: unknown, culprit: string, forwarded: boolean): void {
    if (exchange.over) return
    if (error instanceof IntermediateError) {
      if (error.cause instanceof StaleLink) {
        exchange.connection.breakOff()
        return
      }
      if (error.status >= 500) this.report(exchange, error, undefined)
      exchange.answer(render(errorReply(error.status, error.message)))
      return
    }
    const id = randomUUID().slice(0, 8)
    this.report(exchange, error, id)
    const state = forwarded
      ? 'The call was forwarded before that, so the engine may have acted on it.'
      : 'The call was not forwarded.'
    const where = culprit === '' ? '' : ` in the layer "${culprit}"`
    const message = `${nameOf(exchange)} failed${where} (error ${id} in the intermediate's log). ${state}`
    exchange.answer(render(errorReply(500, message)))
  }

  private report(exchange: Exchange, error: unknown, id: string | undefined): void {
    const { method, target } = exchange.head
    const path = target.split('?', 1)[0]!
    const { onError } = this.options
    if (onError !== undefined) onError({ id, method, path, error })
    else
      process.stderr
        .write(`intermediate: ${method} ${path}${id === undefined ? '' : ` (error ${id})`}: ${inspect(error)}
`)
  }
}

function isReply(value: unknown): value is Reply {
  return value instanceof OwnReply || value instanceof UpstreamReply || value instanceof TunnelReply
}

function nameOf(exchange: Exchange): string {
  const { method, target } = exchange.head
  return `${method} ${target.split('?', 1)[0]}`
}

/** What the client is told of a request that is malformed, or of an upstream that failed it. */
function describe(
  error: Error,
  exchange: Exchange | undefined,
  upstream: Upstream | undefined,
): IntermediateError {
  if (error instanceof IntermediateError) return error
  const cause = { cause: error }
  if (upstream === undefined || exchange === undefined) {
    const code = error instanceof Malformed && error.status === 431 ? 'ERR_TOO_LARGE' : 'ERR_BAD_REQUEST'
    return new IntermediateError(
      code,
      error instanceof Malformed ? error.status : 400,
      `The request ${error.message}.`,
      cause,
    )
  }
  const call = nameOf(exchange)
  if (error instanceof Malformed)
    return new IntermediateError(
      'ERR_UPSTREAM_PROTOCOL',
      502,
      `${call}: the reply of ${upstream.name} ${error.message}.`,
      cause,
    )
  const { code } = error as NodeJS.ErrnoException
  const message = `${call}: cannot reach the Docker engine at ${upstream.name} (${code ?? error.message}). Check that it is running and that the address is right.`
  return new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, message, cause)
}

function lostReply(exchange: Exchange, { link }: IncomingReply): IntermediateError {
  const message = `${nameOf(exchange)}: the reply of ${link.upstream.name} was lost before it could be sent on.`
  return new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, message)
}

function render(reply: OwnReply): Answer {
  const { status, body, headers } = reply
  const bodiless = status === 204 || status === 304
  return {
    status,
    write: (close, head) => {
      const fields = [...headers]
      if (!bodiless) fields.push(['Content-Length', String(body?.length ?? 0)])
      if (close) fields.push(['Connection', 'close'])
      const bytes = writeReplyHead(status, fields)
      return body === undefined || bodiless || head ? bytes : Buffer.concat([bytes, body])
    },
  }
}

/** The head of the reply that a tunnel wraps; for one of a layer's own, what the engine would send. */
function tunnelHead(exchange: Exchange, { origin, headers }: TunnelReply): { status: number; bytes: Buffer } {
  if (origin !== undefined) return { status: origin.head.status, bytes: origin.head.bytes }
  const protocol = exchange.head.upgrade ? exchange.head.get('upgrade') : undefined
  if (protocol === undefined) return { status: 200, bytes: writeReplyHead(200, headers) }
  const fields: [string, string][] = [
    ['Connection', 'Upgrade'],
    ['Upgrade', protocol],
  ]
  return { status: 101, bytes: writeReplyHead(101, [...headers, ...fields], 'UPGRADED') }
}
