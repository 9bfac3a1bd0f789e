import type { Duplex } from 'node:stream'
import { Readable } from 'node:stream'
import { IntermediateError } from '../errors.js'
import { Fields } from '../fields.js'
import type { Request } from '../request.js'
import type { Exchange } from '../wire/exchange.js'
import type { RequestHead } from '../wire/request-head.js'
import type { IncomingReply } from '../wire/link.js'
import { isHere } from '../wire/link.js'
import { replyContent } from '../wire/reply-content.js'
import type { Tap } from '../wire/tap.js'
import { TapFeed } from '../wire/tap.js'
import { LinkTunnel } from '../wire/tunnel.js'
import { BodyReply } from './body-reply.js'
import { decoded } from './content-coding.js'
import type { Reply } from './reply.js'
import { unreadable } from './reply-source.js'
import { tappedBody } from '../tapped-streams.js'
import { noTunnel, TunnelReply } from './tunnel-reply.js'

/** A reply that came from the upstream. */
export class UpstreamReply extends BodyReply {
  readonly incoming: IncomingReply
  readonly answeredBy = undefined
  private readonly request: Request
  private stream: LinkTunnel | undefined

  constructor(incoming: IncomingReply, request: Request) {
    const headers = new Fields(incoming.head)
    const name = `${request.name}: the reply of ${incoming.link.upstream.name}`
    const content = replyContent(incoming, lostReply(name))
    super(incoming.head.status, headers, {
      open: () => (incoming.kind === 'tunnel' ? Readable.from([]) : decoded(content(), headers)),
      ...unreadable(name),
    })
    this.incoming = incoming
    this.request = request
    this.endpoint = request.endpoint
  }

  /** Whose call it answers. */
  get exchange(): Exchange {
    return this.request.exchange
  }

  /** It has a body where that of this request would have one: only replies to HEAD never have. */
  framedFor({ method }: RequestHead): boolean {
    return (this.request.method === 'HEAD') === (method === 'HEAD')
  }

  get upstream(): string {
    return this.incoming.link.upstream.name
  }

  get tunnel(): LinkTunnel | undefined {
    const { link, kind } = this.incoming
    if (kind !== 'tunnel') return undefined
    return (this.stream ??= new LinkTunnel(link, this.request.exchange.connection))
  }

  tap(output: Tap, input?: Tap): void {
    const { incoming, tunnel } = this
    const { exchange } = this.request
    if (tunnel !== undefined) {
      tunnel.tap(exchange.feed(output), input && exchange.feed(input))
      return
    }
    this.content.tap(output, () => {
      // What answers a layer's own question was read ahead: it is seen as it is taken.
      if (incoming.asker !== exchange)
        this.content.replace(tappedBody(this.content.take(), new TapFeed(output)))
      else if (isHere(incoming)) exchange.tap(incoming.link.reader, output)
      else new TapFeed(output).end(false)
    })
  }

  withTunnel(stream: Duplex): Reply {
    if (this.incoming.kind !== 'tunnel') throw new TypeError(noTunnel)
    return new TunnelReply(this.incoming, this.headers, stream)
  }
}

/** Apart, as it must not keep the reply. */
function lostReply(name: string): () => Error {
  return () => new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, `${name} was lost before its end.`)
}
