import type { Duplex, Readable } from 'node:stream'
import { IntermediateError } from '../errors.js'
import type { Answer } from './answer.js'
import { ClientGone, cutShort } from './client-gone.js'
import type { Connection } from './connection.js'
import { Content } from './content.js'
import type { Head } from './head.js'
import type { RequestHead } from './request-head.js'
import type { ReplyHead } from './reply-head.js'
import { Inquiries } from './inquiries.js'
import type { Asker, IncomingReply, Link, Upstream } from './link.js'
import type { Outgoing } from './outgoing.js'
import { BodyLost, destroyBody, sendMade } from './outgoing.js'
import type { MessageReader } from './reader.js'
import { nowhere } from './sink.js'
import { sendStream } from './send-stream.js'
import type { Tap } from './tap.js'
import { TapFeed } from './tap.js'
import type { TunnelTaps } from './tunnel.js'
import { join, splice } from './tunnel.js'

/**
 * In ms, how long the head of a hijacking call waits for its body, to go to the engine with it in one write: in two, the
 * engine takes the body for stdin. A client that sends no more before the reply, as with a chunked body that is left
 * open, gets it after that.
 */
const gatherTime = 1000

const noFeeds: readonly TapFeed[] = []

const continueHead = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')

/**
 * One request and its reply on a client connection. Whoever is given it passes it (and never hears of it again until it
 * is over), or forwards it and sends on the reply that comes, or answers it.
 */
export class Exchange implements Asker {
  readonly head: RequestHead
  readonly connection: Connection
  mayTunnel = false
  /** Of the request that was sent last, which may be another than the client's. */
  method: string
  /** Of the reply that was sent to the client; 0 until then. */
  status = 0
  /** A tunnel was opened: the two connections joined byte for byte, or the client with a stream. */
  tunnel: 'spliced' | 'stream' | undefined
  /** The whole request was read and passed on. */
  requestDone = false
  /** The whole reply was passed on. */
  replyDone = false
  /** No other exchange follows on this connection. */
  last: boolean
  /** Whose reply was sent on as it came, or behind another head. */
  repliedBy: Upstream | undefined
  /** Who gave the reply, as the door calls it, where it was made here. */
  givenBy: string | undefined
  /** Whatever the door wants to find again when the exchange is over. */
  note: unknown
  private link: Link | undefined
  private waiting: { resolve: (reply: IncomingReply) => void; reject: (error: Error) => void } | undefined
  /** A reply that somebody here has and did not send on yet. */
  private held: IncomingReply | undefined
  private sent = false
  /** What was sent was made here: undefined, or if all of it is on its way. */
  private madeWhole: boolean | undefined
  private content: Content | undefined
  /** The upstream's reply goes to the client as it comes. */
  private splicing = false
  private inquiries: Inquiries | undefined
  /** What is told when the exchange is over, if not before. */
  private feeds = noFeeds
  private continued = false
  private controller: AbortController | undefined
  private clientLeft = false
  private left = false

  constructor(connection: Connection, head: RequestHead) {
    this.connection = connection
    this.head = head
    this.method = head.method
    this.last = !head.persistent
  }

  get upgrade(): boolean {
    return this.head.upgrade
  }

  get sentWhole(): boolean {
    return this.madeWhole ?? this.requestDone
  }

  /** True if the request announces a body. */
  get hasBody(): boolean {
    return this.head.contentLength > 0 || this.head.chunked
  }

  /** Why the request cannot be sent to an upstream, if it cannot. */
  get obstacle(): string | undefined {
    if (this.over) return 'the call is over: it was answered, or its client has left'
    if (this.waiting !== undefined) return 'the call is on its way, and not answered yet'
    return undefined
  }

  /** True once the body was sent as it came: there is no other copy. */
  get bodyIsGone(): boolean {
    return this.sent && this.hasBody
  }

  /** True once nothing can be sent any more: a reply was sent, or the connection is over. */
  get over(): boolean {
    return this.status !== 0 || this.connection.over
  }

  /** Aborts when the client leaves before the exchange is over. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController()
      if (this.clientLeft) this.controller.abort()
    }
    return this.controller.signal
  }

  /** Passes the request and its reply on as they come; nobody looks at the bytes of their heads any more. */
  splice(upstream: Upstream): void {
    this.head.passing = true
    this.pass(upstream)
  }

