import type { Duplex, Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { blame } from '../blame.js'
import { Body } from '../body.js'
import type { BodyInit, BodySource, ReadOptions } from '../body.js'
import type { Endpoint, EndpointInfo } from '../endpoints/endpoint-types.js'
import type { Fields } from '../fields.js'
import { itemPlace } from '../json/item-places.js'
import { itemsTransform } from '../json/items-transform.js'
import type { Tap } from '../wire/tap.js'
import { checkCoding } from './content-coding.js'
import type { Reply, ReplyParts } from './reply.js'
import { ofReplies } from './reply-source.js'

/** What the classes of replies have in common. */
export interface AnyReply extends ReplyParts<Endpoint> {
  readonly ok: boolean
  get body(): Readable
  set body(body: BodyInit)
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json(options?: ReadOptions): Promise<any>
  items(change: never): void
}

/** A reply with a body, from wherever. */
export abstract class BodyReply implements AnyReply {
  readonly status: number
  readonly headers: Fields
  readonly content: Body
  /** What it answers, once that is known. */
  endpoint: EndpointInfo | undefined
  /** The name of the layer that has it, or had it last. */
  holder: string | undefined
  /** The name of the layer that gave its body, where it was not that way from the beginning. */
  bodyBy: string | undefined

  constructor(status: number, headers: Fields, source: Partial<BodySource>, init?: BodyInit) {
    this.status = status
    this.headers = headers
    this.content = new Body({ ...ofReplies, ...source }, init)
  }

  get ok(): boolean {
    return isOk(this.status)
  }

  get body(): Readable {
    return this.content.take()
  }

  set body(body: BodyInit) {
    this.bodyBy = this.holder
    this.content.replace(body)
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  json(options?: ReadOptions): Promise<any> {
    this.checkCoding()
    return this.content.json(options)
  }

  items(change: never): void {
    if (!this.ok) return
    const place = this.endpoint && itemPlace(this.endpoint)
    if (place === undefined)
      throw new TypeError(
        `the replies to ${this.endpoint?.key ?? 'such a call'} have no items: read them with json()`,
      )
    this.checkCoding()
    const stream = this.content.take()
    const changed = itemsTransform(place, change)
    const { holder } = this
    changed.once('error', (error) => {
      if (stream.errored === null) blame(error, holder)
    })
    pipeline(stream, changed, () => {})
    this.content.replace(changed)
  }

  /** @throws IntermediateError 502 for a coding that nobody here can take away */
  private checkCoding(): void {
    if (!this.content.touched) checkCoding(this.headers, this.endpoint)
  }

  abstract tap(output: Tap, input?: Tap): void
  abstract readonly answeredBy: string | undefined
  abstract readonly upstream: string | undefined
  abstract readonly tunnel: Duplex | undefined
  abstract withTunnel(tunnel: Duplex): Reply
}

/** A 101 is what a tunnel begins with. */
export function isOk(status: number): boolean {
  return status === 101 || (status >= 200 && status < 300)
}
