import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { adopt } from './adopt.js'
import { ClientGone } from './client-gone.js'
import type { Door, WireLimits } from './door.js'
import { Exchange } from './exchange.js'
import type { Framing } from './framing.js'
import { ChunkedBody, LengthBody, noBody } from './framing.js'
import { RequestHead } from './request-head.js'
import { refuseHttp2 } from './http2-refusal.js'
import { Inquiry } from './inquiry.js'
import type { LinkOwner, Upstream } from './link.js'
import { Link, StaleLink } from './link.js'
import { Http2Preface, Malformed } from './malformed.js'
import type { ReaderOwner } from './reader.js'
import { MessageReader } from './reader.js'
import { Remainder } from './remainder.js'
import { reset } from './reset.js'

/** How long, after our last byte was sent, a client has to close its half before the connection is destroyed. */
const lingerTime = 1000

/**
 * One client connection and its links to upstreams, whose lifetimes mirror each other.
 *
 * A side that ends in order loses nothing: all that it has sent reaches the other, and FIN behind it, however slowly the
 * other reads. That a client has closed, and did not only end its half, shows no sooner than with what is written to it;
 * where nothing is left for it to get, it has ended in order. A side that is reset, or takes no more of what it is sent,
 * is gone, and what is on its way to the other is dropped with it: that cancels the call.
 */
export class Connection implements ReaderOwner<RequestHead>, LinkOwner {
  readonly socket: Socket
  readonly reader: MessageReader<RequestHead>
  exchange: Exchange | undefined
  private readonly door: Door
  private readonly limits: WireLimits
  /** True once no exchange can begin or go on. */
  over = false
  private readonly links: Link[] = []
  /** A reply was sent here before. */
  private answered = false
  /** The tunnel that a layer has returned. */
  private stream: Duplex | undefined
  private remainder: Remainder | undefined
  private timer: NodeJS.Timeout | undefined
  private closing = false
  private closed = false
  private concluded = false
  private breaking = false
  /** What is on its way, either way, is not to arrive. */
  private lost = false

  constructor(accepted: Socket, door: Door, limits: WireLimits) {
    this.door = door
    this.limits = limits
    this.reader = new MessageReader<RequestHead>(this)
    const socket = (this.socket = adopt(accepted, this.reader.onread))
    this.reader.read(socket)
    this.limitHead()
    socket.on('drain', () => this.onDrain())
    socket.on('error', () => this.abort())
    socket.on('close', () => this.onClose())
  }

  /** Ends the connection once the exchange under way is over: at once where there is none. */
  close(): void {
    this.closing = true
    if (this.exchange === undefined) this.finish()
  }

  /** Ends the connection now, so that the client cannot take what it got for the whole. */
  abort(): void {
    if (this.lost || this.concluded) return
    this.drop()
    reset(this.socket)
    this.conclude()
  }

  /** The connection to this upstream: an idle one, or a new one. */
  linkTo(upstream: Upstream): Link {
    const idle = this.links.find((link) => link.upstream === upstream && link.isFree)
    if (idle !== undefined) return idle
    const link = new Link(upstream, this, this.limits.connect)
    this.links.push(link)
    return link
  }

  /** Has a layer's tunnel end with the connection. */
  carry(stream: Duplex): void {
    this.stream = stream
  }

  /** Tells of a reply that failed, unless that follows from the end of the connection. */
  tellBroken(exchange: Exchange, error: Error): void {
    if (!this.over && !this.breaking) this.door.broke(exchange, error)
  }

  /** Closes a link. */
  forget(link: Link): void {
    const at = this.links.indexOf(link)
    if (at >= 0) this.links.splice(at, 1)
    link.destroy()
    // What is left of the request goes nowhere, and needs to be read.
    this.reader.resume()
  }

  /** Goes on to the next exchange, or to the end, if this one is over. */
  settle(): void {
    const { exchange } = this
    if (exchange === undefined || !exchange.replyDone) return
    if (!exchange.requestDone && !exchange.last) return
    this.leave(exchange)
    if (exchange.last || this.closing || this.reader.ended) this.finish(exchange.sentWhole)
    // A client that asks and does not read must not fill the memory with its replies.
    else if (!this.socket.writableNeedDrain) this.reader.next()
  }

  newHead(buffer: Buffer, start: number): RequestHead {
    return new RequestHead(buffer, start)
  }

  onHeadBegun(): void {
    this.limitHead()
  }

  frame(head: RequestHead): Framing {
    if (head.chunked) return new ChunkedBody()
    return head.contentLength > 0 ? new LengthBody(head.contentLength) : noBody
  }

