import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import type { BodyInit } from '../body.js'
import type { Fields } from '../fields.js'
import type { IncomingReply } from '../wire/link.js'
import type { Tap } from '../wire/tap.js'
import { TapFeed } from '../wire/tap.js'
import type { AnyReply } from './body-reply.js'
import { isOk } from './body-reply.js'
import type { Reply } from './reply.js'
import { TappedTunnel } from '../tapped-streams.js'

/** A tunnel that a layer made, with the head of the upstream's reply where it wraps one. */
export class TunnelReply implements AnyReply {
  readonly origin: IncomingReply | undefined
  readonly headers: Fields
  /** The name of the layer that returned it. */
  by: string | undefined
  /** Of one that a layer made: whether the client has asked for another protocol, and not only for a stream. */
  upgrades = true
  /** The name of the layer whose tunnel it wraps, if that was no engine's. */
  private maker: string | undefined
  private stream: Duplex

  constructor(origin: IncomingReply | undefined, headers: Fields, stream: Duplex) {
    this.origin = origin
    this.headers = headers
    this.stream = stream
  }

  get tunnel(): Duplex {
    return this.stream
  }

  get answeredBy(): string | undefined {
    return this.origin === undefined ? (this.maker ?? this.by) : undefined
  }

  get upstream(): string | undefined {
    return this.origin?.link.upstream.name
  }

  get status(): number {
    return this.origin?.head.status ?? (this.upgrades ? 101 : 200)
  }

  get ok(): boolean {
    return isOk(this.status)
  }

  get body(): Readable {
    return Readable.from([])
  }

  set body(_body: BodyInit) {
    throw new TypeError('a reply with a tunnel has no body')
  }

  json(): never {
    throw new TypeError('a reply with a tunnel has no body')
  }

  items(): never {
    throw new TypeError('a reply with a tunnel has no items')
  }

  withTunnel(stream: Duplex): Reply {
    const wrapping = new TunnelReply(this.origin, this.headers, stream)
    wrapping.maker = this.answeredBy
    wrapping.upgrades = this.upgrades
    return wrapping
  }

  tap(output: Tap, input?: Tap): void {
    this.stream = new TappedTunnel(this.stream, new TapFeed(output), input && new TapFeed(input))
  }
}

/** What is wrong where a layer wraps a tunnel that is not there. */
export const noTunnel = 'a reply without a tunnel cannot take another: answer with tunnel(…) instead'
