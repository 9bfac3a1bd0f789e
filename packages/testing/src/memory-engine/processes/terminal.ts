import type { Sink, Source } from '../streams/byte-stream.js'
import { Pipe } from '../streams/pipe.js'
import type { Process } from './process.js'

const interrupts: Readonly<Record<string, { signal: string; shown: string }>> = {
  '\x03': { signal: 'INT', shown: '^C' },
  '\x1c': { signal: 'QUIT', shown: '^\\' },
}
const endOfFile = '\x04'
const erase = '\x7f'
const eraseLine = '\x15'

/**
 * A terminal as processes see it: lines are edited and echoed before they are read, ^C is a signal, and every newline
 * that is written comes out as CR LF (POSIX, "General Terminal Interface": ICANON, ECHO, ISIG, ICRNL, ONLCR).
 */
export class Terminal implements Source, Sink {
  /** Its path inside the container. */
  readonly name: string
  /** 0 by 0 until somebody says so. */
  size = { rows: 0, columns: 0 }
  /** Whether what is typed is shown. */
  echo = true
  /** Those that ^C reaches. */
  readonly processes = new Set<Process>()

  readonly #output: Sink
  /** Whole lines; an empty read is a ^D, an end for one reader and not for the next. */
  readonly #lines = new Pipe()
  #line = ''

  constructor(name: string, output: Sink) {
    this.name = name
    this.#output = output
  }

  resize(rows: number, columns: number): void {
    this.size = { rows, columns }
    for (const process of [...this.processes]) process.kill('WINCH')
  }

  /** Takes what was typed, as raw bytes. */
  async type(bytes: Buffer, signal?: AbortSignal): Promise<void> {
    for (const key of bytes.toString('latin1').replaceAll('\r', '\n')) await this.#key(key, signal)
  }

  /** Nothing more will ever be typed. */
  hangUp(): void {
    this.#lines.end()
  }

  async write(bytes: Buffer, signal?: AbortSignal): Promise<void> {
    await this.#output.write(Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'), signal)
  }

  async read(signal?: AbortSignal): Promise<Buffer | undefined> {
    const bytes = await this.#lines.read(signal)
    return bytes?.length === 0 ? undefined : bytes
  }

  unread(bytes: Buffer): void {
    this.#lines.unread(bytes)
  }

  async #key(key: string, signal: AbortSignal | undefined): Promise<void> {
    const interrupt = interrupts[key]
    if (interrupt) {
      this.#line = ''
      await this.#show(interrupt.shown, signal)
      for (const process of [...this.processes]) process.kill(interrupt.signal)
    } else if (key === erase || key === eraseLine) {
      const count = Math.min(this.#line.length, key === erase ? 1 : Infinity)
      this.#line = this.#line.slice(0, this.#line.length - count)
      await this.#show('\b \b'.repeat(count), signal)
    } else {
      if (key !== endOfFile) {
        this.#line += key
        await this.#show(key, signal)
      }
      if (key === '\n' || key === endOfFile) await this.#submit(signal)
    }
  }

  async #submit(signal: AbortSignal | undefined): Promise<void> {
    const line = Buffer.from(this.#line, 'latin1')
    this.#line = ''
    await this.#lines.write(line, signal)
  }

  async #show(text: string, signal: AbortSignal | undefined): Promise<void> {
    if (this.echo && text !== '') await this.write(Buffer.from(text, 'latin1'), signal)
  }
}
