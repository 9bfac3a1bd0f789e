import type { OnReadOpts, Socket } from 'node:net'
import type { Framing } from './framing.js'
import { noBody } from './framing.js'
import type { Head } from './head.js'
import { Malformed } from './malformed.js'
import { ReadMemory } from './read-memory.js'
import type { Sink } from './sink.js'
import { nowhere } from './sink.js'
import type { TapFeed } from './tap.js'

/** What a reader tells of the messages it reads, in their order. */
export interface ReaderOwner<H extends Head> {
  /** A new head to read into. */
  newHead(buffer: Buffer, start: number): H
  /** Some bytes of a head have come, but not all. */
  onHeadBegun(): void
  /** Says how the body after this head is framed, or undefined where another head follows at once (1xx). */
  frame(head: H): Framing | undefined
  /** A head is complete: time to say where the message goes. */
  onHead(head: H): void
  /** The message is complete, and every byte of it was passed on. */
  onMessageEnd(): void
  /** The peer sends no more; what it sent before may still be held. */
  onFin(): void
  /** The peer sends no more, and all that it sent was passed on; `whole` is false inside a head or a body. */
  onEof(whole: boolean): void
  onMalformed(error: Malformed): void
}

/** A hijacking call's head and body reach the engine in one write, up to this many bytes of both. */
const maxGathered = 64 * 1024

/** In bytes, how much of a message that somebody keeps is copied: what Node takes from memory that many share. */
const mostCopied = 4095

/**
 * Cuts the bytes that a socket receives into messages. A message goes nowhere until it is told where: until then one
 * read of its body is held, and then reading stops, so that memory stays flat and the peer feels it. Reading goes on
 * while nothing is held, which is how a peer that leaves is noticed.
 *
 *     head ──► body ──► idle ──next()──► head …        any ──tunnel()──► tunnel
 */
export class MessageReader<H extends Head> {
  /** Bytes of messages and tunnels that were passed on. */
  passed = 0
  /** True once the peer has ended its half and everything before that was passed on. */
  ended = false
  /** For the socket that is to be read. */
  readonly onread: OnReadOpts
  private socket: Socket | undefined
  private readonly owner: ReaderOwner<H>
  private readonly memory = new ReadMemory()
  private state: 'head' | 'body' | 'idle' | 'tunnel' | 'off' = 'head'
  /** What was received and is not passed on yet lies in [from, to) of it; up to `at` it has been read as messages. */
  private buffer: Buffer | undefined
  private from = 0
  private at = 0
  private to = 0
  /** The head that is being read. */
  private head: H | undefined
  /** The head of the current message. */
  private current: H | undefined
  /** The owner is being told of a head, which is still held with what follows it. */
  private inHead = false
  private framing: Framing = noBody
  private sink: Sink | undefined
  /** The sink takes a body's content, without its framing. */
  private contentOnly = false
  /** Who else is given the content of the current message. */
  private feeds: readonly TapFeed[] | undefined
  private gather = false
  private stalled = false
  private paused = false
  private running = false
  private eof = false

  constructor(owner: ReaderOwner<H>) {
    this.owner = owner
    this.onread = {
      buffer: () => this.memory.current,
      callback: (length, buffer) => this.receiveInto(buffer as Buffer, length),
    }
  }

