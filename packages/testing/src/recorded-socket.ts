import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { ByteLog } from './byte-log.js'
import { latin1 } from './latin1.js'
import { named, search } from './search.js'
import type { Sought } from './search.js'
import { account, notYet, Waits } from './waits.js'
import type { Wait, WaitOptions } from './waits.js'

/**
 * One end of a connection that records exactly the bytes it receives and sends exactly the bytes it is given.
 *
 * Reading moves a cursor: `until`, `head`, `bytes`, `ended`, `closed` and `for await` give what lies between the
 * cursor and what they look for, and no byte is given twice. `received` keeps everything.
 *
 * Every wait fails at its deadline, or as soon as it has become impossible, with an error that shows what came.
 */
export class RecordedSocket implements AsyncDisposable {
  /** The socket below (a TLSSocket for TLS), for what this class has no word for. */
  readonly socket: Socket
  /** The peer finished writing (FIN); it may still read. Not seen while paused. */
  isEnded = false
  /** Over in both directions. */
  isClosed = false
  /** Why it closed, if for an error. */
  error: NodeJS.ErrnoException | undefined
  /** How many of our bytes the kernel has taken. */
  sent = 0

  readonly #transport: Socket
  readonly #deadline: number
  #isReset = false
  readonly #log = new ByteLog()
  readonly #waits = new Waits()

