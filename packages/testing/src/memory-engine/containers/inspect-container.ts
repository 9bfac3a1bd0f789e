import { withoutUnset } from '../http/without-unset.js'
import type { Exchange } from '../http/exchange.js'
import { sizeOf } from '../files/nodes.js'
import { never, timestamp } from '../time.js'
import type { Container, Endpoint } from './container.js'
import { mountPoint } from './mounts.js'
import { portMap } from './ports.js'

/** `GET /containers/:id/json` */
export function inspectContainer(exchange: Exchange): void {
  const container = exchange.engine.containers.get(exchange.param('id'))
  const { id, created, state, name, config, hostConfig, image, args, running, mounts, files } = container
  const [path = '', ...rest] = args
  const execs = [...exchange.engine.execs.values()].filter(
    (exec) => exec.container === container && exec.isRunning,
  )
  const sizes = exchange.query.flag('size') && {
    SizeRw: writtenIn(container),
    SizeRootFs: sizeOf(files.root),
  }
  exchange.send(200, {
    Id: id,
    Created: timestamp(created),
    Path: path,
    Args: rest,
    State: {
      Status: state.status,
      Running: container.isRunning || state.status === 'restarting',
      Paused: container.isPaused,
      Restarting: state.status === 'restarting',
      OOMKilled: false,
      Dead: false,
      Pid: running?.main.pid ?? 0,
      ExitCode: state.exitCode,
      Error: state.error,
      StartedAt: state.started === undefined ? never : timestamp(state.started),
      FinishedAt: state.finished === undefined ? never : timestamp(state.finished),
    },
    Image: image.id,
    ResolvConfPath: '',
    HostnamePath: '',
    HostsPath: '',
    LogPath: '',
    Name: `/${name}`,
    RestartCount: container.restarts,
    Driver: 'memory',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: execs.length > 0 ? execs.map((exec) => exec.id) : null,
    HostConfig: withoutUnset(hostConfig, ['Annotations', 'Init', 'Mounts', 'StorageOpt', 'Sysctls', 'Tmpfs']),
    GraphDriver: { Data: null, Name: 'memory' },
    ...sizes,
    Mounts: mounts.map(mountPoint),
    Config: shownConfig(config, exchange.api),
    NetworkSettings: networkSettings(container, exchange.api),
  })
}

/** As `inspect` shows what a container or an image is made of. */
export function shownConfig(config: Container['config'], api: number): object {
  const unset = [
    'ArgsEscaped',
    'ExposedPorts',
    'Healthcheck',
    'NetworkDisabled',
    'Shell',
    'StopSignal',
    'StopTimeout',
  ]
  // Deprecated since 1.44, and left out where it says nothing.
  return withoutUnset(config, api >= 44 ? [...unset, 'MacAddress'] : unset)
}

/** The bytes of the container's own files. */
export function writtenIn({ files, untouched }: Container): number {
  return Math.max(0, sizeOf(files.root) - sizeOf(untouched))
}

/** As `inspect` and lists show a container's place in a network. */
export function shownEndpoint(
  { id, name }: Container,
  { settings, networkId, joined }: Endpoint,
  api: number,
): object {
  const { IPAMConfig, Links, Aliases, DriverOpts, MacAddress } = settings
  const names = joined && Aliases !== null ? [name, ...Aliases, id.slice(0, 12)] : null
  return {
    IPAMConfig,
    Links,
    // Before 1.45 the short id was among them.
    Aliases: api < 45 && Aliases !== null ? [...Aliases, id.slice(0, 12)] : Aliases,
    MacAddress: joined?.mac ?? MacAddress,
    NetworkID: networkId,
    EndpointID: joined?.endpointId ?? '',
    Gateway: joined?.gateway ?? '',
    IPAddress: joined?.address ?? '',
    IPPrefixLen: joined?.prefix ?? 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DriverOpts,
    ...(api >= 44 && { DNSNames: names }),
  }
}

function networkSettings(container: Container, api: number): object {
  const { endpoints, id, isRunning, ports } = container
  const Networks = Object.fromEntries(
    [...endpoints].map(([name, place]) => [name, shownEndpoint(container, place, api)]),
  )
  const bridge = endpoints.get('bridge')?.joined
  const current = {
    SandboxID: isRunning ? id : '',
    SandboxKey: isRunning ? `/memory/netns/${id.slice(0, 12)}` : '',
    Ports: portMap(ports),
  }
  if (api >= 52) return { ...current, Networks }
  return {
    Bridge: '',
    ...current,
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: bridge?.endpointId ?? '',
    Gateway: bridge?.gateway ?? '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    IPAddress: bridge?.address ?? '',
    IPPrefixLen: bridge?.prefix ?? 0,
    IPv6Gateway: '',
    MacAddress: bridge?.mac ?? '',
    Networks,
  }
}
