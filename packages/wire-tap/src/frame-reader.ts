import type { FrameSeen } from './events.js'

const headerLength = 8

/** By their number in the header of a frame. */
const streams = ['stdin', 'stdout', 'stderr', 'systemerr'] as const

type Give = (stream: FrameSeen['stream'], data: Buffer) => void

/**
 * Reads the output of attach, exec and logs as it comes. Engines before 25 call it raw whether or not it comes in frames,
 * so its first bytes say: what begins like a header is frames, anything else is a terminal's. What turns out to be none
 * is raw from there.
 */
export class FrameReader {
  private readonly give: Give
  private readonly header = Buffer.alloc(headerLength)
  private headerBytes = 0
  private missing = 0
  private stream: FrameSeen['stream'] = 'raw'
  private isRaw = false

  constructor(give: Give) {
    this.give = give
  }

  take(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      if (this.isRaw) {
        this.give('raw', bytes.subarray(at))
        return
      }
      if (this.missing > 0) {
        const data = bytes.subarray(at, at + this.missing)
        this.missing -= data.length
        at += data.length
        this.give(this.stream, data)
        continue
      }
      this.header[this.headerBytes++] = bytes[at++]!
      if (!this.mayBeHeader()) {
        this.beRaw(bytes.subarray(at))
        return
      }
      if (this.headerBytes === headerLength) this.begin()
    }
  }

  /** Nothing more comes: what could have become a header is none. */
  end(): void {
    if (this.headerBytes > 0) this.beRaw(Buffer.alloc(0))
  }

  private mayBeHeader(): boolean {
    const last = this.headerBytes - 1
    return last > 3 || this.header[last]! <= (last === 0 ? 3 : 0)
  }

  private begin(): void {
    this.headerBytes = 0
    this.stream = streams[this.header[0] as 0 | 1 | 2 | 3]
    this.missing = this.header.readUInt32BE(4)
  }

  private beRaw(rest: Buffer): void {
    this.isRaw = true
    this.give('raw', Buffer.concat([this.header.subarray(0, this.headerBytes), rest]))
    this.headerBytes = 0
  }
}
