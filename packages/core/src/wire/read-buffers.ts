/**
 * In bytes: a call and its reply fit in the first, the last is for bulk bodies. Every connection that waits holds one,
 * so the first is small.
 */
const sizes = [8 * 1024, 64 * 1024, 256 * 1024]

/** Of each size, what nobody uses at the moment; more than a few would only be memory that nobody uses. */
const pools: Buffer[][] = sizes.map(() => [])
const poolLength = 16

/**
 * The memory that one socket is read into. Node by itself takes 64 KiB of new memory for every read, however small, which
 * costs a call more than its parsing. Here the same memory is read into again, unless somebody still needs what it
 * holds; it grows with reads that fill it, and shrinks with those that do not.
 */
export class ReadBuffers {
  private buffer: Buffer | undefined
  private step = 0

  /** Where the next read goes. With TLS, Node never asks. */
  get current(): Buffer {
    return (this.buffer ??= take(this.step))
  }

  /** True if the next read may go into this memory. */
  owns(buffer: Buffer): boolean {
    return this.buffer === buffer
  }

  /** Chooses where the next read goes, after one of so many bytes, which are free again or still needed. */
  turn(length: number, free: boolean): void {
    const step = this.stepAfter(length)
    if (free && step === this.step) return
    if (free) giveBack(this.current)
    this.step = step
    this.buffer = take(step)
  }

  private stepAfter(length: number): number {
    const { step } = this
    if (length === this.current.length) return Math.min(step + 1, sizes.length - 1)
    let fitting = step
    while (fitting > 0 && length <= sizes[fitting - 1]!) fitting--
    return fitting
  }
}

/** For whoever needed a buffer longer than until the next read, and needs it no more. */
export function giveBack(buffer: Buffer): void {
  const pool = pools[sizes.indexOf(buffer.length)]
  if (pool !== undefined && pool.length < poolLength) pool.push(buffer)
}

function take(step: number): Buffer {
  return pools[step]!.pop() ?? Buffer.allocUnsafeSlow(sizes[step]!)
}
