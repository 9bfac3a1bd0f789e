import type { Bench } from '../bench.js'
import { below } from '../floor.js'
import type { Origin } from '../origins/origin.js'
import { bareCore } from '../proxies/intermediate.js'
import type { Proxy } from '../proxies/proxy.js'
import { available, run } from '../proxies/running.js'
import type { Contender, Line, Row } from '../row.js'
import { forSmall } from './small-calls.js'

const inMilliseconds = {
  better: 'less',
  show: (time) => `${time.toFixed(0)} ms`,
  floors: [below(150, '150 ms')],
} as const satisfies Partial<Line>

/** From the start of the process to the first connection that it accepts. */
export const start: Row = {
  name: 'start',
  needs: [],
  patience: 2,
  lines: [
    { ...inMilliseconds, key: 'time', title: 'start to listening' },
    { ...inMilliseconds, key: 'bare', title: 'start to listening, a script that uses core alone' },
  ],
  async contenders(bench, { engine }) {
    const proxies = available(bench, forSmall).map((proxy) => starting(bench, engine, proxy, 'time'))
    return [...proxies, starting(bench, engine, bareCore, 'bare')]
  },
}

function starting(parent: Bench, origin: Origin, proxy: Proxy, key: string): Contender {
  return {
    column: proxy.name,
    async sample() {
      await using bench = parent.nested()
      const begun = performance.now()
      await run(bench, proxy, origin)
      return { values: { [key]: performance.now() - begun } }
    },
  }
}
