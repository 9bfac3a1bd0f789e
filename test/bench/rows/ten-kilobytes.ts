import { atLeast } from '../floor.js'
import { requestRate, requests } from '../load/requests.js'
import { runAll } from '../proxies/running.js'
import type { Row } from '../row.js'
import { forSmall } from './small-calls.js'

export const tenKilobytes: Row = {
  name: '10k',
  needs: ['nginx', 'wrk'],
  lines: [
    {
      ...requestRate,
      key: 'rate',
      title: '10 KB replies, 32 connections',
      floors: [atLeast(0.75, 'HAProxy')],
    },
    { ...requestRate, key: 'cpuRate', title: '… per CPU second of the proxy' },
  ],
  async contenders(bench, { nginx }) {
    const all = await runAll(bench, nginx!, forSmall)
    return all.map((running) =>
      requests(bench, running, nginx!, { path: '/v1.45/images/json', connections: 32 }),
    )
  },
}
