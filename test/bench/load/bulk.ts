import type { Bench } from '../bench.js'
import { beside } from '../bench.js'
import type { Origin } from '../origins/origin.js'
import type { Running } from '../proxies/running.js'
import type { Contender, Line } from '../row.js'
import type { Work } from './busy.js'
import { whileBusy } from './busy.js'

export interface Bulk {
  readonly direction: 'download' | 'upload'
  readonly path: string
}

/** Measures how much one connection carries: `rate` and `cpuRate`, in bytes for each second. */
export function bulk(bench: Bench, running: Running, origin: Origin, { direction, path }: Bulk): Contender {
  const workers = { proxies: running.processes, origin: origin.process }
  const script = beside(`load/${direction}.js`)
  const args = [script, String(running.port), path]
  return {
    column: running.name,
    async sample(seconds) {
      const { result, busy, proxySeconds } = await whileBusy(bench, workers, async () => {
        const output = await bench.load(process.execPath, ...args, String(seconds))
        return JSON.parse(output) as Work & { readonly bytes: number }
      })
      const values = { rate: result.bytes / result.seconds, cpuRate: result.bytes / proxySeconds }
      return { values, busy }
    },
  }
}

/** How bytes in each second are shown, against HAProxy's. */
export const bulkRate = {
  better: 'more',
  base: 'HAProxy',
  show: (rate) => `${(rate / 1e9).toFixed(2)} GB/s`,
} as const satisfies Partial<Line>
