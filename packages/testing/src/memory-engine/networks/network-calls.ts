import { endpointSettings } from '../containers/config.js'
import { connect, disconnect } from '../containers/endpoints.js'
import type { Exchange } from '../http/exchange.js'
import { anything, fields, flag, list, map, optional, text } from '../http/fields.js'
import { fitsPattern, parseFilters } from '../http/filters.js'
import { timestamp } from '../time.js'
import { untilTime } from '../until-filter.js'
import type { Network } from './networks.js'

const createBody = fields({
  Name: text,
  Driver: text,
  Internal: flag,
  Attachable: flag,
  EnableIPv6: optional(flag),
  Labels: map(text),
  Options: map(text),
  IPAM: optional(
    fields({
      Driver: text,
      Options: map(text),
      Config: list(fields({ Subnet: text, IPRange: text, Gateway: text, AuxiliaryAddresses: anything })),
    }),
  ),
})

const connectBody = fields({ Container: text, EndpointConfig: optional(endpointSettings), Force: flag })
const accepted = ['dangling', 'driver', 'id', 'label', 'label!', 'name', 'scope', 'type']

/** `GET /networks` */
export function listNetworks(exchange: Exchange): void {
  const filters = parseFilters(exchange.query.text('filters'), accepted)
  const dangling = filters.flag('dangling')
  const list = exchange.engine.networks.all.filter((network) => {
    const { id, name, driver, labels, members } = network
    const isPredefined = ['bridge', 'host', 'none'].includes(name)
    return (
      filters.some('id', (value) => id.startsWith(value)) &&
      filters.some('name', (value) => fitsPattern(name, value)) &&
      filters.some('driver', (value) => driver === value) &&
      filters.some('scope', (value) => value === 'local') &&
      filters.some('type', (value) => value === (isPredefined ? 'builtin' : 'custom')) &&
      filters.labels(labels) &&
      (dangling === undefined || (members.size === 0 && !isPredefined) === dangling)
    )
  })
  exchange.send(
    200,
    list.map((network) => shown(network, exchange.api, false)),
  )
}

/** `GET /networks/:id` */
export function inspectNetwork(exchange: Exchange): void {
  exchange.send(200, shown(exchange.engine.networks.get(exchange.param('id')), exchange.api, true))
}

/** `POST /networks/create` */
export function createNetwork(exchange: Exchange): void {
  const { Name, Driver, Internal, Attachable, EnableIPv6, Labels, Options, IPAM } = exchange.json(createBody)
  const network = exchange.engine.networks.create({
    name: Name,
    driver: Driver,
    internal: Internal,
    attachable: Attachable,
    enableIPv6: EnableIPv6 ?? false,
    labels: Labels,
    options: Options,
    ipam: {
      driver: IPAM?.Driver || 'default',
      options: IPAM?.Options ?? null,
      config: (IPAM?.Config ?? []).map(({ Subnet, IPRange, Gateway }) => ({
        subnet: Subnet,
        range: IPRange,
        gateway: Gateway,
      })),
    },
  })
  exchange.send(201, { Id: network.id, Warning: '' })
}

/** `DELETE /networks/:id` */
export function removeNetwork(exchange: Exchange): void {
  const { networks } = exchange.engine
  networks.remove(networks.get(exchange.param('id')))
  exchange.send(204)
}

/** `POST /networks/:id/connect` */
export function connectNetwork(exchange: Exchange): void {
  const { engine } = exchange
  const { Container, EndpointConfig } = exchange.json(connectBody)
  const network = engine.networks.get(exchange.param('id'))
  connect(engine, engine.containers.get(Container), network, EndpointConfig)
  exchange.send(200)
}

/** `POST /networks/:id/disconnect` */
export function disconnectNetwork(exchange: Exchange): void {
  const { engine } = exchange
  const { Container } = exchange.json(connectBody)
  const network = engine.networks.get(exchange.param('id'))
  disconnect(engine, engine.containers.get(Container), network)
  exchange.send(200)
}

/** `POST /networks/prune` */
export function pruneNetworks(exchange: Exchange): void {
  const { engine } = exchange
  const filters = parseFilters(exchange.query.text('filters'), ['label', 'label!', 'until'])
  const until = untilTime(filters)
  const names = engine.networks.prune(
    ({ labels, created }) => filters.labels(labels) && (until === undefined || created < until),
  )
  engine.events.emit('network', 'prune', '', { reclaimed: '0' })
  exchange.send(200, { NetworksDeleted: names.length > 0 ? names : null })
}

function shown(network: Network, api: number, members: boolean): object {
  const { name, id, created, driver, enableIPv6, ipam, internal, attachable, options, labels, subnet } =
    network
  const config = ipam.config.map(({ subnet: pool, range, gateway }) => ({
    Subnet: pool,
    ...(range !== '' && { IPRange: range }),
    ...(gateway !== '' && { Gateway: gateway }),
  }))
  const Containers: [string, object][] = [...network.members].map(([container, member]) => [
    container,
    {
      Name: member.name,
      EndpointID: member.endpointId,
      MacAddress: member.mac,
      IPv4Address: member.address === '' ? '' : `${member.address}/${subnet?.prefix}`,
      IPv6Address: '',
    },
  ])
  return {
    Name: name,
    Id: id,
    Created: timestamp(created),
    Scope: 'local',
    Driver: driver,
    ...(api >= 47 && { EnableIPv4: true }),
    EnableIPv6: enableIPv6,
    IPAM: { Driver: ipam.driver, Options: ipam.options, Config: config.length > 0 ? config : null },
    Internal: internal,
    Attachable: attachable,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: members ? Object.fromEntries(Containers) : {},
    Options: options ?? {},
    Labels: labels ?? {},
  }
}
