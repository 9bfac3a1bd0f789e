import type { CallBegun, CallEnded, TapEvent } from './events.js'
import type { Sink } from './sink.js'

/** In bytes, what an event counts for besides its content: more than it takes, as its objects go. */
const eventSize = 512

/** In ms, how long a sink that does not wait is given what has come before calls have their turn again. */
const slice = 5

interface Waiting {
  readonly event: TapEvent
  readonly size: number
  readonly finish: Finish | undefined
}

/** Makes an event whole when its turn has come, which is not the time of a call; false: it is none after all. */
export type Finish = () => boolean

/**
 * Events on their way to a sink, at most so many bytes of them. Past that they are dropped, and the next that is kept
 * says how many. Of a call whose beginning was kept, the end is too; of one whose beginning was dropped, nothing is.
 */
export class SinkQueue {
  private readonly sink: Sink
  private readonly limit: number
  private readonly onError: (error: unknown) => void
  private waiting: Waiting[] = []
  private bytes = 0
  private dropped = 0
  /** Dropped before what was no event after all, or lost with what the sink threw. */
  private uncounted = 0
  private pumping = false

  /** @param limit in bytes */
  constructor(sink: Sink, limit: number, onError: (error: unknown) => void) {
    this.sink = sink
    this.limit = limit
    this.onError = onError
  }

  /**
   * Keeps room for the end of a call as well.
   * @param event undefined where the sink does not take it
   * @param size in bytes, of what is in it
   * @returns false if there is no room
   */
  begin(event: CallBegun | undefined, size: number): boolean {
    if (!this.reserve(event === undefined ? eventSize : size + 2 * eventSize)) {
      if (event !== undefined) this.dropped++
      return false
    }
    if (event !== undefined) this.push(event, size + eventSize)
    return true
  }

  /** @returns false if it was dropped */
  add(event: TapEvent, size: number, finish?: Finish): boolean {
    if (!this.reserve(size + eventSize)) {
      this.dropped++
      return false
    }
    this.push(event, size + eventSize, finish)
    return true
  }

  /** @param event undefined where the sink does not take it */
  end(event: CallEnded | undefined, finish?: Finish): void {
    if (event === undefined) this.bytes -= eventSize
    else this.push(event, eventSize, finish)
  }

  /** For an event that a call would have had, had its beginning been kept. */
  drop(): void {
    this.dropped++
  }

  private reserve(size: number): boolean {
    if (this.bytes + size > this.limit) return false
    this.bytes += size
    return true
  }

  private push(event: TapEvent, size: number, finish?: Finish): void {
    if (this.dropped > 0) {
      event.dropped = this.dropped
      this.dropped = 0
    }
    this.waiting.push({ event, size, finish })
    if (this.pumping) return
    this.pumping = true
    setImmediate(() => void this.pump())
  }

  private async pump(): Promise<void> {
    while (this.waiting.length > 0) {
      // What comes meanwhile has its turn after the calls have had theirs, so that a sink that does not wait keeps up.
      const turn: (Waiting | undefined)[] = this.waiting
      this.waiting = []
      let begun = performance.now()
      for (let at = 0; at < turn.length; at++) {
        const { event, size, finish } = turn[at]!
        try {
          if (finish === undefined || finish()) {
            const taking = this.tell(event)
            if (taking !== undefined) await taking
          } else this.uncounted += event.dropped ?? 0
        } catch (error) {
          if (!isCounted(error)) this.uncounted += 1 + (event.dropped ?? 0)
          this.onError(error)
        }
        this.bytes -= size
        // Its memory is free, though others of its turn still wait.
        turn[at] = undefined
        if (performance.now() - begun < slice) continue
        await turnOfCalls()
        begun = performance.now()
      }
      await turnOfCalls()
    }
    this.pumping = false
  }

  private tell(event: TapEvent): void | PromiseLike<unknown> {
    if (this.uncounted > 0) {
      event.dropped = (event.dropped ?? 0) + this.uncounted
      this.uncounted = 0
    }
    return this.sink(event)
  }
}

/** The sink says itself what it has lost. */
function isCounted(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'counted' in error && error.counted === true
}

function turnOfCalls(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
