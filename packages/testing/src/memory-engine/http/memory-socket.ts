import { Duplex } from 'node:stream'

/**
 * One end of a connection that never leaves the process; what the other end writes is read here. It has as much of a
 * socket's face as node:http and those who forward bytes use. Each direction ends on its own, and a destroyed end
 * takes the other with it.
 */
export class MemorySocket extends Duplex {
  connecting = true
  readonly remoteAddress = undefined
  #peer: MemorySocket | undefined
  #taken: (() => void) | undefined

  private constructor() {
    super({ allowHalfOpen: true })
  }

  /** Two ends; each emits 'connect' when it is listened to. */
  static pair(): [MemorySocket, MemorySocket] {
    const ends: [MemorySocket, MemorySocket] = [new MemorySocket(), new MemorySocket()]
    const [a, b] = ends
    a.#peer = b
    b.#peer = a
    process.nextTick(() => {
      for (const end of ends) {
        end.connecting = false
        end.emit('connect')
        end.emit('ready')
      }
    })
    return ends
  }

  override _read(): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.()
  }

  override _write(bytes: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const peer = this.#peer
    if (!peer || peer.destroyed || peer.readableEnded) return done(reset('EPIPE'))
    // The bytes are taken when the other end reads on, which is all the back-pressure there is.
    peer.#taken = () => done()
    if (peer.push(bytes)) peer._read()
  }

  override _final(done: () => void): void {
    this.#peer?.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const peer = this.#peer
    this.#peer = undefined
    done(error)
    if (!peer || peer.destroyed) return
    peer._read()
    if (this.writableFinished) return
    process.nextTick(() => peer.destroy(peer.readableEnded ? undefined : reset('ECONNRESET')))
  }

  /** As a connection over TCP is reset: the other end gets an error. */
  resetAndDestroy(): this {
    return this.destroy()
  }

  destroySoon(): void {
    if (this.writableFinished) this.destroy()
    else this.end(() => this.destroy())
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setTimeout(_ms: number, _listener?: () => void): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }
}

function reset(code: 'EPIPE' | 'ECONNRESET'): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(
    code === 'EPIPE' ? 'the other end is closed' : 'the other end is gone',
  )
  error.code = code
  return error
}
