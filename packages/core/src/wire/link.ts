import type { OnReadOpts, Socket } from 'node:net'
import type { Framing } from './framing.js'
import { ChunkedBody, LengthBody, noBody, UntilCloseBody } from './framing.js'
import { ReplyHead } from './reply-head.js'
import { hearOut } from './hear-out.js'
import { Malformed } from './malformed.js'
import type { ReaderOwner } from './reader.js'
import { MessageReader } from './reader.js'

/** What the wire knows of an upstream: how it is called, and how to reach it. */
export interface Upstream {
  /** Its address, for messages. */
  readonly name: string
  /**
   * Opens a connection of its own that allows half-open; it can be written to before it stands.
   * @param onread the memory to read into, where that can be chosen
   */
  connect(onread: OnReadOpts): Socket
  /** The event of such a socket that says that it stands: with TLS, after the handshake. */
  readonly connectEvent: 'connect' | 'secureConnect'
}

/** Whoever waits for the reply that comes next on a link. */
export interface Asker {
  readonly method: string
  /** The request asks for another protocol. */
  readonly upgrade: boolean
  /** Its request says that the connection ends with the reply. */
  readonly last: boolean
  /** The reply may turn the connection into a tunnel. */
  readonly mayTunnel: boolean
  /** Every byte of the request was sent. */
  readonly sentWhole: boolean
  /** The upstream has sent more than it was asked for: nothing else is to be asked on this link. */
  onSurplus(): void
  onInformation(head: ReplyHead): void
  onReply(reply: IncomingReply): void
  onReplyEnd(): void
}

/** What becomes of a link, for the client connection that it belongs to. */
export interface LinkOwner {
  /** The upstream takes bytes again. */
  onLinkDrain(): void
  /** The upstream sends no more: between replies, or with an `error` inside one or before it. */
  onLinkEnd(link: Link, error: Error | undefined): void
  /** Both halves of the connection are over. */
  onLinkClose(link: Link, error: Error | undefined): void
}

/** An upstream's reply, of which the head was read. */
export interface IncomingReply {
  readonly link: Link
  readonly head: ReplyHead
  /** What follows the head: a body, one that only the end of the connection ends, or a tunnel. */
  readonly kind: 'body' | 'until close' | 'tunnel'
  /** Who has asked for it. */
  readonly asker: Asker
}

/** True while the rest of a reply can be read: it was not read yet, and its connection was neither lost nor dropped. */
export function isHere({ link, asker }: IncomingReply): boolean {
  return link.asker === asker
}

/**
 * The upstream ended a connection that it had answered on before, maybe as idle, while the next request was on its way.
 * The client's connection ends likewise: a client that meets that knows whether it may send its request again.
 */
export class StaleLink extends Error {
  constructor() {
    super('the connection ended before the next reply')
  }
}

/** The media types by which the engine says that a reply without a length is a tunnel. */
const tunnelTypes = /^application\/vnd\.docker\.(raw|multiplexed)-stream\b/i

/** One connection to an upstream, on behalf of one client connection. */
export class Link implements ReaderOwner<ReplyHead> {
  readonly upstream: Upstream
  readonly socket: Socket
  readonly reader: MessageReader<ReplyHead>
  /** Whose reply comes next, or is coming. */
  asker: Asker | undefined
  /** True once a reply came this way: a loss before the next may be an idle connection's ordinary end. */
  used = false
  /** The upstream closes it behind the reply that is coming, or was the last: its request or that said so. */
  closes = false
  /** Its bytes are a tunnel's: whoever has that ends it. */
  tunnelled = false
  /** True once nothing more is asked or told here: what the upstream was sent is on its way, and then it closes. */
  leaving = false
  private readonly owner: LinkOwner
  private kind: IncomingReply['kind'] = 'body'
  private connectTimer: NodeJS.Timeout | undefined
  private ended = false
  private closed = false
  private error: Error | undefined

