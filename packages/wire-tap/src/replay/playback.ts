import { Readable, Writable } from 'node:stream'

/** What a reply does next, and how long, in ms, after what it did before. */
export type Step =
  | { readonly after: number; readonly bytes: Buffer }
  /** It waits for the client to have sent so many bytes in all, or to have ended its side. */
  | { readonly after: number; readonly input: number }

export interface PlaybackOptions {
  /** Keeps the times between the steps; else all come at once. */
  readonly pace: boolean
  /** It has an end; else it stays open. */
  readonly ends: boolean
  readonly input?: Input
  /** Ends it, as engines do when a client leaves: of one that only waits, nobody else would see it. */
  readonly signal?: AbortSignal
}

/** The longest time that Node waits for. */
const longest = 2 ** 31 - 1

/** What a tunnel's client sends: it is counted. */
export class Input extends Writable {
  count = 0
  ended = false
  onMore = (): void => {}

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.count += bytes.length
    this.onMore()
    done()
  }

  override _final(done: () => void): void {
    this.ended = true
    this.onMore()
    done()
  }
}

/** The steps of a recorded reply, one after the other, as fast as they are read. */
export class Playback extends Readable {
  private readonly steps: readonly Step[]
  private readonly options: PlaybackOptions
  private at = 0
  private wanted = false
  private timer: NodeJS.Timeout | undefined
  /** The time before the step has passed. */
  private isDue = false

  constructor(steps: readonly Step[], options: PlaybackOptions) {
    super()
    this.steps = steps
    this.options = options
    const { input, signal } = options
    if (input !== undefined) input.onMore = () => this.goOn()
    if (signal?.aborted) this.leave()
    else signal?.addEventListener('abort', () => this.leave(), { once: true })
  }

  override _read(): void {
    this.wanted = true
    this.goOn()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.timer)
    done(error)
  }

  private leave(): void {
    this.wanted = false
    this.at = this.steps.length
    clearTimeout(this.timer)
    this.push(null)
  }

  private goOn(): void {
    while (this.wanted) {
      const step = this.steps[this.at]
      if (step === undefined) {
        this.wanted = false
        if (this.options.ends) this.push(null)
        return
      }
      if (!this.mayTake(step)) return
      this.isDue = false
      this.at++
      if ('bytes' in step) this.wanted = this.push(step.bytes)
    }
  }

  private mayTake(step: Step): boolean {
    const { input, pace } = this.options
    if ('input' in step) return input === undefined || input.ended || input.count >= step.input
    if (!pace || this.isDue || step.after <= 0) return true
    this.timer ??= setTimeout(
      () => {
        this.timer = undefined
        this.isDue = true
        this.goOn()
      },
      Math.min(step.after, longest),
    )
    return false
  }
}
