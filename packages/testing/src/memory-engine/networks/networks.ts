import { badRequest, conflict, EngineError, notFound } from '../engine-error.js'
import type { Events } from '../events.js'
import { newId } from '../ids.js'
import { now } from '../time.js'
import { Subnet } from './subnet.js'

/** What a network is made with. */
export interface NetworkRequest {
  readonly name: string
  readonly driver: string
  readonly labels: Readonly<Record<string, string>> | null
  readonly options: Readonly<Record<string, string>> | null
  readonly internal: boolean
  readonly attachable: boolean
  readonly enableIPv6: boolean
  readonly ipam: {
    readonly driver: string
    readonly options: Readonly<Record<string, string>> | null
    readonly config: readonly PoolRequest[]
  }
}

interface PoolRequest {
  readonly subnet: string
  readonly range: string
  readonly gateway: string
}

export interface Network extends Omit<NetworkRequest, 'ipam'> {
  readonly id: string
  readonly created: bigint
  readonly ipam: NetworkRequest['ipam']
  /** Undefined for host and none. */
  readonly subnet: Subnet | undefined
  readonly gateway: string
  /** Containers that run in it, by id. */
  readonly members: Map<string, Member>
}

/** A running container in a network. */
interface Member {
  readonly endpointId: string
  readonly name: string
  readonly address: string
  readonly mac: string
}

const predefined = ['bridge', 'host', 'none']
const drivers = ['bridge', 'host', 'null', 'ipvlan', 'macvlan']
const empty = { labels: null, options: null, internal: false, attachable: false, enableIPv6: false }
const noPools = { driver: 'default', options: null, config: [] }

/** The networks, which carry addresses but no packets. */
export class Networks {
  readonly #byId = new Map<string, Network>()
  readonly #events: Events

  constructor(events: Events) {
    this.#events = events
    const pool = { subnet: '172.17.0.0/16', range: '', gateway: '172.17.0.1' }
    const options = {
      'com.docker.network.bridge.default_bridge': 'true',
      'com.docker.network.bridge.name': 'docker0',
    }
    this.#put({ ...empty, name: 'bridge', driver: 'bridge', options, ipam: { ...noPools, config: [pool] } })
    this.#put({ ...empty, name: 'host', driver: 'host', ipam: noPools })
    this.#put({ ...empty, name: 'none', driver: 'null', ipam: noPools })
  }

  get all(): Network[] {
    return [...this.#byId.values()]
  }

  /** By its name, its id, or the beginning of it. @throws 404, or 400 where several begin so */
  get(text: string): Network {
    const network = this.find(text)
    if (!network) throw notFound(`network ${text} not found`)
    return network
  }

  find(text: string): Network | undefined {
    const exact = this.#byId.get(text) ?? this.all.find(({ name }) => name === text)
    if (exact || text === '') return exact
    const some = this.all.filter(({ id }) => id.startsWith(text))
    if (some.length > 1) throw badRequest(`network ${text} is ambiguous: ${some.length} ids begin so`)
    return some[0]
  }

  /** @throws 400, 403, 404, 409 */
  create(request: NetworkRequest): Network {
    const { name, driver } = request
    if (name.trim() === '') throw badRequest('the network name is invalid: it is empty')
    if (predefined.includes(name))
      throw new EngineError(403, `the network ${name} is predefined: it cannot be made again`)
    if (driver === 'host' || driver === 'null')
      throw new EngineError(403, `there is one network of the driver ${driver} only, and it is predefined`)
    if (!drivers.includes(driver || 'bridge'))
      throw notFound(`there is no network driver ${driver} here: the plugin is not found`)
    if (this.all.some((network) => network.name === name))
      throw conflict(`network with name ${name} already exists`)
    const network = this.#put({ ...request, driver: driver || 'bridge', ipam: this.#withPool(request.ipam) })
    this.emit('create', network)
    return network
  }

  /** @throws 403 while containers run in it, or where it is predefined */
  remove(network: Network): void {
    if (predefined.includes(network.name))
      throw new EngineError(403, `${network.name} is a predefined network and cannot be removed`)
    if (network.members.size > 0) {
      const names = [...network.members.values()].map(({ name }) => name).join(', ')
      throw new EngineError(
        403,
        `network ${network.name} has active endpoints (${names}): disconnect them first`,
      )
    }
    this.#byId.delete(network.id)
    this.emit('destroy', network)
  }

  /** Removes those that no container is in. */
  prune(fits: (network: Network) => boolean): string[] {
    const gone = this.all.filter(
      (network) => !predefined.includes(network.name) && network.members.size === 0 && fits(network),
    )
    for (const network of gone) this.remove(network)
    return gone.map(({ name }) => name)
  }

  emit(
    action: string,
    { id, name, driver }: Network,
    attributes: Readonly<Record<string, string>> = {},
  ): void {
    this.#events.emit('network', action, id, { ...attributes, name, type: driver })
  }

  #put(request: NetworkRequest): Network {
    const [pool] = request.ipam.config
    const subnet = pool && new Subnet(pool.subnet)
    const gateway = pool?.gateway || (subnet?.address(1) ?? '')
    const network = { ...request, id: newId(), created: now(), subnet, gateway, members: new Map() }
    this.#byId.set(network.id, network)
    return network
  }

  /** With a subnet of its own where none was asked for. @throws 403 where it overlaps with another */
  #withPool(ipam: NetworkRequest['ipam']): NetworkRequest['ipam'] {
    const taken = this.all.flatMap(({ subnet }) => subnet ?? [])
    const [asked] = ipam.config
    if (asked && asked.subnet !== '') {
      const subnet = new Subnet(asked.subnet)
      if (taken.some((other) => other.overlaps(subnet)))
        throw new EngineError(403, `the subnet ${asked.subnet} overlaps with that of another network`)
      return ipam
    }
    for (let index = 18; index < 256; index++) {
      const subnet = new Subnet(`172.${index}.0.0/16`)
      if (taken.some((other) => other.overlaps(subnet))) continue
      return {
        ...ipam,
        config: [{ subnet: subnet.text, range: '', gateway: asked?.gateway || subnet.address(1) }],
      }
    }
    throw new EngineError(400, 'no subnet is left: remove networks, or name one')
  }
}

/** An address of the network for one more container. @throws 400, 403 */
export function addressIn(network: Network, wanted: string): string {
  if (!network.subnet) return ''
  const taken = new Set([network.gateway, ...[...network.members.values()].map(({ address }) => address)])
  if (wanted === '') return network.subnet.free(taken)
  if (!network.subnet.has(wanted)) throw badRequest(`${wanted} is no address of the network ${network.name}`)
  if (taken.has(wanted))
    throw new EngineError(403, `the address ${wanted} is already in use in the network ${network.name}`)
  return wanted
}
