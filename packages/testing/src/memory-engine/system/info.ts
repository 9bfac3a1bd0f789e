import { cpus, release, totalmem } from 'node:os'
import type { Exchange } from '../http/exchange.js'
import { machine } from '../machine.js'
import { now, timestamp } from '../time.js'
import { version } from './version.js'

/** `GET /info` */
export function info(exchange: Exchange): void {
  const { engine } = exchange
  const { all } = engine.containers
  const count = (isCounted: (container: (typeof all)[number]) => boolean) => all.filter(isCounted).length
  const limits = [
    'MemoryLimit',
    'SwapLimit',
    'CpuCfsPeriod',
    'CpuCfsQuota',
    'CPUShares',
    'CPUSet',
    'PidsLimit',
    'IPv4Forwarding',
  ]
  exchange.send(200, {
    ID: engine.id.slice(0, 32),
    Containers: all.length,
    ContainersRunning: count(({ isRunning, isPaused }) => isRunning && !isPaused),
    ContainersPaused: count(({ isPaused }) => isPaused),
    ContainersStopped: count(({ isRunning }) => !isRunning),
    Images: engine.images.all.length,
    Driver: 'memory',
    DriverStatus: [],
    Plugins: {
      Volume: ['local'],
      Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null'],
      Authorization: null,
      Log: ['json-file'],
    },
    // Whatever limit is asked for is taken and shown, so that clients do not warn.
    ...Object.fromEntries(limits.map((limit) => [limit, true])),
    BridgeNfIptables: true,
    BridgeNfIp6tables: true,
    Debug: false,
    NFd: 0,
    OomKillDisable: false,
    NGoroutines: 0,
    SystemTime: timestamp(now()),
    LoggingDriver: 'json-file',
    CgroupDriver: 'none',
    CgroupVersion: '2',
    NEventsListener: engine.events.watchers,
    KernelVersion: release(),
    OperatingSystem: 'An engine in memory',
    OSVersion: '',
    OSType: 'linux',
    Architecture: machine,
    IndexServerAddress: 'https://index.docker.io/v1/',
    RegistryConfig: { InsecureRegistryCIDRs: [], IndexConfigs: {}, Mirrors: null },
    NCPU: cpus().length,
    MemTotal: totalmem(),
    GenericResources: null,
    DockerRootDir: '/memory',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: 'memory',
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: version,
    Runtimes: { memory: { path: 'memory' } },
    DefaultRuntime: 'memory',
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: 'memory',
    ContainerdCommit: { ID: '', Expected: '' },
    RuncCommit: { ID: '', Expected: '' },
    InitCommit: { ID: '', Expected: '' },
    SecurityOptions: [],
    Warnings: null,
  })
}