  /** @param connectTimeout in ms */
  constructor(upstream: Upstream, owner: LinkOwner, connectTimeout: number) {
    this.upstream = upstream
    this.owner = owner
    this.reader = new MessageReader<ReplyHead>(this)
    const socket = (this.socket = upstream.connect(this.reader.onread))
    hearOut(socket)
    this.reader.read(socket)
    this.connectTimer = setTimeout(() => {
      socket.destroy(new Error(`no connection within ${connectTimeout / 1000} s`))
    }, connectTimeout)
    socket.once(upstream.connectEvent, () => clearTimeout(this.connectTimer))
    socket.on('drain', () => owner.onLinkDrain())
    socket.on('error', (error) => {
      this.error = error
      this.end(error)
    })
    socket.on('close', () => {
      clearTimeout(this.connectTimer)
      this.closed = true
      if (this.leaving) return
      if (this.error !== undefined || this.reader.ended) owner.onLinkClose(this, this.error)
      // What was read before the upstream's FIN may still wait for the client to take it.
      else if (!socket.readableEnded) this.end(new Error('the connection was closed'))
    })
  }

  /** Expects the reply to this one's request next. */
  begin(asker: Asker): void {
    this.asker = asker
    this.closes = asker.last
  }

  /** True while another request can be sent: what ended with the client, or is about to, takes none. */
  get isFree(): boolean {
    return this.asker === undefined && !this.closes && !this.socket.writableEnded
  }

  /** True while the upstream has something to get still that was sent whole, or the rest of a tunnel. */
  get owes(): boolean {
    const { socket } = this
    if (socket.destroyed || socket.writableFinished) return false
    return this.tunnelled || (this.asker === undefined && socket.writableLength > 0)
  }

  /** Sends FIN behind what is on its way, and tells its owner nothing any more but that the upstream takes bytes. */
  leave(): void {
    this.leaving = true
    this.ended = true
    if (!this.tunnelled) this.socket.end()
  }

  /** Closes the connection without a word to its owner. */
  destroy(): void {
    this.ended = true
    this.asker = undefined
    this.reader.stop()
    clearTimeout(this.connectTimer)
    this.socket.destroy()
  }

  newHead(buffer: Buffer, start: number): ReplyHead {
    return new ReplyHead(buffer, start)
  }

  onHeadBegun(): void {
    if (this.asker === undefined) throw unasked()
  }

  onFin(): void {}

  frame(head: ReplyHead): Framing | undefined {
    const { asker } = this
    if (asker === undefined) throw unasked()
    const { status } = head
    if (status < 200 && status !== 101) {
      asker.onInformation(head)
      return undefined
    }
    this.kind = 'body'
    if (opensTunnel(asker, head)) this.kind = 'tunnel'
    else if (status === 101) throw new Malformed('switches protocols on a call that did not ask for it')
    else if (isBodiless(asker, head)) return noBody
    else if (head.chunked) return new ChunkedBody()
    else if (head.contentLength > 0) return new LengthBody(head.contentLength)
    else this.kind = 'until close'
    return new UntilCloseBody()
  }

  onHead(head: ReplyHead): void {
    this.used = true
    this.closes ||= !head.persistent
    const asker = this.asker!
    asker.onReply({ link: this, head, kind: this.kind, asker })
  }

  onMessageEnd(): void {
    const asker = this.asker!
    this.asker = undefined
    // What follows must not answer the client's next request, which may be here already.
    if (this.reader.holdsMore) asker.onSurplus()
    this.reader.next()
    asker.onReplyEnd()
  }

  onEof(whole: boolean): void {
    this.end(whole ? undefined : new Error('the connection ended inside a reply'))
    if (this.closed && !this.leaving) this.owner.onLinkClose(this, undefined)
  }

  onMalformed(error: Malformed): void {
    this.end(error)
  }

  private end(error: Error | undefined): void {
    if (this.ended) return
    this.ended = true
    clearTimeout(this.connectTimer)
    this.owner.onLinkEnd(this, error)
  }
}

function unasked(): Malformed {
  return new Malformed('came without a request')
}

/**
 * Only a reply opens a tunnel, and only on a call that may hijack and whose request was sent whole: a 101 that was asked
 * for, or, as the engine does without Upgrade, a 2xx of a stream type without any length.
 */
function opensTunnel(asker: Asker, head: ReplyHead): boolean {
  if (!asker.mayTunnel || !asker.sentWhole) return false
  if (head.status === 101) return asker.upgrade
  if (head.status >= 300 || isBodiless(asker, head) || head.contentLength > 0 || head.chunked) return false
  return tunnelTypes.test(head.get('content-type') ?? '')
}

/** Whatever its fields say, a reply to HEAD has no body, nor has a 204 or a 304 (RFC 9112 section 6.3). */
export function isBodiless(asker: Asker, { status, contentLength }: ReplyHead): boolean {
  return asker.method === 'HEAD' || status === 204 || status === 304 || contentLength === 0
}
