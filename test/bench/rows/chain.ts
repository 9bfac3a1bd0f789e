import type { Bench } from '../bench.js'
import { requestRate, requests } from '../load/requests.js'
import type { Origin } from '../origins/origin.js'
import { haproxy } from '../proxies/haproxy.js'
import { intermediate } from '../proxies/intermediate.js'
import { direct } from '../proxies/proxies.js'
import type { Running } from '../proxies/running.js'
import { available, run } from '../proxies/running.js'
import type { Contender, Row } from '../row.js'
import { added } from './latency.js'

export const chainOf3: Row = chainOf(3)
export const chainOf5: Row = chainOf(5)

/** Proxies behind one another, all on the one core. A chain of one is the row of small calls. */
function chainOf(hops: number): Row {
  return {
    name: `chain-${hops}`,
    needs: ['nginx', 'wrk'],
    lines: [
      { ...requestRate, key: 'rate', title: `a chain of ${hops}, small calls, 32 connections` },
      { ...added, key: 'median', title: `a chain of ${hops}, added latency, median` },
    ],
    async contenders(bench, { nginx }) {
      const chains: Running[] = [{ name: direct, port: nginx!.port, processes: [] }]
      for (const proxy of available(bench, [intermediate, haproxy]))
        chains.push(await run(bench, proxy, nginx!, { hops }))
      return chains.map((running) => both(bench, running, nginx!))
    },
  }
}

function both(bench: Bench, running: Running, origin: Origin): Contender {
  const path = '/v1.45/containers/json'
  const many = requests(bench, running, origin, { path, connections: 32 })
  const one = requests(bench, running, origin, { path, connections: 1 })
  return {
    column: running.name,
    async sample(seconds) {
      const { values, busy } = await many.sample(seconds)
      const { median } = (await one.sample(seconds)).values
      return { values: { ...values, median: median! }, ...(busy && { busy }) }
    },
  }
}
