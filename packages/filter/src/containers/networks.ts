import type { Item } from './ask.js'
import { driver, driverName } from './driver-fields.js'
import { harmless, isEmpty, isObject, map, pairs, struct, unreadable } from './fields.js'
import type { Inquiry } from './inquiry.js'
import { textAt } from './inquiry.js'
import { sysctl } from './security-fields.js'
import { subnets } from './subnets.js'

/**
 * A network by its name or id: what it reaches is what whoever made it has made of it. One that is not there is for the
 * engine to say so, now or when the container starts, which is judged again.
 */
export function network(name: string): readonly Item[] {
  if (ownNetworks.has(name)) return []
  if (name === 'host') return [hostNetwork]
  if (!/^[a-zA-Z0-9][\w.-]*$/.test(name))
    return [{ topic: 'namespace', name: '', what: `the network ${name}` }]
  const answer = async (inquiry: Inquiry) => {
    const found = await inquiry.network(name)
    return found === undefined || leadsThroughBridge(textAt(found, 'Name')) ? [] : foundNetwork(found)
  }
  return [{ topics: ['namespace', 'driver'], answer }]
}

/** What a network that is there reaches. The host's own can be named by its id too. */
function foundNetwork(found: Readonly<Record<string, unknown>>): readonly Item[] {
  // The options of an overlay network are filled in by the swarm.
  const { Driver, ConfigFrom, Options = {} } = found
  return networkAsks({ Driver, ConfigFrom, Options: Driver === 'overlay' ? {} : Options })
}

/** Those that every engine has, and that only lead through its bridge. */
const ownNetworks = new Set(['', 'default', 'bridge', 'none'])

/** Nobody can make a network of these names. */
function leadsThroughBridge(name: string): boolean {
  return name === 'bridge' || name === 'none'
}

export const hostNetwork: Item = {
  topic: 'namespace',
  name: 'network:host',
  what: 'the network namespace of the host',
}

/** The body of `POST /networks/create`. */
export const networkFields = struct(
  {
    Name: harmless,
    CheckDuplicate: harmless,
    EnableIPv4: harmless,
    EnableIPv6: harmless,
    Internal: harmless,
    Attachable: harmless,
    Ingress: harmless,
    Scope: harmless,
    ConfigOnly: harmless,
    Labels: harmless,
    // Its subnets are read with the driver.
    IPAM: struct({ Driver: driverName('ipam'), Config: harmless, Options: harmless }),
    Driver: harmless,
    Options: harmless,
    ConfigFrom: harmless,
  },
  { more: networkAsks },
)

/** A bridge or overlay of its own, with private addresses and options that reach no interface of the host. */
function networkAsks({
  Driver,
  Options,
  ConfigFrom,
  IPAM,
}: Readonly<Record<string, unknown>>): readonly Item[] {
  const name = Driver ?? ''
  if (typeof name !== 'string') return [unreadable('Driver')]
  if (name === 'host') return [hostNetwork]
  if (name === 'null') return []
  if (name !== '' && name !== 'bridge' && name !== 'overlay') return [driver('network', name)]
  const shown = name === '' ? 'bridge' : name
  const options = pairs((option) => (networkOptions.has(option) ? [] : [driver('network', shown, option)]))
  return [
    ...options(Options, 'Options'),
    ...(isObject(IPAM) ? subnets(shown)(IPAM.Config, 'IPAM.Config') : []),
    ...(isEmpty(ConfigFrom) ? [] : [driver('network', shown, 'config-from')]),
  ]
}

const networkOptions = new Set([
  'com.docker.network.enable_ipv4',
  'com.docker.network.enable_ipv6',
  'com.docker.network.driver.mtu',
  'com.docker.network.container_iface_prefix',
  'com.docker.network.container_interface_prefix',
  'com.docker.network.bridge.enable_icc',
  'com.docker.network.bridge.enable_ip_masquerade',
  'com.docker.network.bridge.host_binding_ipv4',
  'com.docker.network.bridge.inhibit_ipv4',
  'encrypted',
])

const ifName = 'com.docker.network.endpoint.ifname'
const sysctls = 'com.docker.network.endpoint.sysctls'

/** Options of one container in a network. Since engine 27 they set sysctls there, several parted by commas. */
const endpointOptions = pairs((option, value) => {
  if (option === ifName) return []
  if (option === sysctls) return value.split(',').map((each) => sysctl(each.split('=', 1)[0]!.trim()))
  return [driver('network', 'of the container', option)]
})

/** A container in a network, as create and connect say it. */
export const endpointFields = struct({
  Aliases: harmless,
  DNSNames: harmless,
  DriverOpts: endpointOptions,
  EndpointID: harmless,
  Gateway: harmless,
  GlobalIPv6Address: harmless,
  GlobalIPv6PrefixLen: harmless,
  GwPriority: harmless,
  IPAMConfig: harmless,
  IPAddress: harmless,
  IPPrefixLen: harmless,
  IPv6Gateway: harmless,
  Links: harmless,
  MacAddress: harmless,
  // Engines join it whatever the key says.
  NetworkID: (value, field) => {
    if (isEmpty(value)) return []
    return typeof value === 'string' ? network(value) : [unreadable(field)]
  },
})

const everyEndpoint = map(endpointFields)

/** `EndpointsConfig`: the networks of a container by their names. */
export const endpointsByNetwork = Object.assign(
  (value: unknown, field: string): readonly Item[] => {
    if (!isObject(value)) return everyEndpoint(value, field)
    return [...Object.keys(value).flatMap(network), ...everyEndpoint(value, field)]
  },
  { each: endpointFields },
)

/** The body of `POST /networks/:id/connect`: the network is judged, and so is what the container gets there. */
export const connectFields = struct({ Container: harmless, EndpointConfig: endpointFields })

/** A network that a service is attached to. */
export const attachmentFields = struct(
  { Target: harmless, Aliases: harmless, DriverOpts: endpointOptions },
  {
    more: ({ Target }, field) => {
      if (Target === undefined || Target === null) return []
      return typeof Target === 'string' ? network(Target) : [unreadable(`${field}.Target`)]
    },
  },
)

/** The networks that an inspected container is in, in the form in which one asks for them. */
export function foundEndpoints(settings: Readonly<Record<string, unknown>>): unknown {
  const { Networks } = settings
  if (!isObject(Networks)) return Networks
  return Object.fromEntries(
    Object.entries(Networks).map(([name, each]) => [
      isObject(each) && name !== 'host' ? textAt(each, 'NetworkID') || name : name,
      isObject(each) ? { DriverOpts: each.DriverOpts } : each,
    ]),
  )
}
