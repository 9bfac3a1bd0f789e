import type { Call, Layer } from '@intermediate/core'
import { limitBuild } from './build-limits.js'
import { changeCalls } from './change-calls.js'
import { limitContainer, limitUpdate, reachesLimits } from './container-limits.js'
import { isObject, objectIn } from './json-place.js'
import type { LimitsOptions } from './limit-options.js'
import { readLimits } from './limit-options.js'
import { limitService } from './service-limits.js'

/**
 * Gives containers limits where they ask for none, and lowers those above a ceiling.
 *
 *     enricher.limits({ memory: { default: '512m', max: '2g' }, cpus: { max: 1.5 }, pids: { max: 500 } })
 *
 * On create and update of containers and services, and on builds by the classic builder (which have no limit of pids).
 * What the engine takes for unlimited, absent, 0 or negative, is above every ceiling: absent and 0 become the default,
 * or else the ceiling, negative numbers the ceiling. An update has no defaults, since absent leaves what there is; it
 * cannot lift one limit by another (`CpuPeriod` against `CpuQuota`): what the container has counts too. Where there is a
 * ceiling of memory, swap is at most as much again, which is what the engine gives by itself.
 *
 * Limits are per container: nothing limits how many there are. It cannot bound builds by BuildKit (the engine reads no
 * limits there), privileged containers, which can change their own, containers that were there before, and API versions
 * below 1.24, which take limits on start; any policy in front refuses those. More CPUs than the engine's machine has are
 * refused by the engine.
 * @throws IntermediateError for limits that cannot be used
 */
export function limits(options: LimitsOptions): Layer {
  const bounds = readLimits(options)
  return changeCalls(endpoints, async function limits(call) {
    switch (call.endpoint) {
      case 'POST /containers/create':
        limitContainer(objectIn(call.body, 'HostConfig'), bounds)
        break
      case 'POST /containers/:id/update':
        if (isObject(call.body))
          limitUpdate(call.body, reachesLimits(call.body, bounds) ? await ofContainer(call) : {}, bounds)
        break
      case 'POST /services/create':
      case 'POST /services/:id/update':
        limitService(call.body?.TaskTemplate, bounds)
        break
      case 'POST /build':
        limitBuild(call.query, bounds)
    }
  })
}

const endpoints = [
  'POST /containers/create',
  'POST /containers/:id/update',
  'POST /services/create',
  'POST /services/:id/update',
  'POST /build',
] as const

/** What the container has; the update then goes to just that one, even if another takes its name meanwhile. */
async function ofContainer(
  call: Pick<Call<'POST /containers/:id/update'>, 'ask' | 'params'>,
): Promise<Record<string, unknown>> {
  const inspected = await call.ask('GET /containers/:id/json', { params: { id: call.params.id } })
  if (!inspected.ok) return {}
  const { Id, HostConfig } = await inspected.json()
  if (Id) call.params.id = Id
  return isObject(HostConfig) ? HostConfig : {}
}
