import { IntermediateError } from './errors.js'
import type { StackEntry } from './stack-entry.js'

/** The time that a layer has for itself: it does not run while the layer waits for others. */
export class Deadline {
  private readonly entry: StackEntry
  private readonly callName: string
  private left: number
  private since = 0
  private outsiders = 0
  private timer: NodeJS.Timeout | undefined
  private expire: ((error: Error) => void) | undefined
  private isOver = false
  /** The layer has returned or thrown. */
  private isDone = false

  constructor(entry: StackEntry, callName: string) {
    this.entry = entry
    this.callName = callName
    this.left = entry.deadline ?? 0
  }

  /** The same, unless the layer's time is over before. */
  async limit<T>(work: Promise<T>): Promise<T> {
    if (this.entry.deadline === undefined) return work
    const late = new Promise<never>((_, reject) => (this.expire = reject))
    this.run()
    try {
      return await Promise.race([work, late])
    } finally {
      this.isDone = true
      clearTimeout(this.timer)
      Promise.resolve(work).catch(() => {})
    }
  }

  /**
   * Begins something, during which the layer's time stands still.
   * @throws IntermediateError for a layer whose time is over: it begins nothing any more
   */
  async outside<T>(begin: () => Promise<T>): Promise<T> {
    if (this.entry.deadline === undefined) return begin()
    if (this.isOver) throw this.error()
    if (this.outsiders++ === 0) this.stop()
    try {
      return await begin()
    } finally {
      if (--this.outsiders === 0) this.run()
    }
  }

  private run(): void {
    if (this.isOver || this.isDone || this.outsiders > 0) return
    this.since = performance.now()
    this.timer = setTimeout(() => {
      this.isOver = true
      this.expire?.(this.error())
    }, this.left)
  }

  private stop(): void {
    clearTimeout(this.timer)
    this.left = Math.max(0, this.left - (performance.now() - this.since))
  }

  private error(): IntermediateError {
    const { name, deadline } = this.entry
    return new IntermediateError(
      'ERR_DEADLINE',
      504,
      `${this.callName}: the layer "${name}" took longer than its deadline of ${deadline} ms.`,
    )
  }
}
