import type { Bench } from '../bench.js'
import type { Origin } from '../origins/origin.js'
import type { Running } from '../proxies/running.js'
import type { Contender, Line } from '../row.js'
import { whileBusy } from './busy.js'
import { wrk } from './wrk.js'

export interface Requests {
  readonly path: string
  readonly connections: number
  /** The path of what is posted, as JSON; undefined: GET. */
  readonly bodyFile?: string
}

/** Measures requests: `rate` and `cpuRate` in requests for each second, `median` and `p99` of their time in µs. */
export function requests(bench: Bench, running: Running, origin: Origin, asked: Requests): Contender {
  const workers = { proxies: running.processes, origin: origin.process }
  return {
    column: running.name,
    async sample(seconds) {
      const { result, busy, proxySeconds } = await whileBusy(bench, workers, () =>
        wrk(bench, { ...asked, port: running.port, seconds }),
      )
      const { median, p99 } = result
      const values = {
        rate: result.requests / result.seconds,
        cpuRate: result.requests / proxySeconds,
        median,
        p99,
      }
      return { values, busy }
    },
  }
}

/** How requests in each second are shown, against HAProxy's. */
export const requestRate = {
  better: 'more',
  base: 'HAProxy',
  show: (rate) => `${(rate / 1000).toFixed(1)}k/s`,
} as const satisfies Partial<Line>
