import { atLeast } from '../floor.js'
import type { Bulk } from '../load/bulk.js'
import { bulk, bulkRate } from '../load/bulk.js'
import { runAll } from '../proxies/running.js'
import type { Row } from '../row.js'

/** A body of a length that is known before. */
export const bulkDown: Row = bulkRow('down', 'bulk down, with a length', 1, 'nginx', {
  direction: 'download',
  path: '/v1.45/images/get',
})

/** As the engine sends exports and archives. */
export const bulkDownChunked: Row = bulkRow('down-chunked', 'bulk down, chunked', 1, 'engine', {
  direction: 'download',
  path: '/v1.45/containers/web/export',
})

/** As the docker command sends build contexts and images. */
export const bulkUp: Row = bulkRow('up', 'bulk up, chunked', 0.8, 'engine', {
  direction: 'upload',
  path: '/v1.45/images/load',
})

function bulkRow(name: string, title: string, floor: number, from: 'nginx' | 'engine', what: Bulk): Row {
  return {
    name,
    needs: from === 'nginx' ? ['nginx'] : [],
    lines: [
      { ...bulkRate, key: 'rate', title, floors: [atLeast(floor, 'HAProxy')] },
      { ...bulkRate, key: 'cpuRate', title: '… per CPU second of the proxy' },
    ],
    async contenders(bench, origins) {
      const origin = origins[from]!
      const all = await runAll(bench, origin)
      return all.map((running) => bulk(bench, running, origin, what))
    },
  }
}
