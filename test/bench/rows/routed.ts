import { requestRate, requests } from '../load/requests.js'
import { enginesAsOne, intermediate, routingLayer } from '../proxies/intermediate.js'
import type { Proxy } from '../proxies/proxy.js'
import { run } from '../proxies/running.js'
import type { Row } from '../row.js'
import { noLayers } from './idle-layers.js'

export const routed: Row = routedRow('routed', 'sent where a function says', routingLayer)
export const engines: Row = routedRow('engines', 'that two engines answer as one', enginesAsOne)

function routedRow(name: string, how: string, layer: Proxy): Row {
  return {
    name,
    needs: ['nginx', 'wrk'],
    lines: [
      {
        ...requestRate,
        base: noLayers,
        key: 'cpuRate',
        title: `small calls ${how}, per CPU second, against no layer`,
      },
    ],
    async contenders(bench, { nginx }) {
      const without = await run(bench, intermediate, nginx!)
      const routing = await run(bench, layer, nginx!)
      return [{ ...without, name: noLayers }, routing].map((one) =>
        requests(bench, one, nginx!, { path: '/v1.45/containers/json', connections: 32 }),
      )
    },
  }
}
