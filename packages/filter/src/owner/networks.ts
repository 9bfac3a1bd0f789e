import { idOrNobody } from './find.js'
import { findNetwork } from './find-named.js'
import type { Fields } from './go-values.js'
import { asObject, objectIn, textIn } from './go-values.js'
import { hideIds } from './hide-ids.js'
import { setLabel } from './labels.js'
import { Refused } from './refused.js'
import type { Rule, Visit } from './visit.js'

/** The networks that every engine has, which are nobody's: a container may be in them. */
const everybodys: ReadonlySet<string> = new Set(['default', 'bridge', 'host', 'none'])

/** What an engine takes for its own, under these names, when a swarm begins. Those above it refuses to make. */
const engines: ReadonlySet<string> = new Set(['docker_gwbridge', 'ingress'])

/**
 * The networks of a container that is made. Engines connect it, at each start, by the NetworkID of its EndpointsConfig
 * where there is one, whatever its key: a client's is taken out, and the id of the owner's network is put in its place,
 * so that no network that has the name later is meant.
 */
export async function pinNetworks(visit: Visit, body: Fields, host: Fields | undefined): Promise<void> {
  const networking = objectIn(body, 'NetworkingConfig')
  const endpoints = (networking && objectIn(networking, 'EndpointsConfig')) ?? {}
  const mode = host === undefined ? '' : textIn(host, 'NetworkMode')
  const pinned = new Set<string>()
  for (const [name, settings] of Object.entries(endpoints)) {
    const given = asObject(settings, 'EndpointsConfig')
    if (everybodys.has(name)) {
      if (given !== undefined) delete given['NetworkID']
      continue
    }
    const NetworkID = await ownNetwork(visit, name)
    endpoints[name] = { ...given, NetworkID }
    pinned.add(NetworkID)
  }
  if (mode !== '' && !everybodys.has(mode) && !mode.startsWith('container:')) {
    const NetworkID = await ownNetwork(visit, mode)
    // Under another of its names or ids it may be there already, and engines connect to none twice.
    if (!pinned.has(NetworkID)) endpoints[mode] = { NetworkID }
  }
  if (Object.keys(endpoints).length > 0)
    body['NetworkingConfig'] = { ...networking, EndpointsConfig: endpoints }
}

/** The names of the networks of a container. */
export function namedNetworks(body: Fields): readonly string[] {
  const networking = objectIn(body, 'NetworkingConfig')
  return Object.keys((networking && objectIn(networking, 'EndpointsConfig')) ?? {})
}

/** A network: labelled. */
export const createNetwork: Rule = async (visit) => {
  const body = await visit.body()
  setLabel(body, visit.owner)
  if (body['Ingress'] === true)
    throw new Refused(403, 'the ingress network is the whole swarm’s: leave out --ingress')
  const from = objectIn(body, 'ConfigFrom')
  if (from !== undefined && textIn(from, 'Network') !== '')
    throw new Refused(
      403,
      'networks that are configured by another are not allowed here, since they cannot be labelled: leave out --config-from',
    )
  const name = textIn(body, 'Name')
  if (engines.has(name))
    throw new Refused(403, `the network ${name} is the engine’s own: choose another name`)
  const reply = await visit.forward()
  if (!reply.ok) return hideIds(visit, reply, name)
  // Older engines make several of one name, and warn of whatever else has it.
  const made = (await reply.json()) as { Warning?: string }
  if (made.Warning?.includes('already exists')) made.Warning = ''
  return reply
}

/** Connects and disconnects: both the network and the container have to be the owner's. */
export const connectNetwork: Rule = async (visit) => {
  const body = await visit.body()
  const { params, call } = visit
  const name = params['id']!
  const network = everybodys.has(name) ? name : await findNetwork(visit, name)
  params['id'] = network ?? visit.standIn(name)
  body['Container'] = await idOrNobody(visit, 'container', textIn(body, 'Container'))
  const settings = objectIn(body, 'EndpointConfig')
  if (settings !== undefined) delete settings['NetworkID']
  // A container that does not run is connected when it starts, to whatever has the name by then.
  const isPinned =
    network !== undefined && !everybodys.has(name) && call.endpoint === 'POST /networks/:id/connect'
  if (isPinned) body['EndpointConfig'] = { ...settings, NetworkID: network }
  return visit.forward()
}

/** The id of an owner's network. @throws Refused 404 in the engine's words, which it says at the start only */
export async function ownNetwork(visit: Visit, name: string): Promise<string> {
  const id = await findNetwork(visit, name)
  if (id === undefined) throw new Refused(404, `network ${name} not found`)
  return id
}

/** As `ownNetwork`, where those that every engine has may be meant too. */
export async function usableNetwork(visit: Visit, name: string): Promise<string> {
  return everybodys.has(name) ? name : ownNetwork(visit, name)
}
