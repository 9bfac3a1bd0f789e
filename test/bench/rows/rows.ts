import type { Row } from '../row.js'
import { bulkDown, bulkDownChunked, bulkUp } from './bulk-rows.js'
import { chainOf3, chainOf5 } from './chain.js'
import { idleLayers } from './idle-layers.js'
import { eventStreams, tlsEventStreams, tlsTunnels, tunnels } from './idle-memory.js'
import { eventFilter, listFilter } from './item-filter.js'
import { latency } from './latency.js'
import { readingRow } from './reading-layer.js'
import { engines, routed } from './routed.js'
import { smallCalls } from './small-calls.js'
import { start } from './start.js'
import { counted, tapped, unwatched } from './tap.js'
import { tenKilobytes } from './ten-kilobytes.js'

/** What is measured, in the order of the table. */
export const rows: readonly Row[] = [
  smallCalls,
  tenKilobytes,
  bulkDown,
  bulkDownChunked,
  bulkUp,
  latency,
  chainOf3,
  chainOf5,
  idleLayers,
  readingRow,
  listFilter,
  eventFilter,
  counted,
  unwatched,
  tapped,
  routed,
  engines,
  tunnels,
  eventStreams,
  tlsTunnels,
  tlsEventStreams,
  start,
]
