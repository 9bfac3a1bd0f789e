import type { Call, Layer } from '@intermediate/core'
import { changeCalls } from './change-calls.js'
import type { JsonObject } from './json-place.js'
import { isObject, objectIn } from './json-place.js'
import { settingError } from './settings.js'

/**
 * Puts containers onto a network where they would come onto the engine's default one.
 *
 *     enricher.network('apps')
 *
 * What asks for another stays there: `--network host`, `none`, `bridge` and any name, also in `NetworkingConfig` alone;
 * so does what compose starts, which always names the network of its project (give that another with `networks:
 * { default: { name: apps, external: true } }`). Services come onto it where it is the swarm's, since they can be on no
 * other; `RUN` steps of the classic builder too. BuildKit takes no network of a name. The network has to be there.
 */
export function network(name: string): Layer {
  if (typeof name !== 'string' || !/^\w[\w.-]*$/.test(name) || isDefault(name))
    throw settingError(`enricher.network() was given ${JSON.stringify(name)}: give it the name of a network.`)
  return changeCalls(endpoints, async function network(call) {
    switch (call.endpoint) {
      case 'POST /containers/create':
        onNetwork(call.body, name)
        break
      case 'POST /build':
        if (call.query.version !== '2' && isDefault(call.query.networkmode)) call.query.networkmode = name
        break
      default:
        if (wantsNetwork(call.body) && (await isSwarms(call, name)))
          call.body.TaskTemplate.Networks = [{ Target: name }]
    }
  })
}

const endpoints = [
  'POST /containers/create',
  'POST /services/create',
  'POST /services/:id/update',
  'POST /build',
] as const

function isDefault(mode: unknown): boolean {
  return mode === undefined || mode === null || mode === '' || mode === 'default'
}

/** Docker's own command line says what it wants of the default network under that name; it holds for the other too. */
function onNetwork(body: unknown, name: string): void {
  if (!isObject(body) || body['NetworkDisabled'] === true) return
  const { NetworkingConfig } = body
  const attached = isObject(NetworkingConfig) ? NetworkingConfig['EndpointsConfig'] : NetworkingConfig
  const names = isObject(attached) ? Object.keys(attached) : []
  if ((attached ?? undefined) !== undefined && !isObject(attached)) return
  if (names.some((each) => each !== 'default')) return
  const host = objectIn(body, 'HostConfig')
  if (host === undefined || !isDefault(host['NetworkMode'])) return
  host['NetworkMode'] = name
  if (isObject(attached) && 'default' in attached) {
    attached[name] = attached['default']
    delete attached['default']
  }
  keepLinks(body, host['Links'], name)
}

/** Links in `HostConfig` count on the default network only: elsewhere they are the endpoint's. */
function keepLinks(body: JsonObject, links: unknown, name: string): void {
  if (!Array.isArray(links) || links.length === 0) return
  const endpoint = objectIn(objectIn(objectIn(body, 'NetworkingConfig'), 'EndpointsConfig'), name)
  if (endpoint !== undefined) endpoint['Links'] ??= [...(links as unknown[])]
}

function wantsNetwork(body: unknown): body is { TaskTemplate: { Networks?: unknown } } {
  if (!isObject(body)) return false
  const { TaskTemplate: task, Networks: old } = body
  return isObject(task) && isObject(task['ContainerSpec']) && isNone(task['Networks']) && isNone(old)
}

function isNone(list: unknown): boolean {
  return list === undefined || list === null || (Array.isArray(list) && list.length === 0)
}

async function isSwarms(call: Pick<Call<'POST /services/create'>, 'ask'>, id: string): Promise<boolean> {
  const inspected = await call.ask('GET /networks/:id', { params: { id } })
  return inspected.ok && (await inspected.json()).Scope === 'swarm'
}
