import type { Call, Endpoint, Passed, Reply, Tap } from '@intermediate/core'
import { endpoints, IntermediateError } from '@intermediate/core'
import { callBegun, canReadQuery, now, sizeOf, sizeOfHeaders } from './call-begun.js'
import type { Told } from './call-begun.js'
import type { BodySeen, CallEnded, ItemSeen, TapEvent } from './events.js'
import { FrameReader } from './frame-reader.js'
import { JsonBody } from './json-body.js'
import { JsonValues, parsed } from './json-values.js'
import type { Redaction } from './redact.js'
import type { Finish, SinkQueue } from './sink-queue.js'
import type { Sink } from './sink.js'

/** What all the calls of one tap have in common. */
export interface WireTapParts {
  readonly sink: Sink
  readonly queue: SinkQueue
  readonly redaction: Redaction
  /** In bytes, of a JSON body or item. */
  readonly bodies: number
  readonly stdin: boolean
  readonly wants: ReadonlySet<TapEvent['type']>
  readonly onError: (error: unknown) => void
}

/** Calls whose replies are streams of JSON values. */
export const jsonStreams: ReadonlySet<Endpoint> = new Set<Endpoint>(
  endpoints.filter(({ jsonStream }) => jsonStream).map(({ key }) => key),
)

/** Calls that carry stdin, stdout and stderr. What other tunnels carry, sessions and gRPC, is only counted. */
export const carriesOutput =
  /^GET \/(?:containers|services|tasks)\/:id\/logs$|\/:id\/attach$|^POST \/exec\/:id\/start$/

let calls = 0

/** One call on its way past the tap. It ends when its body, its reply and both halves of a tunnel have. */
export class WatchedCall {
  private readonly parts: WireTapParts
  private readonly call: Call
  private readonly told: Told
  private readonly kept: boolean
  private readonly begun = performance.now()
  /** Taps that are not at their end, and the reply itself. */
  private open = 1
  private status = 0
  private answeredBy: string | undefined
  private upstream: string | undefined
  private error: string | undefined
  private tunnel = false
  private received = 0
  private sent = 0
  private aborted = false
  /** The reply ends where whoever sends it says so, then. */
  private isOpenEnded = false
  private values: JsonValues | undefined
  /** How many items are no JSON, of those whose turn has come. */
  private unreadable = 0
  /** Whose bodies are not told. */
  private readonly leftOut: ('call' | 'reply')[] = []

  constructor(parts: WireTapParts, call: Call) {
    this.parts = parts
    this.call = call
    const { queue, redaction, sink, wants, onError } = parts
    this.told = { call: ++calls, endpoint: call.endpoint, path: redaction.path(call.path) }
    if (!wants.has('call') && sink.headers === undefined) {
      this.kept = queue.begin(undefined, 0)
      return
    }
    const event = callBegun(call, this.told, redaction)
    this.kept = queue.begin(wants.has('call') ? event : undefined, sizeOf(event))
    if (this.kept && sink.headers !== undefined) setHeaders(call, () => sink.headers!(event), onError)
  }

  tapCall(call: Call): void {
    const body = this.jsonBody('call')
    this.tap(
      (tap) => call.tap(tap),
      body,
      (passed) => (this.received += passed.bytes),
    )
  }

  tapReply(reply: Reply): void {
    const { endpoint } = this.told
    const { status, answeredBy, upstream } = reply
    this.status = status
    this.answeredBy = answeredBy
    this.upstream = upstream
    this.tunnel = reply.tunnel !== undefined
    this.isOpenEnded = !this.tunnel && reply.headers.get('content-length') === undefined
    if (this.parts.wants.has('reply')) {
      const headers = this.parts.redaction.headers(reply.headers)
      const what = { status, headers, answeredBy, upstream, tunnel: this.tunnel }
      this.add(sizeOfHeaders(headers), { type: 'reply', ...this.told, time: now(), ...what })
    }
    const input = this.tunnel && this.parts.stdin && carriesOutput.test(endpoint) ? this.input() : counting
    const end = (passed: Passed) => {
      this.sent += passed.bytes
      this.aborted ||= !passed.whole
    }
    this.tap(
      (output) => {
        if (!this.tunnel) {
          reply.tap(output)
          return
        }
        this.tap(
          (each) => reply.tap(output, each),
          input,
          (passed) => (this.received += passed.bytes),
        )
      },
      this.outputOf(reply),
      end,
    )
    this.close()
  }

  fail(call: Call, error: unknown): void {
    this.status = error instanceof IntermediateError ? error.status : 500
    this.error =
      error instanceof IntermediateError
        ? this.parts.redaction.error(error.message, canReadQuery(call))
        : 'a layer failed'
    this.aborted = true
    this.close()
  }

