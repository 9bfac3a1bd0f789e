import type { Endpoint, Layer } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import type { Call } from './corpus-spellings.js'

/** A policy, the calls that it is there to refuse, and one that it lets pass. */
export interface Attempts {
  readonly name: string
  readonly policy: Layer
  readonly refused: readonly Call[]
  readonly passed: Call
}

const create = 'POST /containers/create'
const plain: Call = { line: create, body: { Image: 'alpine', HostConfig: { NetworkMode: 'none' } } }
const into: readonly Call[] = [
  { line: 'POST /containers/web/exec', body: { Cmd: ['id'] } },
  { line: 'POST /exec/3fa1/start', body: { Detach: true } },
  { line: 'POST /containers/web/start' },
]

function containers(...hostConfigs: readonly object[]): readonly Call[] {
  return hostConfigs.map((HostConfig) => ({ line: create, body: { Image: 'alpine', HostConfig } }))
}

function volumes(DriverOpts: object, Driver = 'local'): Call {
  return { line: 'POST /volumes/create', body: { Name: 'v', Driver, DriverOpts } }
}

function services(ContainerSpec: object, more: object = {}): Call {
  const TaskTemplate = { ContainerSpec: { Image: 'alpine', ...ContainerSpec }, ...more }
  return { line: 'POST /services/create', body: { Name: 's', TaskTemplate } }
}

const privileged: readonly Call[] = [
  ...containers({ Privileged: true }),
  { line: 'POST /containers/mine/exec', body: { Cmd: ['id'], Privileged: true } },
  { line: 'POST /plugins/pull?remote=evil&name=evil' },
]

const hostPaths: readonly Call[] = [
  ...containers({ Binds: ['/etc:/x'] }, { Binds: ['sly:/x'] }, { VolumesFrom: ['web'] }),
  ...containers({ Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }),
  volumes({ type: 'none', o: 'bind', device: '/etc' }),
  services({ Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }),
]

const namespaces: readonly Call[] = [
  ...containers({ PidMode: 'host' }, { NetworkMode: 'host' }, { IpcMode: 'container:web' }),
  { line: 'POST /networks/host/connect', body: { Container: 'mine' } },
  { line: 'POST /build?networkmode=host' },
  { line: 'POST /containers/mine/update', body: { CgroupParent: '/x' } },
]

const drivers: readonly Call[] = [
  ...containers({ LogConfig: { Type: 'syslog' } }, { Binds: ['foreign:/x'] }),
  volumes({}, 'nfs'),
  { line: 'POST /networks/create', body: { Name: 'n', Driver: 'macvlan' } },
  { line: 'POST /secrets/create', body: { Name: 's', Driver: { Name: 'vault' } } },
]

const images: readonly Call[] = [
  { line: create, body: { Image: 'evil:1' } },
  { line: 'POST /images/create?fromImage=evil&tag=1' },
  { line: 'POST /images/evil/tag?repo=alpine' },
  { line: 'POST /commit?container=mine&repo=alpine', body: { Cmd: ['x'] } },
  services({ Image: 'evil:1' }),
]

/** What only the list of all routes has. */
const others: readonly Call[] = [
  { line: 'POST /containers/web/update', body: { Memory: 9 } },
  { line: 'POST /containers/web/restart?t=1' },
  { line: 'POST /containers/web/attach?stream=1' },
  { line: 'GET /containers/web/attach/ws?stream=1' },
  { line: 'GET /containers/web/archive?path=/x' },
  { line: 'HEAD /containers/web/archive?path=/x' },
  { line: 'PUT /containers/web/archive?path=/x' },
  { line: 'POST /containers/web/copy', body: { Resource: '/x' } },
  { line: 'GET /containers/mine/top?ps_args=-eo+args,pid' },
  { line: 'GET /containers/mine/checkpoints?dir=/x' },
  { line: 'POST /containers/mine/checkpoints', body: { CheckpointDir: '/x' } },
  { line: 'DELETE /containers/mine/checkpoints/c?dir=/x' },
  { line: 'PUT /volumes/sly', body: {} },
  { ...services({ Sysctls: { 'net.core.somaxconn': '9' } }), line: 'POST /services/s/update?version=1' },
  { line: 'POST /plugins/create?name=evil' },
  { line: 'POST /plugins/evil/upgrade?remote=evil' },
  { line: 'POST /plugins/evil/set', body: ['A=b'] },
  { line: 'POST /plugins/evil/enable?timeout=1' },
  { line: 'POST /plugins/evil/disable' },
  { line: 'DELETE /plugins/evil' },
  { line: 'POST /images/load' },
  { line: 'POST /images/evil/push?tag=1' },
  { line: 'POST /swarm/init', body: { ListenAddr: '127.0.0.1' } },
  { line: 'POST /swarm/join', body: { ListenAddr: '127.0.0.1' } },
  { line: 'POST /swarm/leave' },
  { line: 'POST /swarm/update?version=1', body: { Name: 'x' } },
  { line: 'POST /swarm/unlock', body: { UnlockKey: 'x' } },
  { line: 'GET /swarm' },
  { line: 'GET /swarm/unlockkey' },
  { line: 'POST /nodes/n/update?version=1', body: { Role: 'manager' } },
  { line: 'DELETE /nodes/n' },
]