  /** Sends the request on, as it came or as it was changed, and gives the reply: nothing but its head is read. */
  forward(upstream: Upstream, changed?: Outgoing): Promise<IncomingReply> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.pass(upstream, changed)
    })
  }

  /** Sends a request of our own, whose reply is whole before the exchange is over, or dropped. */
  ask(upstream: Upstream, request: Outgoing): Promise<IncomingReply> {
    const { connection } = this
    if (this.left || connection.over) return Promise.reject(this.end())
    if (this.inquiries === undefined) {
      this.inquiries = new Inquiries((link) => connection.forget(link))
      if (this.clientLeft) this.inquiries.onClientLeft()
    }
    return this.inquiries.send(connection.linkTo(upstream), request)
  }

  /** The content of the request's body, which nobody else gets then. */
  read(): Readable {
    if (this.sent) throw new TypeError('the body was sent on, and is not here any more')
    this.sent = true
    const begin = () => {
      if (this.over && !this.requestDone) this.content!.lose(new ClientGone('the client left'))
      if (this.requestDone || this.over) return false
      this.continue()
      return true
    }
    return (this.content = new Content(this.connection.reader, { begin, announced: this.head.contentLength }))
  }

  /**
   * Gives a tap a copy of what this reader's message holds, wherever that goes.
   * @throws TypeError where some of it was passed on already
   */
  tap<H extends Head>(reader: MessageReader<H>, tap: Tap): void {
    const feed = this.feed(tap)
    if (this.connection.over) feed.end(false)
    else reader.tap(feed)
  }

  /** A tap of something that is over when this exchange is. */
  feed(tap: Tap): TapFeed {
    const feed = new TapFeed(tap)
    this.feeds = [...this.feeds, feed]
    return feed
  }

  /** Sends an upstream's reply, which is still there, on to the client as it comes, or behind another head. */
  reply({ link, head, kind }: IncomingReply, otherHead?: Buffer, taps?: TunnelTaps): void {
    this.held = undefined
    this.splicing = true
    this.repliedBy = link.upstream
    this.status = head.status
    if (kind !== 'body' || !head.persistent) this.last = true
    if (kind === 'tunnel') {
      this.tunnel = 'spliced'
      this.connection.socket.write(otherHead ?? head.bytes)
      splice(this.connection, link, taps)
    } else {
      link.reader.pass(this.connection.socket, false, otherHead)
    }
  }

  /** Sends a reply of our own. What an upstream may have replied is dropped, unless it is in the stream. */
  answer(answer: Answer): void {
    const { stream } = answer
    if (this.over) {
      stream?.destroy()
      return
    }
    const { reader, socket } = this.connection
    const headOnly = this.head.method === 'HEAD'
    const streams = stream !== undefined && !headOnly
    if (!streams) this.dropLink()
    if (!this.requestDone && !(streams && this.content !== undefined)) reader.passContent(nowhere)
    // A client that speaks HTTP/1.0 knows no chunks.
    const last = this.last || !this.requestDone || (streams && this.head.minor === 0)
    const bytes = answer.write(last, headOnly, this.head.minor === 1)
    this.status = answer.status
    this.last = last
    this.held = undefined
    socket.write(bytes)
    if (streams) {
      const framing = this.head.minor === 0 ? 'until close' : 'chunked'
      sendStream(stream, socket, framing, (error) => {
        if (error === undefined) {
          this.finishReply()
          return
        }
        this.tellBroken(error)
        if (!this.connection.over) this.connection.breakOff()
      })
    } else {
      stream?.destroy()
      this.finishReply()
    }
  }

  /** Sends this head, and then joins the client and the stream. A body of the call that nobody wants is no part of it. */
  open(status: number, head: Buffer, stream: Duplex): void {
    const { socket, reader } = this.connection
    // What an upstream has replied is in the stream, or of no use any more.
    if (this.held?.kind !== 'tunnel') this.dropLink()
    this.held = undefined
    this.status = status
    this.last = true
    this.connection.carry(stream)
    const begin = () => {
      this.tunnel = 'stream'
      socket.write(head)
      join(this.connection, stream, (error) => this.tellBroken(error))
    }
    if (this.requestDone) {
      begin()
    } else {
      this.continue()
      reader.passContent({ write: () => true, end: begin })
    }
  }

  /** An informational reply goes on at once, to clients that know of them (RFC 9110 section 15.2). */
  onInformation(head: ReplyHead): void {
    if (this.head.minor === 0 || (head.status === 100 && this.continued)) return
    this.connection.socket.write(head.bytes)
  }

  onReply(reply: IncomingReply): void {
    const { waiting } = this
    this.waiting = undefined
    if (waiting === undefined) {
      reply.head.passing = reply.kind !== 'tunnel'
      this.reply(reply)
    } else {
      this.held = reply
      waiting.resolve(reply)
    }
  }

  /** One that a layer has read is not sent yet. */
  onReplyEnd(): void {
    if (this.splicing) this.finishReply()
  }

  onSurplus(): void {
    this.last = true
  }

  /** The upstream or the client went before the reply was sent on: true if somebody here is told, or will be. */
  onLost(error: Error): boolean {
    const { waiting } = this
    this.waiting = undefined
    waiting?.reject(error)
    return waiting !== undefined || this.held !== undefined
  }

  onClientLeft(): void {
    this.clientLeft = true
    this.inquiries?.onClientLeft()
    this.controller?.abort()
  }

  /** The exchange is over: whoever still reads or waits here is told so. */
  onOver(): void {
    this.left = true
    for (const feed of this.feeds) feed.end(false)
    const isRead = this.content === undefined || this.content.isWhole
    if (isRead && !this.inquiries?.isOpen) return
    const gone = this.end()
    this.content?.lose(gone)
    this.inquiries?.end(gone)
  }

  /**
   * The client's FIN goes on behind all that it has sent. Where a layer has put another body in the place of the
   * client's, of which the rest never comes, that one may have no end any more: nothing goes on of either.
   */
  onClientEnd(): void {
    if (this.isCutShort) {
      const gone = cutShort()
      this.content?.lose(gone)
      if (this.link !== undefined && this.madeWhole !== undefined) {
        this.dropLink()
        if (!this.onLost(gone)) this.connection.breakOff()
        return
      }
    }
    if (this.link !== undefined && this.madeWhole !== false) this.link.socket.end()
    // A tunnel of our own waits for the rest of the body.
    else if (this.status !== 0 && !this.requestDone) this.connection.abort()
  }

  /** True while somebody here has an upstream's tunnel that is not joined with the client yet. */
  get holdsTunnel(): boolean {
    return this.held?.kind === 'tunnel'
  }

  /** Passes the request and its reply on. */
  private pass(upstream: Upstream, changed?: Outgoing): void {
    const { connection } = this
    if (connection.over) {
      destroyBody(changed)
      this.onLost(new ClientGone('the client left'))
      return
    }
    if (this.isCutShort) {
      destroyBody(changed)
      this.onLost(cutShort())
      return
    }
    this.dropLink()
    const link = (this.link = connection.linkTo(upstream))
    link.begin(this)
    this.method = changed?.method ?? this.head.method
    this.madeWhole = undefined
    if (changed?.body !== undefined) this.sendMade(link, changed)
    else if (this.sent) link.socket.write(changed?.head ?? this.head.bytes)
    else this.passBody(link, changed?.head)
    if (connection.reader.ended && this.sentWhole) link.socket.end()
  }

  /** The body as it comes, behind its own head or another. */
  private passBody(link: Link, head: Buffer | undefined): void {
    const { reader } = this.connection
    this.sent = true
    const gather = this.mayTunnel && this.hasBody
    // The head waits for the body, which the client would hold back until it is told to go on.
    if (gather) this.continue()
    reader.pass(link.socket, gather, head)
    if (gather && !this.requestDone) setTimeout(() => this.release(), gatherTime)
  }

  /** Another body in the place of the client's, of which nobody has the rest. */
  private sendMade(link: Link, request: Outgoing): void {
    if (!this.sent) {
      this.sent = true
      this.continue()
      this.connection.reader.passContent(nowhere)
    }
    this.madeWhole = false
    sendMade(link, request, (error) => {
      if (link.asker !== this) return
      if (error !== undefined) {
        this.connection.forget(link)
        // Whoever waits for the reply is told.
        if (this.waiting === undefined) this.tellBroken(error)
        if (!this.onLost(new BodyLost(error.message, { cause: error }))) this.connection.breakOff()
        return
      }
      this.madeWhole = true
      if (this.connection.reader.ended) link.socket.end()
    })
  }

  private finishReply(): void {
    // A link on which the request is still being sent is good for no other.
    if (this.madeWhole === false && this.link !== undefined) this.connection.forget(this.link)
    this.dropLink()
    this.replyDone = true
    this.connection.settle()
  }

  /** The client has ended its side inside the body, and everything before that was passed on. */
  private get isCutShort(): boolean {
    return this.connection.reader.ended && !this.requestDone
  }

  /** Why what layers do for this exchange comes to nothing. */
  private end(): Error {
    if (this.status === 0) return new ClientGone('the client left')
    const { method, target } = this.head
    const message = `${method} ${target.split('?', 1)[0]} is over, and with it what layers ask and read for it: await that before you return the reply.`
    return new IntermediateError('ERR_LAYER', 500, message)
  }

  /** Tells what has become of something that layers gave to be sent, unless the client has left. */
  private tellBroken(error: Error): void {
    if (this.tunnel !== undefined || !this.clientLeft) this.connection.tellBroken(this, error)
  }

  /** A client may wait for the reply before it sends the rest. */
  private release(): void {
    if (!this.requestDone && this.connection.exchange === this) this.connection.reader.release()
  }

  /** Tells a client to go on that waits for it; one that speaks HTTP/1.0 does not (RFC 9110 section 10.1.1). */
  private continue(): void {
    if (!this.head.expectContinue || this.head.minor === 0) return
    this.continued = true
    this.connection.socket.write(continueHead)
  }

  /** Closes a link whose reply nobody wants any more. */
  private dropLink(): void {
    if (this.link?.asker === this) this.connection.forget(this.link)
    this.link = undefined
  }
}
