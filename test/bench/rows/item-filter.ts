import { below } from '../floor.js'
import { containers, events } from '../load/docker-replies.js'
import { items } from '../load/items.js'
import { intermediate, itemFilter } from '../proxies/intermediate.js'
import type { Line, Row } from '../row.js'
import { noLayers } from './idle-layers.js'

const inSeconds = { better: 'less', show: (time) => `${time.toFixed(2)} s` } as const satisfies Partial<Line>

const inMegabytes = {
  better: 'less',
  show: (bytes) => `${(bytes / 1e6).toFixed(0)} MB`,
} as const satisfies Partial<Line>

/** A list far larger than what may be held of it at a time. */
export const listFilter: Row = filterRow('list-filter', 'containers', 100, [
  {
    ...inSeconds,
    base: noLayers,
    key: 'time',
    title: 'a list of 100,000 containers (115 MB), one of ten left out by a layer, against no layer',
  },
  {
    ...inMegabytes,
    key: 'peak',
    title: '… what the memory of the proxy rises by at most',
    floors: [below(128e6, '128 MB')],
  },
])

/** A stream as long as that of months, in which memory must not grow: to keep 32 bytes of each event would show. */
export const eventFilter: Row = filterRow('event-filter', 'events', 1000, [
  {
    better: 'more',
    show: (rate) => `${(rate / 1000).toFixed(0)}k/s`,
    base: noLayers,
    key: 'rate',
    title: 'a million events, one of ten left out by a layer, against no layer',
  },
  { ...inMegabytes, key: 'early', title: '… most memory of the proxy in the first fifth of the time' },
  {
    ...inMegabytes,
    key: 'growth',
    title: '… and by how much more it rises after that',
    floors: [below(32e6, '32 MB')],
  },
])

/** The proxy is a new one each time, so that its memory tells of this reply alone. */
function filterRow(
  name: string,
  kind: 'containers' | 'events',
  thousands: number,
  lines: readonly Line[],
): Row {
  const many = { containers, events }[kind]
  const path = `/v1.45/${kind === 'containers' ? 'containers/json' : 'events'}?thousands=${thousands}`
  const count = thousands * 1000
  return {
    name,
    needs: [],
    patience: 2 / 3,
    cold: true,
    lines,
    async contenders(bench, { engine: of }) {
      return [
        items(bench, intermediate, noLayers, { of, path, count, length: many.length(thousands, false) }),
        items(bench, itemFilter, intermediate.name, {
          of,
          path,
          count,
          length: many.length(thousands, true),
        }),
      ]
    },
  }
}
