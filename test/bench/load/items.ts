import { setTimeout } from 'node:timers/promises'
import type { Bench } from '../bench.js'
import { beside } from '../bench.js'
import type { Origin } from '../origins/origin.js'
import { memoryBytes } from '../proc.js'
import type { Proxy } from '../proxies/proxy.js'
import { run } from '../proxies/running.js'
import type { Contender, Sample } from '../row.js'
import type { Work } from './busy.js'
import { whileBusy } from './busy.js'

export interface Items {
  readonly path: string
  readonly count: number
  /** Of the content that is to arrive, in bytes. */
  readonly length: number
}

/**
 * Has a proxy of its own carry one long reply. `time` is in s, `rate` in items for each second. Of its memory, in bytes:
 * `early` and `late` are the most that it had in the first fifth of the time and after, `peak` how far it rose above
 * what it had before.
 * @throws Error where not exactly that much arrives
 */
export function items(bench: Bench, proxy: Proxy, column: string, asked: Items & { of: Origin }): Contender {
  return { column, sample: () => carry(bench, proxy, asked) }
}

async function carry(
  parent: Bench,
  proxy: Proxy,
  { of, path, count, length }: Items & { of: Origin },
): Promise<Sample> {
  await using bench = parent.nested()
  const { port, processes } = await run(bench, proxy, of)
  const pids = processes.map(({ pid }) => pid)
  const before = memoryBytes(pids)
  const watch = new MemoryWatch(pids)
  const { result, busy } = await whileBusy(bench, { proxies: processes, origin: of.process }, async () => {
    const load = bench.load(process.execPath, beside('load/whole-reply.js'), String(port), path)
    const [output] = await Promise.all([load, watch.until(load)])
    return JSON.parse(output) as Work & { readonly bytes: number }
  })
  if (result.bytes !== length)
    throw new Error(`Of ${path} came ${result.bytes} bytes of content, and not the ${length} that are due.`)
  const { early, late } = watch.result()
  const values = {
    time: result.seconds,
    rate: count / result.seconds,
    early,
    late,
    growth: late - early,
    peak: Math.max(early, late) - before,
  }
  return { values, busy }
}

/** In ms, between two looks at the memory of a proxy. */
const between = 50

class MemoryWatch {
  private readonly pids: readonly number[]
  private readonly seen: number[] = []

  constructor(pids: readonly number[]) {
    this.pids = pids
  }

  /** Looks until the work is over. */
  async until(work: Promise<unknown>): Promise<void> {
    const ended = new AbortController()
    const end = (): void => ended.abort()
    work.then(end, end)
    while (!ended.signal.aborted) {
      this.seen.push(memoryBytes(this.pids))
      await setTimeout(between, undefined, { signal: ended.signal }).catch(() => {})
    }
    this.seen.push(memoryBytes(this.pids))
  }

  result(): { early: number; late: number } {
    const fifth = Math.ceil(this.seen.length / 5)
    return {
      early: Math.max(...this.seen.slice(0, fifth)),
      late: Math.max(...this.seen.slice(fifth)),
    }
  }
}
