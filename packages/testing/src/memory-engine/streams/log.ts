import { now } from '../time.js'
import { Condition } from './condition.js'
import type { StreamNumber } from './frames.js'

/** A line of a container's output, with its newline if it has one. */
export interface LogLine {
  readonly ns: bigint
  readonly stream: StreamNumber
  readonly bytes: Buffer
}

/** A longer line is cut into pieces of this many bytes, as the engine does. */
const longestLine = 16 * 1024
/** The oldest lines go when there are more bytes than this. */
const kept = 64 * 1024 * 1024
/** What a block takes besides its bytes, roughly. */
const overhead = 256

/** What a container has written. Lines that were written at once are kept as one block, and parted when they are read. */
export class Log {
  #blocks: LogLine[] = []
  /** Counts on as old blocks go. */
  #firstIndex = 0
  #size = 0
  readonly #begun = new Map<StreamNumber, Buffer>()
  readonly #condition = new Condition()

  append(stream: StreamNumber, bytes: Buffer): void {
    const begun = this.#begun.get(stream)
    const all = begun ? Buffer.concat([begun, bytes]) : Buffer.from(bytes)
    const end = all.lastIndexOf(0x0a) + 1
    const whole = all.length - end >= longestLine ? all.length : end
    if (whole > 0) this.#add(stream, all.subarray(0, whole))
    if (whole < all.length) this.#begun.set(stream, all.subarray(whole))
    else this.#begun.delete(stream)
  }

  /** Nothing more comes for now: what lacks its newline is a line, too. */
  flush(): void {
    for (const [stream, begun] of this.#begun) this.#add(stream, begun)
    this.#begun.clear()
  }

  /** Where the next lines will be. */
  get end(): number {
    return this.#firstIndex + this.#blocks.length
  }

  /** The lines that there are now. */
  *lines(): Generator<LogLine, void, undefined> {
    for (const block of [...this.#blocks]) yield* linesOf(block)
  }

  /** The last of the lines that are wanted, as many as asked for. */
  last(count: number, isWanted: (line: LogLine) => boolean): LogLine[] {
    const found: LogLine[][] = []
    let left = count
    for (let index = this.#blocks.length - 1; index >= 0 && left > 0; index--) {
      const block = this.#blocks[index]
      const lines = block ? [...linesOf(block)].filter(isWanted) : []
      found.unshift(lines.slice(-left))
      left -= lines.length
    }
    return found.flat()
  }

  /** The lines from there on, and where the next ones will be; waits for one unless `isOver`. */
  from(
    index: number,
    isOver: () => boolean,
    signal: AbortSignal,
  ): Promise<{ lines: LogLine[]; next: number }> {
    return this.#condition.until(() => {
      if (this.end <= index && !isOver()) return undefined
      const blocks = this.#blocks.slice(Math.max(0, index - this.#firstIndex))
      return { lines: blocks.flatMap((block) => [...linesOf(block)]), next: this.end }
    }, signal)
  }

  /** Those who wait look again. */
  changed(): void {
    this.#condition.changed()
  }

  #add(stream: StreamNumber, bytes: Buffer): void {
    this.#blocks.push({ ns: now(), stream, bytes })
    this.#size += bytes.length + overhead
    if (this.#size > kept) this.#forget()
    this.#condition.changed()
  }

  /** A quarter at a time: to move the whole list for each block would take long. */
  #forget(): void {
    let gone = 0
    for (const { bytes } of this.#blocks) {
      if (this.#size <= (kept / 4) * 3) break
      this.#size -= bytes.length + overhead
      gone++
    }
    this.#blocks = this.#blocks.slice(gone)
    this.#firstIndex += gone
  }
}

function* linesOf({ ns, stream, bytes }: LogLine): Generator<LogLine, void, undefined> {
  for (let from = 0; from < bytes.length;) {
    const newline = bytes.indexOf(0x0a, from)
    const end = Math.min(newline < 0 ? bytes.length : newline + 1, from + longestLine)
    yield { ns, stream, bytes: bytes.subarray(from, end) }
    from = end
  }
}