  /** `transport` is the TCP socket under a TLS socket; otherwise the socket itself. */
  constructor(socket: Socket, transport: Socket = socket, deadline = 10_000) {
    this.socket = socket
    this.#transport = transport
    this.#deadline = deadline
    const changed = () => this.#waits.changed()
    socket.on('data', (bytes) => this.#log.append(bytes)).on('data', changed)
    socket.on('end', () => (this.isEnded = true)).on('end', changed)
    socket.on('error', (error) => (this.error = error))
    socket.on('close', () => (this.isClosed = true)).on('close', changed)
    socket.on('finish', changed)
  }

  /** All bytes received since the connection began. */
  get received(): Buffer {
    return this.#log.all
  }

  /** The same as latin1 text: one character is one byte. */
  get receivedText(): string {
    return this.received.toString('latin1')
  }

  /** The bytes from the cursor on. */
  get unread(): Buffer {
    return this.#log.unread
  }

  /** How many bytes were read: where in `received` the next read begins. */
  get cursor(): number {
    return this.#log.cursor
  }

  /** The peer reset the connection, or closed it while bytes were left for it to read. */
  get wasReset(): boolean {
    return this.error?.code === 'ECONNRESET'
  }

  /** Reads to the end of the first match. A function sees all unread bytes and reads them all when it is true. */
  until(sought: Sought, options?: WaitOptions): Promise<Buffer> {
    return this.#read(named(sought), search(sought), (bytes) => bytes, options)
  }

  /** Reads a message head to its blank line, and gives it as latin1 text. */
  head(options?: WaitOptions): Promise<string> {
    return this.#read('the end of a head', search(/\r?\n\r?\n/), (bytes) => bytes.toString('latin1'), options)
  }

  /** Reads exactly `count` bytes. */
  bytes(count: number, options?: WaitOptions): Promise<Buffer> {
    const enough = (unread: Buffer) => (unread.length < count ? undefined : count)
    return this.#read(`${count} bytes`, enough, (bytes) => bytes, options)
  }

  /** Reads to the peer's FIN. Fails where the connection closes without one. */
  ended(options?: WaitOptions): Promise<Buffer> {
    const look = () => (this.isEnded ? this.#rest() : notYet)
    const hopeless = () => (this.isClosed ? this.#over() : undefined)
    return this.#wait({ what: "the peer's FIN", look, hopeless }, options)
  }

  /**
   * Reads to the end of the connection, by error or not; answers the peer's FIN with ours. A peer that closed
   * looks like one that only finished writing, until it is written to: `gone()` can tell.
   */
  closed(options?: WaitOptions): Promise<Buffer> {
    const look = () => {
      if (this.isEnded) this.socket.end()
      return this.isClosed ? this.#rest() : notYet
    }
    return this.#wait({ what: 'the connection to close', look }, options)
  }

  /**
   * The peer left: it did not only finish writing, it reads no more either. Writes `?` after the peer's FIN until
   * the kernel refuses it, since nothing but a write can tell.
   */
  async gone(options?: WaitOptions): Promise<void> {
    const left = () => (this.isEnded || this.isClosed ? undefined : notYet)
    await this.#wait({ what: 'the peer to leave', look: left }, options)
    const closed = () => (this.isClosed ? undefined : notYet)
    const refused = this.#wait({ what: 'the peer to refuse what is written to it', look: closed }, options)
    while (this.socket.writable) {
      this.socket.write('?')
      await Promise.race([refused, delay(5)])
    }
    await refused
  }

  /** The unread bytes as they come, to the peer's FIN or the end of the connection. No deadline. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    const look = () => (this.unread.length > 0 || this.isEnded || this.isClosed ? this.#rest() : notYet)
    for (;;) {
      const bytes = await this.#wait({ what: 'more bytes', look }, { deadline: Infinity })
      if (bytes.length === 0) return
      yield bytes
    }
  }

  /** Resolves when the kernel has taken all of it. Text is latin1. */
  send(data: string | Uint8Array, options?: WaitOptions): Promise<void> {
    const bytes = typeof data === 'string' ? latin1(data) : data
    let taken = false
    this.socket.write(bytes, (error) => {
      if (error) return
      taken = true
      this.sent += bytes.length
      this.#waits.changed()
    })
    const look = () => (taken ? undefined : notYet)
    const hopeless = () => (this.isClosed ? this.#over() : undefined)
    return this.#wait({ what: `${bytes.length} bytes to be taken`, look, hopeless }, options)
  }

  /** Sends our FIN (after TLS's close_notify) and goes on reading. */
  end(options?: WaitOptions): Promise<void> {
    this.socket.end()
    const look = () => (this.socket.writableFinished ? undefined : notYet)
    const hopeless = () => (this.isClosed ? this.#over() : undefined)
    return this.#wait({ what: 'our FIN to be sent', look, hopeless }, options)
  }

  /**
   * RST on TCP, under TLS too. Unix sockets know none: they are closed, and their peer sees a reset only if it sent
   * bytes that nobody read here. Node 20 takes a RST that it finds together with data for a FIN (libuv: EPOLLHUP
   * after a short read), so see first that the peer has read what was sent; on TLS 1.3 that is session tickets too.
   */
  reset(): void {
    if (this.#transport.remotePort === undefined) return this.destroy()
    this.#isReset = true
    this.#transport.resetAndDestroy()
  }

  /** Closes both directions at once, as the kernel does for a process that dies. */
  destroy(): void {
    // A TLS socket closes when the socket below is reset. To destroy it as well, in the turn that ended the
    // handshake, is a segmentation fault of Node 20 and 24.
    if (!this.#isReset) this.socket.destroy()
  }

  /** Stops reading. The peer can write until the buffers of both sides are full. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy()
    await this.#wait({ what: 'the socket to close', look: () => (this.isClosed ? undefined : notYet) })
  }

  #read<T>(
    what: string,
    find: (unread: Buffer) => number | undefined,
    give: (bytes: Buffer) => T,
    options?: WaitOptions,
  ): Promise<T> {
    const look = () => {
      const count = find(this.unread)
      return count === undefined ? notYet : give(this.#log.take(count))
    }
    const hopeless = () => (this.isEnded || this.isClosed ? this.#over() : undefined)
    return this.#wait({ what, look, hopeless }, options)
  }

  #wait<T>(wait: Pick<Wait<T>, 'what' | 'look'> & Partial<Wait<T>>, options?: WaitOptions): Promise<T> {
    const instead = () => account(this.received)
    return this.#waits.start({
      hopeless: () => undefined,
      instead,
      deadline: this.#deadline,
      ...wait,
      ...options,
    })
  }

  #rest(): Buffer {
    return this.#log.take(this.unread.length)
  }

  #over(): string {
    if (this.error) return `the connection failed (${this.error.code ?? this.error.message})`
    return this.isClosed ? 'the connection closed' : 'the peer ended its side'
  }
}
