import type { Duplex } from 'node:stream'
import { frame } from '../streams/frames.js'
import type { StreamNumber } from '../streams/frames.js'
import { DetachWatch } from './detach-keys.js'
import type { Listener } from './output.js'

/** What the client of a hijacked connection wants, and what it types goes to. */
export interface SessionOptions {
  /** What comes out says which stream it is of; otherwise it is one raw stream. */
  readonly framed: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  /** Takes what is typed; undefined where nothing is wanted. */
  readonly type: ((bytes: Buffer, signal: AbortSignal) => Promise<void>) | undefined
  /** The client ended its half; false: that ends the session. */
  readonly endOfInput: () => boolean
  /** Looked for in what is typed. */
  readonly detachKeys: Buffer | undefined
}

/** How a session came to its end. */
export type SessionEnd = 'ended' | 'detached' | 'gone'

/** A hijacked connection between a client and the streams of a process. */
export class Session implements Listener {
  /** Resolves when the connection is over, or is being closed from this side. */
  readonly over: Promise<SessionEnd>

  readonly #socket: Duplex
  readonly #options: SessionOptions
  readonly #gone = new AbortController()
  #finish: (end: SessionEnd) => void = () => {}

  constructor(socket: Duplex, options: SessionOptions) {
    this.#socket = socket
    this.#options = options
    this.over = new Promise((resolve) => {
      this.#finish = resolve
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#gone.abort(new Error('the client is gone'))
      this.#finish('gone')
    })
    void this.#readInput()
  }

  async write(stream: StreamNumber, bytes: Buffer): Promise<void> {
    const { framed, stdout, stderr } = this.#options
    if (stream === 1 ? !stdout : !stderr) return
    const socket = this.#socket
    if (
      this.#gone.signal.aborted ||
      socket.writableEnded ||
      socket.write(framed ? frame(stream, bytes) : bytes)
    )
      return
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done)
        resolve()
      }
      socket.on('drain', done).on('close', done)
    })
  }

  /** Ends the connection: everything before that is sent, and the client has half a second to close its half. */
  end(how: SessionEnd = 'ended'): void {
    this.#finish(how)
    this.#socket.end(() => {
      setTimeout(() => this.#socket.destroy(), 500).unref()
    })
  }

  async #readInput(): Promise<void> {
    const { type, detachKeys } = this.#options
    const watch = detachKeys && new DetachWatch(detachKeys)
    try {
      for await (const bytes of this.#socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        const { pass, detached } = watch?.take(bytes) ?? { pass: bytes, detached: false }
        // Where nobody reads any more it is read on, so that the client is not held up.
        if (pass.length > 0) await type?.(pass, this.#gone.signal).catch(() => {})
        if (detached) this.end('detached')
      }
    } catch {
      // The connection failed, which 'close' tells as well.
      return
    }
    if (!this.#options.endOfInput()) this.end()
  }
}
