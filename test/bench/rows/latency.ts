import { atMost } from '../floor.js'
import { requests } from '../load/requests.js'
import { direct } from '../proxies/proxies.js'
import { runAll } from '../proxies/running.js'
import type { Line, Row } from '../row.js'
import { forSmall } from './small-calls.js'

/** What a proxy adds to the time that a call takes without it, against what HAProxy adds. */
export const added = {
  better: 'less',
  base: 'HAProxy',
  minus: direct,
  show: (time) => `${time.toFixed(0)} µs`,
} as const satisfies Partial<Line>

export const latency: Row = {
  name: 'latency',
  needs: ['nginx', 'wrk'],
  lines: [
    {
      ...added,
      key: 'median',
      title: 'added latency, one connection, median',
      floors: [atMost(1.1, 'HAProxy')],
    },
    { ...added, key: 'p99', title: 'added latency, one connection, 99th percentile' },
  ],
  async contenders(bench, { nginx }) {
    const all = await runAll(bench, nginx!, forSmall)
    return all.map((running) =>
      requests(bench, running, nginx!, { path: '/v1.45/containers/json', connections: 1 }),
    )
  },
}
