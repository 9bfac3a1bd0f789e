import { giveBack, ReadBuffers } from './read-buffers.js'
import type { Sink } from './sink.js'

/** Until when somebody needs what was read. */
const Need = { Over: 0, UntilDrained: 1, ForGood: 2 } as const
type Need = (typeof Need)[keyof typeof Need]

/** The memory that one reader has its socket read into, and for how long somebody needs what is in it. */
export class ReadMemory {
  private readonly buffers = new ReadBuffers()
  /** Who needs what was read last, and how many writes it went into. */
  private need: Need = Need.Over
  private writes = 0
  /** A sink has stalled on it, and needs it until it has room again; nobody else does. */
  private lent: Buffer | undefined
  /** What is in it waits in the reader; nobody else needs it. */
  private waiting: Buffer | undefined

  /** Where the next read goes. */
  get current(): Buffer {
    return this.buffers.current
  }

  /** True for memory that is read into again, sooner or later, unless it is kept for good. */
  isReadInto(buffer: Buffer): boolean {
    return this.buffers.owns(buffer) || buffer === this.waiting
  }

  /** So many bytes of it are about to be looked at. */
  begin(): void {
    this.need = Need.Over
    this.writes = 0
  }

  /** They were: `waits` if some of them stay in the reader, `stalled` if its sink takes no more. */
  end(buffer: Buffer, length: number, waits: boolean, stalled: boolean): void {
    const { need } = this
    if (waits && need === Need.Over) this.waiting = buffer
    this.buffers.turn(length, need === Need.Over && !waits)
    if (need === Need.UntilDrained && !waits && stalled && this.writes === 1) this.lent = buffer
  }

  /** Some of it was written. */
  wrote(sink: Sink): void {
    this.writes++
    if (sink.writableLength === undefined) this.need = Need.ForGood
    else if (sink.writableLength > 0) this.need ||= Need.UntilDrained
    if (this.need !== Need.Over) this.waiting = undefined
  }

  /** Somebody needs what is in it, nobody knows until when. */
  keep(): void {
    this.need = Need.ForGood
    this.waiting = undefined
  }

  /** What waited in this was passed on, or is not wanted. */
  release(buffer: Buffer): void {
    if (buffer !== this.waiting) return
    this.waiting = undefined
    giveBack(buffer)
  }

  /** The sink that stalled has room again, or another is in its place. */
  unlend(sink: Sink | undefined): void {
    if (this.lent !== undefined && sink?.writableLength === 0) giveBack(this.lent)
    this.lent = undefined
  }
}
