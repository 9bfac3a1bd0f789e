import { defaultPeriod, limitCpus, limitMemory } from './container-limits.js'
import type { JsonObject } from './json-place.js'
import type { Bounds } from './limit-options.js'

/** Brings the limits in the query of a build within bounds: of each container that the classic builder runs. */
export function limitBuild(query: Record<string, string | undefined>, { memory, cpus }: Bounds): void {
  const asked: JsonObject = {}
  for (const [name, field] of fields) asked[field] = asNumber(query[name])
  const host = { ...asked }
  if (memory !== undefined) limitMemory(host, memory)
  if (cpus !== undefined) limitCpus(host, cpus)
  const { NanoCpus } = host
  if (typeof NanoCpus === 'number') host['CpuQuota'] = Math.floor((NanoCpus / 1e9) * defaultPeriod)
  for (const [name, field] of fields) if (host[field] !== asked[field]) query[name] = String(host[field])
}

const fields = [
  ['memory', 'Memory'],
  ['memswap', 'MemorySwap'],
  ['cpuquota', 'CpuQuota'],
  ['cpuperiod', 'CpuPeriod'],
] as const

/** As the engine reads it: what is no whole number of 64 bits is 0, and no error. */
function asNumber(text: string | undefined): number {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return 0
  const value = BigInt(text.replace('+', ''))
  return BigInt.asIntN(64, value) === value ? Number(value) : 0
}
