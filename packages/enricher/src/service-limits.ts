import { isObject, numberIn, objectIn } from './json-place.js'
import type { JsonObject } from './json-place.js'
import type { Bounds } from './limit-options.js'
import { within } from './limit-options.js'

/** Brings the limits of a service's tasks within bounds; what it reserves and the swap it may use must fit in them. */
export function limitService(task: unknown, bounds: Bounds): void {
  if (!isObject(task)) return
  const resources = objectIn(task, 'Resources')
  const limits = objectIn(resources, 'Limits')
  if (resources === undefined || limits === undefined) return
  const { Reservations } = resources
  const reserved = isObject(Reservations) ? Reservations : {}
  for (const { of, field, one } of fields) {
    const bound = bounds[of]
    const asked = numberIn(limits, field)
    if (bound === undefined || asked === undefined) continue
    const limit = within({ default: scaled(bound.default, one), max: scaled(bound.max, one) }, asked)
    if (limit === undefined) continue
    if (limit !== asked) {
      limits[field] = limit
      if ((numberIn(reserved, field) ?? 0) > limit) reserved[field] = limit
    }
    if (of === 'memory' && bound.max !== undefined) limitSwap(resources, limit)
  }
}

const fields = [
  { of: 'memory', field: 'MemoryBytes', one: 1 },
  { of: 'cpus', field: 'NanoCPUs', one: 1e9 },
  { of: 'pids', field: 'Pids', one: 1 },
] as const

function scaled(value: number | undefined, one: number): number | undefined {
  return value === undefined ? undefined : Math.round(value * one)
}

/** Swap alone, since API 1.52: absent is as much as memory, negative unlimited. */
function limitSwap(resources: JsonObject, memory: number): void {
  const swap = numberIn(resources, 'SwapBytes')
  if (swap !== undefined && (swap < 0 || swap > memory)) resources['SwapBytes'] = memory
}