  onHead(head: RequestHead): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.exchange = new Exchange(this, head)
    this.door.enter(this.exchange)
  }

  onMessageEnd(): void {
    const { exchange } = this
    if (exchange === undefined) return
    exchange.requestDone = true
    this.settle()
  }

  onFin(): void {
    if (this.exchange?.tunnel === undefined) this.exchange?.onClientLeft()
  }

  onEof(): void {
    const { exchange } = this
    if (exchange === undefined) this.finish()
    else if (exchange.tunnel === undefined) exchange.onClientEnd()
  }

  onMalformed(error: Malformed): void {
    const { exchange } = this
    if (exchange === undefined) {
      const bytes =
        error instanceof Http2Preface
          ? refuseHttp2()
          : this.door.failure(error, undefined, undefined).write(true, false, true)
      this.socket.write(bytes)
      this.finish()
    } else if (exchange.status === 0) {
      exchange.answer(this.door.failure(error, exchange, undefined))
      exchange.onLost(new ClientGone(`the request ${error.message}`))
    } else {
      this.abort()
    }
  }

  private onDrain(): void {
    for (const link of [...this.links]) link.reader.resume()
    if (this.exchange === undefined && !this.over) this.reader.next()
  }

  onLinkDrain(): void {
    this.reader.resume()
  }

  onLinkEnd(link: Link, error: Error | undefined): void {
    const { asker } = link
    if (asker instanceof Inquiry) {
      this.forget(link)
      asker.onLost(error ?? new Error('the connection ended before the reply'))
      return
    }
    const exchange = asker as Exchange | undefined
    if (exchange?.tunnel !== undefined) {
      if (error !== undefined) this.breakOff()
      return
    }
    // The end of an upstream's half is no end of a tunnel that a layer is about to return.
    if (error === undefined && exchange?.holdsTunnel) return
    const only = this.links.length === 1
    if (exchange === undefined && error === undefined && this.exchange?.sentWhole !== false) this.letGo(link)
    else this.forget(link)
    if (exchange === undefined) {
      // One of several that goes while idle is just forgotten.
      if (this.exchange === undefined ? only : this.exchange.replyDone) this.finish()
      return
    }
    if (error === undefined && exchange.status === 0 && this.reader.ended) {
      // The client has ended its side, and the upstream has dropped the call for that.
      this.finish()
      exchange.onLost(new ClientGone('the client left'))
      return
    }
    // To a client that was answered nothing yet, its connection cannot be one that was idle.
    const stale = link.used && this.answered && !(error instanceof Malformed)
    const lost = stale ? new StaleLink() : (error ?? new Error('the connection ended before the reply'))
    if (exchange.onLost(lost)) return
    if (exchange.status !== 0 || stale) this.breakOff()
    else exchange.answer(this.door.failure(lost, exchange, link.upstream))
  }

  onLinkClose(link: Link, error: Error | undefined): void {
    if (!(link.asker instanceof Exchange) || link.asker.tunnel !== 'spliced') return
    this.forget(link)
    if (error !== undefined) this.breakOff()
    else this.finish()
  }

  private leave(exchange: Exchange): void {
    this.exchange = undefined
    this.answered ||= exchange.replyDone
    exchange.onOver()
    this.door.leave(exchange)
  }

  /** Ends the connection as `abort()` does, once what the client was given is on its way. */
  breakOff(): void {
    this.breaking = true
    if (this.socket.writableEnded) this.finish()
    else this.socket.write('', () => this.abort())
  }

  /**
   * Sends FIN behind everything else; what the client still sends is read, or its TCP would drop our last bytes.
   * @param whole whether upstreams get what is on its way to them: they do where nothing of a request is missing
   */
  finish(whole = true): void {
    if (this.over) return
    this.over = true
    if (this.exchange !== undefined) this.leave(this.exchange)
    clearTimeout(this.timer)
    if (whole) this.letLinksGo()
    else this.dropLinks()
    this.reader.discard()
    this.socket.end(() => {
      if (!this.socket.destroyed) this.timer = setTimeout(() => this.socket.destroy(), lingerTime)
    })
  }

  private onClose(): void {
    const { over, stream } = this
    const { readableEnded, writableFinished } = this.socket
    this.closed = true
    this.over = true
    clearTimeout(this.timer)
    if (!over && readableEnded && writableFinished) {
      this.letLinksGo()
      if (stream !== undefined) this.remaining.finish(stream)
    } else if (!over) {
      this.drop()
    }
    this.conclude()
  }

  /** The client is gone, and what it has sent has arrived, or is lost. */
  private conclude(): void {
    if (!this.closed || this.concluded || this.remainder?.arrived === false) return
    this.concluded = true
    this.reader.stop()
    this.stream?.destroy()
    const { exchange } = this
    if (exchange !== undefined) {
      if (this.lost) {
        exchange.onClientLeft()
        exchange.onLost(new ClientGone('the client left'))
      }
      this.leave(exchange)
    }
    this.door.close(this)
  }

  private drop(): void {
    this.over = true
    this.lost = true
    this.reader.stop()
    this.dropLinks()
    this.remainder?.drop()
    this.stream?.destroy()
  }

  private dropLinks(): void {
    for (const link of this.links.splice(0)) link.destroy()
  }

  private letLinksGo(): void {
    for (const link of [...this.links]) this.letGo(link)
  }

  /** Closes a link once its upstream has all that was sent to it. */
  private letGo(link: Link): void {
    if (!link.owes) {
      this.forget(link)
      return
    }
    this.links.splice(this.links.indexOf(link), 1)
    this.remaining.flush(link)
  }

  private get remaining(): Remainder {
    return (this.remainder ??= new Remainder(
      () => this.conclude(),
      () => this.abort(),
    ))
  }

  private limitHead(): void {
    this.timer ??= setTimeout(() => this.finish(), this.limits.head)
  }
}