export const attempts: readonly Attempts[] = [
  {
    name: 'filter',
    policy: filter(['POST /containers/create', 'POST /containers/:id/rename'], ({ endpoint, query, body }) =>
      endpoint === 'POST /containers/create'
        ? !!body.Labels?.['ticket'] || 'a ticket'
        : query.name !== 'db' || 'not db',
    ),
    refused: [plain, { line: 'POST /containers/mine/rename?name=db' }],
    passed: { line: create, body: { Image: 'alpine', Labels: { ticket: '1' } } },
  },
  {
    name: 'readOnly',
    policy: filter.readOnly(),
    refused: [
      plain,
      ...into,
      { line: 'GET /containers/mine/attach/ws?stream=1' },
      { line: 'DELETE /volumes/v' },
    ],
    passed: { line: 'GET /containers/json' },
  },
  {
    name: 'allow',
    policy: filter.allow(['GET /containers/:id/json', 'POST /containers/:id/start']),
    refused: [
      plain,
      into[0]!,
      { line: 'DELETE /containers/mine?force=1' },
      { line: 'POST /containers/mine/kill' },
    ],
    passed: { line: 'POST /containers/mine/start' },
  },
  {
    name: 'deny',
    policy: filter.deny(['* /swarm{/*rest}', 'POST /containers/:id/exec', 'POST /build']),
    refused: [into[0]!, { line: 'GET /swarm/unlockkey' }, { line: 'POST /build?t=a' }],
    passed: { line: 'POST /containers/mine/kill' },
  },
  {
    name: 'owner',
    policy: filter.owner('me'),
    refused: [
      { line: 'POST /containers/web/kill?signal=9' },
      into[0]!,
      into[1]!,
      ...containers({ VolumesFrom: ['web'] }, { NetworkMode: 'container:web' }, { Binds: ['foreign:/x'] }),
      { line: 'POST /networks/bridge/connect', body: { Container: 'web' } },
      { line: 'POST /images/load?quiet=1' },
      { line: 'POST /build?version=2' },
      { line: 'GET /swarm' },
    ],
    passed: { line: create, body: { Image: 'alpine', Labels: { a: 'b' } } },
  },
  {
    name: 'hostPaths',
    policy: filter.hostPaths(),
    refused: [...hostPaths, ...privileged, ...into],
    passed: plain,
  },
  {
    name: 'namespaces',
    policy: filter.namespaces(),
    refused: [...namespaces, ...privileged, ...into],
    passed: plain,
  },
  {
    name: 'capabilities',
    policy: filter.capabilities(),
    refused: [
      ...containers({ CapAdd: ['SYS_ADMIN'] }),
      services({ CapabilityAdd: ['SYS_ADMIN'] }),
      ...privileged,
      ...into,
    ],
    passed: plain,
  },
  {
    name: 'devices',
    policy: filter.devices(),
    refused: [
      ...containers(
        { Devices: [{ PathOnHost: '/dev/sda' }] },
        { DeviceCgroupRules: ['c 1:3 r'] },
        { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] },
      ),
      { line: 'POST /containers/mine/update', body: { Devices: [{ PathOnHost: '/dev/sda' }] } },
      ...privileged,
      ...into,
    ],
    passed: plain,
  },
  {
    name: 'securityOptions',
    policy: filter.securityOptions(),
    refused: [
      ...containers({ SecurityOpt: ['seccomp=unconfined'] }, { MaskedPaths: [] }),
      services({ Privileges: { AppArmor: { Mode: 'disabled' } } }),
      { line: `POST /build?securityopt=${encodeURIComponent('["seccomp=unconfined"]')}` },
      ...privileged,
      ...into,
    ],
    passed: plain,
  },
  {
    name: 'sysctls',
    policy: filter.sysctls(),
    refused: [
      ...containers({ Sysctls: { 'net.core.somaxconn': '9' } }),
      services({ Sysctls: { 'net.core.somaxconn': '9' } }),
      ...privileged,
      ...into,
    ],
    passed: plain,
  },
  {
    name: 'runtimes',
    policy: filter.runtimes(),
    refused: [
      ...containers({ Runtime: 'other' }, { Isolation: 'process' }),
      services({ Isolation: 'process' }),
      ...into,
    ],
    passed: plain,
  },
  { name: 'drivers', policy: filter.drivers(), refused: [...drivers, ...into], passed: plain },
  {
    name: 'images',
    policy: filter.images({ allow: ['alpine'] }),
    refused: [...images, ...into],
    passed: plain,
  },
  {
    name: 'unprivileged',
    policy: filter.unprivileged({ images: { allow: ['alpine'] } }),
    refused: [...hostPaths, ...privileged, ...namespaces, ...drivers, ...images, ...into, ...others],
    passed: plain,
  },
]

/** The endpoints of these calls, as patterns say them. */
export function isCallOf(endpoint: Endpoint, { line }: Call): boolean {
  const [method, path = ''] = endpoint.split(' ')
  const form = new RegExp(`^${method} ${path.replaceAll(/:\w+/g, '[^/?]+')}(?:\\?|$)`)
  return form.test(line)
}
