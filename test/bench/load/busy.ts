import type { Bench } from '../bench.js'
import { coreSeconds, cpuSeconds } from '../proc.js'
import type { Busy } from '../row.js'
import type { Started } from '../started.js'

/** Who works while a load is on. */
export interface Workers {
  readonly proxies: readonly Started[]
  readonly origin: Started
}

/** What a load generator tells of its own work. */
export interface Work {
  /** How long it took, in s. */
  readonly seconds: number
  /** The processor time that the load generator took, in s. */
  readonly cpu: number
}

/** Runs a load, and says who was how busy with it. */
export async function whileBusy<T extends Work>(
  bench: Bench,
  { proxies, origin }: Workers,
  load: () => Promise<T>,
): Promise<{ result: T; busy: Busy; proxySeconds: number }> {
  const pids = proxies.map(({ pid }) => pid)
  const core = bench.cores.proxy
  const look = () => ({
    proxy: cpuSeconds(pids),
    origin: cpuSeconds([origin.pid]),
    core: core === undefined ? 0 : coreSeconds(core),
    at: performance.now() / 1000,
  })
  const before = look()
  const result = await load()
  const after = look()
  const proxySeconds = after.proxy - before.proxy
  const { seconds, cpu } = result
  const busy = {
    proxy: proxySeconds / seconds,
    origin: (after.origin - before.origin) / seconds,
    load: cpu / seconds,
    others: Math.max(0, (after.core - before.core - proxySeconds) / (after.at - before.at)),
  }
  return { result, busy, proxySeconds }
}
