import { writeFile } from 'node:fs/promises'
import { createBody } from '../load/create-body.js'
import { requestRate, requests } from '../load/requests.js'
import { intermediate, readingLayer } from '../proxies/intermediate.js'
import { available, run } from '../proxies/running.js'
import type { Row } from '../row.js'
import { noLayers } from './idle-layers.js'
import { forSmall } from './small-calls.js'

/** Ours reads the body and sends it again; all others, ours without a layer among them, forward it. */
export const readingRow: Row = {
  name: 'reading-layer',
  needs: ['nginx', 'wrk'],
  lines: [
    {
      ...requestRate,
      base: noLayers,
      key: 'rate',
      title:
        'create calls of 2.4 KB that a layer reads and sends again, against no layer (others: forwarded)',
    },
    { ...requestRate, base: noLayers, key: 'cpuRate', title: '… per CPU second of the proxy' },
  ],
  async contenders(bench, { nginx }) {
    const bodyFile = bench.file('create-body.json')
    await writeFile(bodyFile, createBody)
    const running = [{ ...(await run(bench, intermediate, nginx!)), name: noLayers }]
    for (const proxy of available(bench, forSmall))
      running.push(await run(bench, proxy === intermediate ? readingLayer : proxy, nginx!))
    return running.map((one) =>
      requests(bench, one, nginx!, { path: '/v1.45/containers/create', connections: 32, bodyFile }),
    )
  },
}