  /** Begins to read this socket, which reads into our memory if it was made with `onread`. */
  read(socket: Socket): void {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => this.receive(chunk, chunk.length))
    socket.on('end', () => {
      this.eof = true
      if (this.state !== 'off') this.owner.onFin()
      this.run()
    })
    socket.resume()
  }

  /** True if bytes came behind the current message. */
  get holdsMore(): boolean {
    return this.to > this.at
  }

  /** Reads the next message's head. */
  next(): void {
    this.state = 'head'
    this.run()
  }

  /**
   * Passes the current message on, head and body as they came, or the body behind another head. With `gather`, they go
   * in one write if they fit in 64 KiB and nobody calls `release()` before; without it too, where that costs little.
   */
  pass(sink: Sink, gather = false, otherHead?: Buffer): void {
    const head = this.current!
    if (otherHead !== undefined) this.from = this.at
    else if (!this.inHead && this.holds(head)) this.from = head.start
    const isHeld = otherHead === undefined && this.from < this.at
    if (!isHeld) {
      const bytes = otherHead ?? head.bytes
      if (gather || this.to - this.from <= mostCopied) {
        this.prepend(bytes)
      } else {
        this.passed += bytes.length
        sink.write(bytes)
      }
    }
    this.gather = gather
    this.contentOnly = false
    this.take(sink)
  }

  /**
   * Gives a copy of the current message's content to a tap too, wherever it goes.
   * @throws TypeError where some of it was passed on already
   */
  tap(feed: TapFeed): void {
    if (this.state !== 'body' || this.sink !== undefined)
      throw new TypeError('the body is on its way already: tap it before it is passed on')
    const feeds = (this.feeds = [...(this.feeds ?? []), feed])
    if (!this.framing.done)
      this.framing.content = (buffer, from, to) => {
        for (const each of feeds) each.give(buffer.subarray(from, to))
      }
  }

  /** Waits no longer for a body to be passed on in one write with its head. */
  release(): void {
    this.gather = false
    this.run()
  }

  /** Passes on the content of the current message's body, without head and framing. */
  passContent(sink: Sink): void {
    this.from = this.at
    if (!this.framing.done) {
      const { feeds } = this
      this.framing.content = (buffer, from, to) => {
        const bytes = buffer.subarray(from, to)
        if (feeds !== undefined) for (const feed of feeds) feed.give(bytes)
        this.write(sink, bytes)
      }
    }
    this.gather = false
    this.contentOnly = true
    this.take(sink)
  }

  /** Passes on every byte from here to the end of the connection, and then that end. */
  tunnel(sink: Sink): void {
    this.from = this.at
    this.gather = false
    this.state = 'tunnel'
    const over = this.ended
    this.take(sink)
    if (over) sink.end()
  }

  /** Reads and forgets whatever still comes. */
  discard(): void {
    this.tunnel(nowhere)
  }

  /** Passes on and tells nothing any more. */
  stop(): void {
    this.state = 'off'
    this.sink = undefined
    this.memory.unlend(undefined)
    // Whoever stops it from within a write has not said yet what of that is still needed.
    if (this.running) this.memory.keep()
    this.drop()
  }

  /** The sink has room again. */
  resume(): void {
    if (!this.stalled) return
    this.stalled = false
    this.memory.unlend(this.sink)
    this.run()
  }

  private take(sink: Sink): void {
    this.sink = sink
    this.stalled = false
    this.memory.unlend(undefined)
    this.run()
  }

  private receive(chunk: Buffer, length: number): void {
    if (this.buffer === undefined) {
      this.buffer = chunk
      this.to = length
    } else {
      this.append(chunk, length)
    }
    this.run()
  }

  private receiveInto(buffer: Buffer, length: number): boolean {
    this.memory.begin()
    this.receive(buffer, length)
    const waits = this.buffer === buffer
    if (!waits) this.moveHead()
    this.memory.end(buffer, length, waits, this.stalled)
    return true
  }

  private run(): void {
    if (this.running) return
    this.running = true
    try {
      this.runOn()
      if (this.eof && !this.ended && !this.stalled) this.endOfInput()
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.stop()
      this.owner.onMalformed(error)
    } finally {
      this.running = false
    }
    this.regulate()
  }

  private runOn(): void {
    do {
      if (this.from === this.to) this.drop()
    } while (this.step())
  }

  /** Does one thing; false when there is nothing to do. */
  private step(): boolean {
    if (this.stalled) return false
    switch (this.state) {
      case 'head':
        return this.to > this.at && this.readHead()
      case 'body':
        return this.sink !== undefined && this.passBody(this.sink)
      case 'tunnel':
        return this.to > this.from && this.flush(this.sink!, this.to)
      case 'idle':
        return false
      case 'off':
        this.drop()
        return false
    }
  }

  private readHead(): boolean {
    const buffer = this.buffer!
    const head = (this.head ??= this.owner.newHead(buffer, this.at))
    if (!head.read(buffer, this.to)) {
      this.owner.onHeadBegun()
      return false
    }
    this.head = undefined
    this.at = head.end
    const framing = this.owner.frame(head)
    if (framing === undefined) {
      this.from = this.at
      this.memory.keep()
      return true
    }
    this.framing = framing
    this.state = 'body'
    this.sink = undefined
    this.moveHead()
    this.current = head
    this.inHead = true
    this.owner.onHead(head)
    this.inHead = false
    if (!head.passing) this.keep(head)
    // The head is kept by its owner; what stays here would stop the reading, and with it the notice of a peer that leaves.
    if (this.sink === undefined) this.from = this.at
    return true
  }

  /** True where what is held begins behind this head, in the same memory. */
  private holds(head: H): boolean {
    return this.buffer === head.buffer && this.from === head.end
  }

  /** Somebody keeps this head, and what came with it may have to wait: the memory of the reads is not for that. */
  private keep(head: H): void {
    const { buffer, start } = head
    const isHeld = this.buffer === buffer
    const end = isHeld ? this.to : head.end
    if (!this.memory.isReadInto(buffer) || end - start > mostCopied) return
    const copy = head.keep(end)
    if (!isHeld) return
    this.buffer = copy
    this.from -= start
    this.at -= start
    this.to -= start
  }

  /** Takes the head that somebody keeps out of memory that is about to be read into again. */
  private moveHead(): void {
    const { current } = this
    if (current?.passing === false && this.memory.isReadInto(current.buffer)) current.keep()
  }

  private passBody(sink: Sink): boolean {
    const { framing } = this
    if (this.to > this.at) this.at = framing.take(this.buffer!, this.at, this.to)
    if (this.gather && !framing.done && this.at - this.from <= maxGathered) return false
    this.gather = false
    let progress = false
    if (this.at > this.from) {
      if (this.contentOnly) this.advance(this.at)
      else this.flush(sink, this.at)
      progress = true
    }
    // Whoever took these bytes may have stopped the reading, or sent the rest elsewhere.
    if (this.sink !== sink) return true
    if (!framing.done) return progress
    this.endMessage(sink)
    return true
  }

  private flush(sink: Sink, end: number): boolean {
    const buffer = this.buffer!
    const { from } = this
    this.advance(end)
    this.write(sink, from === 0 && end === buffer.length ? buffer : buffer.subarray(from, end))
    return true
  }

  /** What a sink says while another takes its place is no more of interest. */
  private write(sink: Sink, bytes: Buffer): void {
    if (!sink.write(bytes) && this.sink === sink) this.stalled = true
    this.memory.wrote(sink)
  }

  private advance(end: number): void {
    this.passed += end - this.from
    this.from = this.at = end
  }

  /** Stops the socket while something is held that nobody takes, and starts it when that is over. */
  private regulate(): void {
    const held = this.buffer !== undefined && this.state !== 'head' && !this.gather
    const pause = this.state !== 'off' && (this.stalled || held)
    if (pause === this.paused) return
    this.paused = pause
    if (pause) this.socket?.pause()
    else this.socket?.resume()
  }

  /** Nothing more comes. It is time to say so once everything before it was passed on. */
  private endOfInput(): void {
    if (this.gather) {
      this.gather = false
      this.runOn()
    }
    if (this.state === 'off' || (this.buffer !== undefined && this.state !== 'head')) return
    if (this.state === 'body') {
      if (this.sink === undefined) return
      if (this.framing.untilClose) this.endMessage(this.sink)
    }
    this.ended = true
    if (this.state === 'tunnel') this.sink!.end()
    this.owner.onEof(this.state !== 'body' && this.buffer === undefined)
  }

  private endMessage(sink: Sink): void {
    this.state = 'idle'
    this.sink = undefined
    if (this.feeds !== undefined) {
      for (const feed of this.feeds) feed.end(true)
      this.feeds = undefined
    }
    if (this.contentOnly) {
      // Whoever has the content may take it after the next message, or never.
      this.stalled = false
      sink.end()
    }
    this.owner.onMessageEnd()
  }

  /** Adds to what is held. The room doubles, so that a head that comes byte by byte is not copied for every byte. */
  private append(chunk: Buffer, length: number): void {
    const buffer = this.buffer!
    if (this.to + length > buffer.length) {
      const held = this.to - this.from
      const larger = Buffer.allocUnsafeSlow(Math.max(held + length, 2 * held))
      buffer.copy(larger, 0, this.from, this.to)
      if (this.from > 0) this.head = undefined
      this.at -= this.from
      this.from = 0
      this.to = held
      this.buffer = larger
    }
    chunk.copy(this.buffer!, this.to, 0, length)
    this.to += length
  }

  private prepend(head: Buffer): void {
    const held = this.buffer?.subarray(this.from, this.to)
    this.buffer = held === undefined ? head : Buffer.concat([head, held])
    this.from = 0
    this.at = head.length
    this.to = this.buffer.length
  }

  private drop(): void {
    if (this.buffer !== undefined && this.memory.isReadInto(this.buffer)) {
      this.moveHead()
      this.memory.release(this.buffer)
    }
    this.buffer = undefined
    this.from = this.at = this.to = 0
  }
}
