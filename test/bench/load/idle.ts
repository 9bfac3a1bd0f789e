import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** How many connections are opened at a time. */
const atOnce = 50

/** What is said on a connection until nothing more comes. */
export interface Opening {
  readonly port: number
  readonly tls: boolean
  readonly request: string
  /** What is sent once the head of the reply is there: a tunnel is one only then. */
  readonly typed?: string
  /** The end of what comes. */
  readonly expected: string
}

/** In ms, for one connection to get all that is expected. */
const limit = 10_000

/** Connections that each got the beginning of an answer, and then nothing more. */
export class Idle implements AsyncDisposable {
  private readonly sockets: Socket[] = []

  /** They are closed too when the signal aborts. */
  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.close(), { once: true })
  }

  async open(count: number, opening: Opening): Promise<void> {
    for (let left = count; left > 0; left -= atOnce)
      await Promise.all(Array.from({ length: Math.min(atOnce, left) }, () => this.openOne(opening)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  private close(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy()
  }

  private openOne({ port, tls, request, typed, expected }: Opening): Promise<void> {
    const to = { port, host: '127.0.0.1', noDelay: true }
    // The certificate is one of our own making, and who is behind it is known.
    const socket = tls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to)
    this.sockets.push(socket)
    socket.setTimeout(limit, () => socket.destroy())
    socket.write(request)
    return new Promise((resolve, reject) => {
      let answer = ''
      let open = false
      socket.on('data', (bytes: Buffer) => {
        answer += bytes.toString('latin1')
        if (!open && typed !== undefined && answer.includes('\r\n\r\n')) socket.write(typed)
        open ||= answer.includes('\r\n\r\n')
        if (!answer.includes(expected)) return
        socket.setTimeout(0)
        resolve()
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error(`Its connection was closed after: ${answer || 'nothing'}`)))
    })
  }
}
