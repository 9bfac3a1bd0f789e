import type { Duplex } from 'node:stream'
import type { Connection } from './connection.js'
import type { ReplyHead, RequestHead } from './head.js'
import type { IncomingReply, Link, Upstream } from './link.js'
import { nowhere } from './reader.js'
import { join, splice } from './tunnel.js'

/**
 * In ms, how long the head of a hijacking call waits for its body, to go to the engine with it in one write: in two, the
 * engine takes the body for stdin. A client that sends no more before the reply, as with a chunked body that is left
 * open, gets it after that.
 */
const gatherTime = 1000

const continueHead = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')

/** A reply of our own. */
export interface Answer {
  readonly status: number
  /** Its bytes. With `close` the head says that the connection ends after it; with `head` the body is left out. */
  write(close: boolean, head: boolean): Buffer
}

/** The call came to nothing for a reason that is the client's: it left, or what it sent is malformed. */
export class ClientGone extends Error {}

/**
 * One request and its reply on a client connection. Whoever is given it passes it (and never hears of it again until it
 * is over), or forwards it and sends on the reply that comes, or answers it.
 */
export class Exchange {
  readonly head: RequestHead
  readonly connection: Connection
  /** The reply may turn the connection into a tunnel. */
  mayTunnel = false
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
  /** Whatever the door wants to find again when the exchange is over. */
  note: unknown
  private link: Link | undefined
  private waiting: { resolve: (reply: IncomingReply) => void; reject: (error: Error) => void } | undefined
  /** A reply that somebody here has and did not send on yet. */
  private held: IncomingReply | undefined
  private sent = false
  private continued = false
  private controller: AbortController | undefined
  private clientLeft = false

  constructor(connection: Connection, head: RequestHead) {
    this.connection = connection
    this.head = head
    this.last = !head.persistent
  }

  /** True if the request announces a body. */
  get hasBody(): boolean {
    return this.head.contentLength > 0 || this.head.chunked
  }

  /** Why the request cannot be sent to an upstream, if it cannot. */
  get obstacle(): string | undefined {
    if (this.over) return 'the call is over: it was answered, or its client has left'
    if (this.waiting !== undefined) return 'the call is on its way, and not answered yet'
    return this.sent && this.hasBody ? 'the call has a body, which can be sent once' : undefined
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

  /** Passes the request and its reply on as they come. */
  private pass(upstream: Upstream): void {
    const { connection, head } = this
    if (connection.over) {
      this.onLost(new ClientGone('the client left'))
      return
    }
    this.dropLink()
    const link = (this.link = connection.linkTo(upstream))
    link.begin(this)
    if (this.sent) {
      link.socket.write(head.bytes)
    } else {
      this.sent = true
      const gather = this.mayTunnel && this.hasBody
      // The head waits for the body, which the client would hold back until it is told to go on.
      if (gather) this.continue()
      connection.reader.pass(link.socket, gather)
      if (gather && !this.requestDone) setTimeout(() => this.release(), gatherTime)
    }
    if (connection.reader.ended) link.socket.end()
  }

  /** True while the upstream's reply can be sent on: its connection was not lost, nor dropped for another reply. */
  has({ link }: IncomingReply): boolean {
    return link.exchange === this
  }

  /** Sends the request on as it came, and gives the reply that comes, of which nothing but the head is read. */
  forward(upstream: Upstream): Promise<IncomingReply> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject }
      this.pass(upstream)
    })
  }

  /** Sends an upstream's reply, which is still there, on to the client as it comes. */
  reply({ link, head, kind }: IncomingReply): void {
    this.held = undefined
    this.status = head.status
    if (kind !== 'body' || !head.persistent) this.last = true
    if (kind === 'tunnel') {
      this.tunnel = 'spliced'
      this.connection.socket.write(head.bytes)
      splice(this.connection, link)
    } else {
      link.reader.pass(this.connection.socket)
    }
  }

  /** Sends a reply of our own. What an upstream may have replied is dropped. */
  answer(answer: Answer): void {
    if (this.over) return
    const { reader, socket } = this.connection
    this.dropLink()
    if (!this.requestDone) reader.passContent(nowhere)
    const last = this.last || !this.requestDone
    const bytes = answer.write(last, this.head.method === 'HEAD')
    this.status = answer.status
    this.last = last
    socket.write(bytes)
    this.replyDone = true
    this.connection.settle()
  }

  /** Sends this head, and then joins the client and the stream. A body of the call that nobody wants is no part of it. */
  open(status: number, head: Buffer, stream: Duplex): void {
    const { socket, reader } = this.connection
    // What an upstream has replied is in the stream, or of no use any more.
    if (this.held?.kind !== 'tunnel') this.dropLink()
    this.held = undefined
    this.status = status
    this.last = true
    socket.on('close', () => stream.destroy())
    const begin = () => {
      this.tunnel = 'stream'
      socket.write(head)
      join(this.connection, stream)
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

  onReplyEnd(): void {
    this.replyDone = true
    this.connection.settle()
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
    this.controller?.abort()
  }

  /** The client's FIN goes on behind all that it has sent. */
  onClientEnd(): void {
    if (this.link !== undefined) this.link.socket.end()
    // A tunnel of our own waits for the rest of the body.
    else if (this.status !== 0) this.connection.abort()
  }

  /** True while somebody here has an upstream's tunnel that is not joined with the client yet. */
  get holdsTunnel(): boolean {
    return this.held?.kind === 'tunnel'
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
    if (this.link?.exchange === this) this.connection.forget(this.link)
    this.link = undefined
  }
}
