import type { JsonObject } from './json-place.js'
import { numberIn } from './json-place.js'
import type { Bound, Bounds } from './limit-options.js'
import { within } from './limit-options.js'

/** Brings the limits of a new container within bounds, in its `HostConfig`. */
export function limitContainer(host: JsonObject | undefined, { memory, cpus, pids }: Bounds): void {
  if (host === undefined) return
  if (memory !== undefined) limitMemory(host, memory)
  if (cpus !== undefined) limitCpus(host, cpus)
  if (pids !== undefined) limitPids(host, pids)
}

/**
 * The same for an update, in which 0 and absent leave what there is.
 * @param has the `HostConfig` of the container
 */
export function limitUpdate(update: JsonObject, has: JsonObject, { memory, cpus, pids }: Bounds): void {
  const overlaid = (names: readonly string[], limit: (both: JsonObject) => void) => {
    const both: JsonObject = {}
    for (const name of names) both[name] = saysSomething(update, name) ? update[name] : has[name]
    const before = { ...both }
    limit(both)
    for (const name of names) if (both[name] !== before[name]) update[name] = both[name]
  }
  if (changesMemory(update, memory)) overlaid(memoryFields, (both) => limitMemory(both, ceiling(memory)))
  if (changesCpus(update, cpus)) overlaid(cpuFields, (both) => limitCpus(both, ceiling(cpus)))
  const isLifted = update['PidsLimit'] === 0
  if (pids?.max !== undefined && isLifted) update['PidsLimit'] = pids.max
  else if (pids?.max !== undefined) limitPids(update, ceiling(pids))
}

/** True if an update changes something of which it takes the whole to see where it ends. */
export function reachesLimits(update: JsonObject, { memory, cpus }: Bounds): boolean {
  return changesMemory(update, memory) || changesCpus(update, cpus)
}

/** In CPU time: microseconds of a period that the engine takes where none is given. */
export const defaultPeriod = 100_000
/** The least that the engine takes for a quota, in microseconds. */
const leastQuota = 1000

const memoryFields = ['Memory', 'MemorySwap', 'MemoryReservation']
const cpuFields = ['NanoCpus', 'CpuQuota', 'CpuPeriod']

/** The reservation alone lifts nothing. */
function changesMemory(update: JsonObject, bound: Bound | undefined): bound is Bound {
  return bound?.max !== undefined && ['Memory', 'MemorySwap'].some((name) => saysSomething(update, name))
}

function changesCpus(update: JsonObject, bound: Bound | undefined): bound is Bound {
  return bound?.max !== undefined && cpuFields.some((name) => saysSomething(update, name))
}

function saysSomething(update: JsonObject, name: string): boolean {
  const value = update[name] ?? 0
  return value !== 0 && value !== 0n
}

function ceiling({ max }: Bound): Bound {
  return { default: undefined, max }
}

/**
 * `MemorySwap` is memory and swap together: absent or 0 is twice the memory, negative unlimited swap. Where memory is
 * lowered, it goes down by as much; it and the reservation must fit, or the engine refuses.
 */
export function limitMemory(host: JsonObject, bound: Bound): void {
  const [memory, swap, reserved] = memoryFields.map((name) => numberIn(host, name))
  if (memory === undefined || swap === undefined || reserved === undefined) return
  const limit = within(bound, memory)
  if (limit === undefined) return
  if (limit !== memory) {
    host['Memory'] = limit
    if (reserved > limit) host['MemoryReservation'] = limit
  }
  if (bound.max === undefined) return
  const lowered = memory > limit && swap >= memory ? swap - (memory - limit) : swap
  const most = swap < 0 ? 2 * limit : Math.min(lowered, 2 * limit)
  if (most !== swap) host['MemorySwap'] = most
}

/**
 * CPUs are said in one of two ways, `NanoCpus`, or `CpuQuota` of each `CpuPeriod`, of which the engine refuses both at
 * once; but a negative quota besides lifts what NanoCpus says. The way that the client chose is kept.
 */
export function limitCpus(host: JsonObject, bound: Bound): void {
  const [nano, quota, period] = cpuFields.map((name) => numberIn(host, name))
  if (nano === undefined || quota === undefined || period === undefined) return
  if (nano < 0 || period < 0 || (nano > 0 && (quota > 0 || period > 0))) return
  const asked = quota < 0 ? -1 : nano > 0 ? nano / 1e9 : quota / (period || defaultPeriod)
  const cpus = within(bound, asked)
  if (cpus === undefined || cpus === asked) return
  if (nano > 0 || (quota === 0 && period === 0)) {
    host['NanoCpus'] = Math.round((nano > 0 ? Math.min(nano / 1e9, cpus) : cpus) * 1e9)
    if (quota < 0) host['CpuQuota'] = 0
    return
  }
  const share = Math.floor(cpus * (period || defaultPeriod))
  if (share < leastQuota) host['CpuPeriod'] = defaultPeriod
  host['CpuQuota'] = share < leastQuota ? Math.floor(cpus * defaultPeriod) : share
}

function limitPids(host: JsonObject, bound: Bound): void {
  const pids = numberIn(host, 'PidsLimit')
  const limit = pids === undefined ? undefined : within(bound, pids)
  if (limit !== undefined && limit !== pids) host['PidsLimit'] = limit
}
