import { atLeast } from '../floor.js'
import { requestRate, requests } from '../load/requests.js'
import { haproxySplicing } from '../proxies/haproxy.js'
import { proxies } from '../proxies/proxies.js'
import { runAll } from '../proxies/running.js'
import type { Row } from '../row.js'

/** Those without the one whose difference shows in large bodies only. */
export const forSmall = proxies.filter((proxy) => proxy !== haproxySplicing)

export const smallCalls: Row = {
  name: 'small',
  needs: ['nginx', 'wrk'],
  lines: [
    {
      ...requestRate,
      key: 'rate',
      title: 'small calls, 32 connections',
      floors: [atLeast(0.65, 'HAProxy'), atLeast(3, 'Go ReverseProxy')],
    },
    { ...requestRate, key: 'cpuRate', title: '… per CPU second of the proxy' },
  ],
  async contenders(bench, { nginx }) {
    const all = await runAll(bench, nginx!, forSmall)
    return all.map((running) =>
      requests(bench, running, nginx!, { path: '/v1.45/containers/json', connections: 32 }),
    )
  },
}
