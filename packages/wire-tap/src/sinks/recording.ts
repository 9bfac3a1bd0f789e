import { StringDecoder } from 'node:string_decoder'
import type { FrameSeen } from '../events.js'
import { LineFile } from './line-file.js'

/** Of a terminal, in characters. */
export interface Size {
  readonly height: number
  readonly width: number
}

/** What the header of a file says of its session. */
export interface Header {
  readonly title: string
  readonly command: string | undefined
}

const usual: Size = { height: 24, width: 80 }

/** How much waits for the terminal's size, which goes in front of it, or for the terminal to show something. */
const maxWaiting = 64 * 1024

/**
 * One session as an asciicast v2 file. Nothing is written before the terminal shows something, so a session without a
 * terminal leaves no file.
 */
export class Recording {
  readonly id: string
  private readonly path: string
  private readonly header: Header
  private file: LineFile | undefined
  private size: Size | undefined
  private begun = 0
  private waiting: string[] | undefined = []
  private waitingLength = 0
  private shows = false
  private isTerminal = true
  private readonly decoders = { o: new StringDecoder('utf8'), i: new StringDecoder('utf8') }
  private last = 0

  /**
   * @param id of the exec or the container
   * @param size undefined: it is not known yet
   */
  constructor(path: string, id: string, header: Header, size: Size | undefined) {
    this.path = path
    this.id = id
    this.header = header
    this.size = size
  }

  /** @returns what to wait for before more is added */
  resize(size: Size, time: number): Promise<void> | undefined {
    if (this.size?.height === size.height && this.size.width === size.width) return undefined
    this.size = size
    if (this.waiting === undefined) return this.event('r', `${size.width}x${size.height}`, time)
    return this.shows ? this.begin() : undefined
  }

  /** @returns what to wait for before more is added */
  add({ stream, data, time }: FrameSeen): Promise<void> | undefined {
    if (!this.isTerminal) return undefined
    // Of an input without a terminal, nothing shows that early.
    const isPiped = !this.shows && this.waitingLength > maxWaiting
    if (isPiped || (stream !== 'raw' && stream !== 'stdin')) {
      this.isTerminal = false
      this.waiting = []
      return undefined
    }
    this.begun ||= time
    if (stream === 'raw') this.shows = true
    const code = stream === 'raw' ? 'o' : 'i'
    const adding = this.text(code, this.decoders[code].write(data), time)
    if (this.waiting === undefined || !this.shows) return adding
    return this.size !== undefined || this.waitingLength > maxWaiting ? this.begin() : undefined
  }

  /** Resolves when all of it is written. */
  async close(): Promise<void> {
    if (!this.isTerminal || !this.shows) return
    for (const code of ['o', 'i'] as const) await this.text(code, this.decoders[code].end(), this.last)
    if (this.waiting !== undefined) await this.begin()
    await this.file?.close()
  }

  private text(code: 'o' | 'i', text: string, time: number): Promise<void> | undefined {
    return text === '' ? undefined : this.event(code, text, time)
  }

  private event(code: 'o' | 'i' | 'r', text: string, time: number): Promise<void> | undefined {
    this.last = Math.max(this.last, time)
    const seconds = Number(((this.last - this.begun) / 1000).toFixed(6))
    const line = `${JSON.stringify([seconds, code, text])}\n`
    if (this.waiting === undefined) return this.file?.write(line)
    this.waiting.push(line)
    this.waitingLength += line.length
    return undefined
  }

  private begin(): Promise<void> | undefined {
    const { width, height } = this.size ?? usual
    const timestamp = Math.floor(this.begun / 1000)
    const header = { version: 2, width, height, timestamp, ...this.header }
    this.file = new LineFile(this.path)
    const lines = [`${JSON.stringify(header)}\n`, ...this.waiting!]
    this.waiting = undefined
    return this.file.write(lines.join(''))
  }
}
