import { PassThrough } from 'node:stream'

/** How many lines of one source may wait before it is asked to. */
const enough = 256

interface Line {
  readonly source: unknown
  readonly time: bigint
  readonly bytes: Buffer
  /** When it goes, whatever comes of the others. */
  readonly due: number
  readonly gone: (() => void) | undefined
}

/**
 * Lines of several sources as one stream, by their times: each waits until every other source has one as well, has
 * ended, or `patience` ms are over.
 */
export class Merge {
  readonly output = new PassThrough()
  private readonly patience: number
  /** The sources that are open, with how many lines of each wait. */
  private readonly open = new Map<unknown, number>()
  private readonly lines: Line[] = []
  private timer: NodeJS.Timeout | undefined
  private isFull = false
  private isEnding = false

  /** @param patience in ms */
  constructor(patience: number) {
    this.patience = patience
    this.output.on('drain', () => {
      this.isFull = false
      this.go()
    })
    this.output.on('close', () => clearTimeout(this.timer))
  }

  /** Others wait for lines of this source from now on. */
  begin(source: unknown): void {
    this.open.set(source, 0)
  }

  /** Resolves when the source, which has begun, may send the next one. */
  async offer(source: unknown, time: bigint, bytes: Buffer): Promise<void> {
    const waiting = (this.open.get(source) ?? 0) + 1
    this.open.set(source, waiting)
    const due = performance.now() + this.patience
    await new Promise<void>((resolve) => {
      const isEnough = waiting >= enough
      const at = this.lines.findLastIndex((line) => line.time <= time)
      this.lines.splice(at + 1, 0, { source, time, bytes, due, gone: isEnough ? resolve : undefined })
      if (!isEnough) resolve()
      this.go()
    })
  }

  /** Nobody waits for this source any more. */
  finish(source: unknown): void {
    this.open.delete(source)
    this.go()
  }

  /** What is there goes, and then the output ends. */
  end(): void {
    this.isEnding = true
    this.go()
  }

  private go(): void {
    clearTimeout(this.timer)
    while (!this.isFull && this.lines.length > 0) {
      const line = this.lines[0]!
      const left = line.due - performance.now()
      if (left > 0 && [...this.open.values()].includes(0)) {
        this.timer = setTimeout(() => this.go(), left)
        return
      }
      this.lines.shift()
      const waiting = this.open.get(line.source)
      if (waiting !== undefined) this.open.set(line.source, waiting - 1)
      this.isFull = !this.output.write(line.bytes)
      line.gone?.()
    }
    if (this.isEnding && this.lines.length === 0 && !this.output.writableEnded) this.output.end()
  }
}
