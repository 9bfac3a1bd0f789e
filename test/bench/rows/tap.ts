import { requestRate, requests } from '../load/requests.js'
import { countingLayer, intermediate, tappingLayer, watchableTap } from '../proxies/intermediate.js'
import type { Proxy } from '../proxies/proxy.js'
import { run } from '../proxies/running.js'
import type { Row } from '../row.js'
import { noLayers } from './idle-layers.js'

export const tapped: Row = tapRow('tap', 'of which a sink is told everything', tappingLayer)
export const counted: Row = tapRow('tap-ends', 'of which a sink is told how they end', countingLayer)
export const unwatched: Row = tapRow('tap-unwatched', 'that nobody watches, but could', watchableTap)

/** What it costs to tell a sink of calls, and not what the sink does with that. */
function tapRow(name: string, told: string, layer: Proxy): Row {
  return {
    name,
    needs: ['nginx', 'wrk'],
    lines: [
      {
        ...requestRate,
        base: noLayers,
        key: 'cpuRate',
        title: `10 KB replies ${told}, per CPU second, against no layer`,
      },
    ],
    async contenders(bench, { nginx }) {
      const without = await run(bench, intermediate, nginx!)
      const tapping = await run(bench, layer, nginx!)
      return [{ ...without, name: noLayers }, tapping].map((one) =>
        requests(bench, one, nginx!, { path: '/v1.45/images/json', connections: 32 }),
      )
    },
  }
}
