import type { CallBegun, TapEvent } from './events.js'

/**
 * Where events go, one at a time: after a promise, the next comes when that is fulfilled. What comes meanwhile is kept up
 * to a limit, and past that dropped and counted. A call is never waiting for its sink.
 *
 * An event at which it throws is lost, and the next says so in `dropped`. A sink that says of itself what it has lost throws
 * an error that is `counted: true`.
 */
export interface Sink {
  (event: TapEvent): void | PromiseLike<unknown>
  /**
   * The types that it takes. What nobody takes is not looked at. It is asked at the beginning of each call, and a sink that
   * takes others from then on has another list. Default: all.
   */
  readonly wants?: readonly TapEvent['type'][]
  /**
   * Fields to set in the call before it goes on, where a sink changes calls; undefined takes one off. It is asked at once,
   * and must not wait.
   */
  readonly headers?: (begun: CallBegun) => Readonly<Record<string, string | undefined>>
}
