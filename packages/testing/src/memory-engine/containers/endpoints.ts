import { badRequest, EngineError, notFound } from '../engine-error.js'
import type { Engine } from '../engine.js'
import { newId } from '../ids.js'
import { addressIn } from '../networks/networks.js'
import type { Network } from '../networks/networks.js'
import { macOf } from '../networks/subnet.js'
import { endpointSettings } from './config.js'
import type { EndpointSettings } from './config.js'
import type { Container, Endpoint } from './container.js'

/** A place in a network, not taken yet. */
export function endpoint(network: string, settings: EndpointSettings | null): Endpoint {
  return { network, settings: settings ?? endpointSettings.zero, networkId: '', joined: undefined }
}

/** Takes the container's places in its networks, all of them or none. @throws 404 where one is gone */
export function joinNetworks(engine: Engine, container: Container): void {
  try {
    for (const place of container.endpoints.values())
      join(engine, container, engine.networks.get(place.network), place)
  } catch (error) {
    leaveNetworks(engine, container)
    throw error
  }
}

export function leaveNetworks(engine: Engine, container: Container): void {
  for (const place of container.endpoints.values()) leave(engine, container, place)
}

/** @throws 400 for the host's network, 403 where it is in it already */
export function connect(
  engine: Engine,
  container: Container,
  network: Network,
  settings: EndpointSettings | null,
): void {
  if (network.driver === 'host' || container.endpoints.has('host')) {
    throw badRequest('no container can be connected to the host network or disconnected from it')
  }
  if (container.endpoints.has(network.name)) {
    throw new EngineError(
      403,
      `an endpoint with the name ${container.name} already exists in the network ${network.name}`,
    )
  }
  const place = endpoint(network.name, settings)
  if (container.isRunning) join(engine, container, network, place)
  container.endpoints.set(network.name, place)
}

/** @throws 404 where it is not in it */
export function disconnect(engine: Engine, container: Container, network: Network): void {
  const found = [...container.endpoints].find(
    ([name, { networkId }]) => name === network.name || networkId === network.id,
  )
  if (!found)
    throw new EngineError(500, `container ${container.id} is not connected to the network ${network.name}`)
  leave(engine, container, found[1])
  container.endpoints.delete(found[0])
}

function join(engine: Engine, container: Container, network: Network, place: Endpoint): void {
  const { settings } = place
  const address = addressIn(network, settings.IPAMConfig?.IPv4Address ?? '')
  const mac = settings.MacAddress || (address === '' ? '' : macOf(address))
  const endpointId = newId()
  place.networkId = network.id
  place.joined = { endpointId, address, mac, gateway: network.gateway, prefix: network.subnet?.prefix ?? 0 }
  network.members.set(container.id, { endpointId, name: container.name, address, mac })
  engine.networks.emit('connect', network, { container: container.id })
}

function leave(engine: Engine, container: Container, place: Endpoint): void {
  if (!place.joined) return
  place.joined = undefined
  const network = engine.networks.find(place.networkId)
  if (!network) return
  network.members.delete(container.id)
  engine.networks.emit('disconnect', network, { container: container.id })
}

/** As the name of a container's network mode is kept. @throws 404 for the container of another one that is not there */
export function networkMode(engine: Engine, mode: string): string {
  if (mode === '' || mode === 'default') return 'bridge'
  const [, other] = /^container:(.*)$/.exec(mode) ?? []
  if (other === undefined) return mode
  const container = engine.containers.find(other)
  if (!container) throw notFound(`No such container: ${other}`)
  return `container:${container.id}`
}