  private outputOf(reply: Reply): Pick<Tap, 'data' | 'end' | 'limit'> {
    const { endpoint } = this.told
    const { bodies, wants } = this.parts
    if (reply.ok && carriesOutput.test(endpoint)) return wants.has('frame') ? this.frames() : counting
    if (this.tunnel || !(wants.has('body') || wants.has('item'))) return counting
    const isPacked = reply.headers.get('content-encoding') !== undefined
    if (!(reply.ok && jsonStreams.has(endpoint))) return this.jsonBody('reply', isPacked)
    if (isPacked) return counting
    if (bodies === 0 || !wants.has('item')) return counting
    const values = (this.values = new JsonValues(bodies, (text) =>
      this.addJson({ type: 'item', ...this.told, time: now(), json: undefined }, text),
    ))
    return { data: (bytes) => values.take(bytes), end: () => {} }
  }

  private frames(): Tap {
    const reader = new FrameReader((stream, data) => this.frame(stream, data))
    return { data: (bytes) => reader.take(bytes), end: () => reader.end() }
  }

  private input(): Tap {
    if (!this.parts.wants.has('frame')) return counting
    return { data: (data) => this.frame('stdin', data), end: () => {} }
  }

  private frame(stream: 'stdin' | 'stdout' | 'stderr' | 'systemerr' | 'raw', data: Buffer): void {
    const { length } = data
    // A frame must not keep the memory of all that came with it.
    const own =
      length * 2 < data.buffer.byteLength ? () => Buffer.from(new Uint8Array(data).buffer) : () => data
    const event: TapEvent = { type: 'frame', ...this.told, time: now(), stream, data }
    if (this.add(length, event)) event.data = own()
  }

  /** It waits as text, which takes the memory that it is counted for, and is parsed when no call is in its way. */
  private addJson(event: BodySeen | ItemSeen, text: string): void {
    this.add(text.length, event, () => {
      const value = parsed(text)
      if (value === undefined) {
        if (event.type === 'item') this.unreadable++
        else this.leftOut.push(event.of)
        return false
      }
      event.json = this.parts.redaction.json(event.endpoint, value)
      return true
    })
  }

  private jsonBody(of: 'call' | 'reply', isPacked = false): Pick<Tap, 'data' | 'end' | 'limit'> {
    const { bodies, wants } = this.parts
    if (bodies === 0 || !wants.has('body')) return counting
    const give = (text: string) => {
      if (of === 'reply') this.isOpenEnded = false
      this.addJson({ type: 'body', ...this.told, time: now(), of, json: undefined }, text)
    }
    return new JsonBody(isPacked ? 0 : bodies, give, () => this.leftOut.push(of))
  }

  /** Adds a tap to those that the call's end waits for. */
  private tap(add: (tap: Tap) => void, to: Tap, ended: (passed: Passed) => void): void {
    this.open++
    try {
      add({
        limit: to.limit,
        data: (bytes) => to.data(bytes),
        end: (passed) => {
          to.end(passed)
          ended(passed)
          this.close()
        },
      })
    } catch {
      // Another layer has taken it and put nothing in its place, which is its mistake and shows without us.
      this.close()
    }
  }

  private add(size: number, event: TapEvent, finish?: Finish): boolean {
    const { queue } = this.parts
    if (this.kept) return queue.add(event, size, finish)
    queue.drop()
    return false
  }

  private close(): void {
    if (--this.open > 0) return
    const { queue, wants } = this.parts
    const isWanted = wants.has('end')
    if (!this.kept || !isWanted) {
      if (this.kept) queue.end(undefined)
      else if (isWanted) queue.drop()
      return
    }
    const { call, status, received, sent, tunnel, aborted, answeredBy, upstream, error } = this
    const duration = performance.now() - this.begun
    const clientLeft = (this.isOpenEnded && call.signal.aborted) || undefined
    const what = {
      status,
      duration,
      received,
      sent,
      tunnel,
      aborted,
      answeredBy,
      upstream,
      error,
      clientLeft,
    }
    const event: CallEnded = {
      type: 'end',
      ...this.told,
      time: now(),
      method: call.method,
      ...what,
      skipped: undefined,
      leftOut: undefined,
    }
    // The items before it have had their turn by then.
    queue.end(event, () => {
      event.skipped = (this.values?.skipped ?? 0) + this.unreadable || undefined
      if (this.leftOut.length > 0) event.leftOut = this.leftOut
      return true
    })
  }
}

/** Counts, and is given nothing. */
const counting: Tap = { limit: 0, data() {}, end() {} }

function setHeaders(
  call: Call,
  headers: () => Readonly<Record<string, string | undefined>>,
  onError: (error: unknown) => void,
): void {
  try {
    for (const [name, value] of Object.entries(headers()))
      if (value === undefined) call.headers.delete(name)
      else call.headers.set(name, value)
  } catch (error) {
    onError(error)
  }
}
