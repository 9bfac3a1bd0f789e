import { atLeast } from '../floor.js'
import { requestRate, requests } from '../load/requests.js'
import { fiveIdleLayers, intermediate } from '../proxies/intermediate.js'
import { run } from '../proxies/running.js'
import type { Row } from '../row.js'

export const noLayers = 'no layers'

export const idleLayers: Row = {
  name: 'idle-layers',
  needs: ['nginx', 'wrk'],
  // Three per cent do not show in fewer.
  patience: 2,
  lines: [
    {
      ...requestRate,
      base: noLayers,
      key: 'cpuRate',
      title: 'five layers that want other endpoints, small calls per CPU second',
      floors: [atLeast(0.97, noLayers)],
    },
  ],
  async contenders(bench, { nginx }) {
    const path = '/v1.45/containers/json'
    const without = await run(bench, intermediate, nginx!)
    const with5 = await run(bench, fiveIdleLayers, nginx!)
    return [{ ...without, name: noLayers }, with5].map((running) =>
      requests(bench, running, nginx!, { path, connections: 32 }),
    )
  },
}
