import { filter } from '@intermediate/filter'
import { describe, expect, it } from 'vitest'
import { expectPassed, expectRefused, make } from './containers.js'

const create = 'POST /v1.45/containers/create?name=web'
const withHostConfig = (HostConfig: object) => ({ Image: 'busybox', HostConfig })
const service = (ContainerSpec: object, more: object = {}) => ({
  Name: 'web',
  TaskTemplate: { ContainerSpec: { Image: 'busybox', ...ContainerSpec }, ...more },
})

/** What each asks for on every route to it, the policy whose it is, and what the client is told. */
const asked: readonly [policy: Single, what: string, line: string, body: unknown, message: string][] = [
  ...[
    ['hostPaths', { Binds: ['/etc:/x'] }, 'the host path /etc'],
    ['hostPaths', { Binds: ['/etc/../:/x:ro'] }, 'the host path /'],
    ['hostPaths', { Binds: '/etc:/x' }, 'the host path /etc'],
    ['hostPaths', { Binds: ['./here:/x'] }, 'the mount of ./here'],
    ['hostPaths', { Binds: ['named:/x:rshared'] }, 'the bind named:/x:rshared'],
    ['hostPaths', { Binds: ['c:\\:d:\\'] }, 'the bind c:\\:d:\\'],
    ['hostPaths', { Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }, 'the host path /etc'],
    [
      'hostPaths',
      { Mounts: [{ Type: 'npipe', Source: '\\\\.\\pipe\\x', Target: '/x' }] },
      'a mount of the type "npipe"',
    ],
    ['hostPaths', { Mounts: [{ Source: '/etc', Target: '/x' }] }, 'a mount of the type ""'],
    [
      'hostPaths',
      {
        Mounts: [
          {
            Type: 'volume',
            Target: '/x',
            VolumeOptions: { DriverConfig: { Options: { o: 'rbind', device: '/etc' } } },
          },
        ],
      },
      'the host path /etc',
    ],
    ['hostPaths', { Tmpfs: { '/x': 'size=1m,bind' } }, 'a tmpfs with the options size=1m,bind'],
    ['hostPaths', { Privileged: true }, 'privileged mode'],
    ['drivers', { VolumeDriver: 'nfs' }, 'the volume driver nfs'],
    ['drivers', { Mounts: [{ Type: 'cluster', Source: 'x', Target: '/x' }] }, 'the volume driver cluster'],
    ['drivers', { LogConfig: { Type: 'syslog' } }, 'the log driver syslog'],
    [
      'drivers',
      { LogConfig: { Type: '', Config: { 'syslog-address': 'unix:///x' } } },
      'the log driver of the engine with the option syslog-address',
    ],
    ['namespaces', { NetworkMode: 'host' }, 'the network namespace of the host'],
    ['namespaces', { NetworkMode: 'container:web' }, 'the network namespace of another container'],
    ['namespaces', { NetworkMode: 'ns:/proc/1/ns/net' }, 'the network ns:/proc/1/ns/net'],
    ['namespaces', { PidMode: 'host' }, 'the pid namespace of the host'],
    ['namespaces', { PidMode: 'container:web' }, 'the pid namespace of another container'],
    ['namespaces', { IpcMode: 'host' }, 'the ipc namespace of the host'],
    ['namespaces', { IpcMode: 'container:web' }, 'the ipc namespace of another container'],
    ['namespaces', { UTSMode: 'host' }, 'the uts namespace of the host'],
    ['namespaces', { UsernsMode: 'host' }, 'the userns namespace of the host'],
    ['namespaces', { CgroupnsMode: 'host' }, 'the cgroup namespace of the host'],
    ['namespaces', { CgroupParent: '/' }, 'the cgroup parent /'],
    ['namespaces', { Cgroup: 'container:web' }, 'the cgroup container:web'],
    ['namespaces', { Privileged: true }, 'privileged mode'],
    ['capabilities', { CapAdd: ['SYS_ADMIN'] }, 'the capability SYS_ADMIN'],
    ['capabilities', { CapAdd: ['cap_sys_admin'] }, 'the capability SYS_ADMIN'],
    ['capabilities', { CapAdd: 'all' }, 'the capability ALL'],
    ['capabilities', { Privileged: true }, 'privileged mode'],
    ['devices', { Devices: [{ PathOnHost: '/dev/sda' }] }, 'the device /dev/sda'],
    ['devices', { DeviceCgroupRules: ['c 1:1 rwm'] }, 'the device c 1:1 rwm'],
    ['devices', { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] }, 'the device gpu'],
    ['devices', { DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['a.b/c=d'] }] }, 'the device a.b/c=d'],
    ['devices', { Privileged: true }, 'privileged mode'],
    ['securityOptions', { SecurityOpt: ['seccomp=unconfined'] }, 'the security option seccomp=unconfined'],
    ['securityOptions', { SecurityOpt: ['label:disable'] }, 'the security option label=disable'],
    [
      'securityOptions',
      { SecurityOpt: ['no-new-privileges=false'] },
      'the security option no-new-privileges=false',
    ],
    ['securityOptions', { MaskedPaths: [] }, 'the security option systempaths=unconfined'],
    ['securityOptions', { ReadonlyPaths: ['/proc/bus'] }, 'the security option systempaths=unconfined'],
    ['securityOptions', { Privileged: true }, 'privileged mode'],
    ['sysctls', { Sysctls: { 'kernel.msgmax': '1' } }, 'the sysctl kernel.msgmax'],
    ['sysctls', { Privileged: true }, 'privileged mode'],
    ['runtimes', { Annotations: { 'run.oci.x': '1' } }, 'the annotation run.oci.x'],
    ['runtimes', { Isolation: 'process' }, 'the isolation process'],
    ['runtimes', { Runtime: 'other' }, 'the runtime other'],
  ].map(([policy, config, message]): (typeof asked)[number] => [
    policy as Single,
    `HostConfig ${JSON.stringify(config)}`,
    create,
    withHostConfig(config as object),
    message as string,
  ]),
  [
    'namespaces',
    'an endpoint in the network host',
    create,
    { Image: 'busybox', NetworkingConfig: { EndpointsConfig: { host: {} } } },
    'the network namespace of the host',
  ],
  [
    'sysctls',
    'an option of an endpoint',
    create,
    {
      Image: 'busybox',
      NetworkingConfig: {
        EndpointsConfig: {
          shop: { DriverOpts: { 'com.docker.network.endpoint.sysctls': 'net.ipv4.a=1,net.ipv4.b=2' } },
        },
      },
    },
    'the sysctl net.ipv4.a',
  ],
  [
    'hostPaths',
    'exec',
    'POST /containers/web/exec',
    { Cmd: ['id'], Privileged: true },
    'privileged mode of an exec',
  ],
  [
    'capabilities',
    'exec',
    'POST /containers/web/exec',
    { Cmd: ['id'], Privileged: true },
    'privileged mode of an exec',
  ],
  [
    'devices',
    'update',
    'POST /containers/web/update',
    { Devices: [{ PathOnHost: '/dev/sda' }] },
    'the device /dev/sda',
  ],
  ['namespaces', 'update', 'POST /containers/web/update', { CgroupParent: '/x' }, 'the cgroup parent /x'],
  [
    'hostPaths',
    'start',
    'POST /containers/web/start?checkpoint=a&checkpoint-dir=/srv',
    '',
    'the host path /srv',
  ],
  ['hostPaths', 'start', 'POST /containers/web/start?checkpoint=../../srv', '', 'the mount of ../../srv'],
  ['hostPaths', 'checkpoints', 'GET /containers/web/checkpoints?dir=/etc', '', 'the host path /etc'],
  [
    'hostPaths',
    'checkpoint',
    'POST /containers/web/checkpoints',
    { CheckpointID: 'a', CheckpointDir: '/srv' },
    'the host path /srv',
  ],
  ['hostPaths', 'checkpoint', 'DELETE /containers/web/checkpoints/a?dir=/srv', '', 'the host path /srv'],
  ...[
    [{ type: 'none', o: 'bind', device: '/etc' }, 'the host path /etc'],
    [{ o: 'rbind,ro', device: '/etc' }, 'the host path /etc'],
    [
      { type: 'none', o: 'bind,shared', device: '/etc' },
      'a volume with type=none and o=bind,shared and device=/etc',
    ],
    [{ type: 'ext4', device: '/dev/sda' }, 'a volume with type=ext4 and device=/dev/sda'],
    [{ type: 'tmpfs', device: '/etc', o: 'bind' }, 'a volume with type=tmpfs and device=/etc and o=bind'],
    [
      { type: 'overlay', device: 'overlay', o: 'lowerdir=/etc' },
      'a volume with type=overlay and device=overlay and o=lowerdir=/etc',
    ],
    [{ type: 'nfs', o: 'addr=a', device: ':/x' }, 'a volume with type=nfs and o=addr=a and device=:/x'],
    [{ other: '1' }, 'a volume with other=1'],
  ].map(([DriverOpts, message]): (typeof asked)[number] => [
    'hostPaths',
    `volume ${JSON.stringify(DriverOpts)}`,
    'POST /volumes/create',
    { Name: 'v', Driver: 'local', DriverOpts },
    message as string,
  ]),
  ['drivers', 'volume', 'POST /volumes/create', { Driver: 'nfs' }, 'the volume driver nfs'],
  [
    'drivers',
    'volume',
    'POST /volumes/create',
    { ClusterVolumeSpec: { Group: 'x' } },
    'the volume driver cluster',
  ],
  [
    'drivers',
    'network',
    'POST /networks/create',
    { Name: 'n', Driver: 'macvlan', Options: { parent: 'eth0' } },
    'the network driver macvlan',
  ],
  [
    'drivers',
    'network',
    'POST /networks/create',
    { Name: 'n', Options: { 'com.docker.network.bridge.name': 'br0' } },
    'the network driver bridge with the option com.docker.network.bridge.name',
  ],
  [
    'drivers',
    'network',
    'POST /networks/create',
    { Name: 'n', ConfigFrom: { Network: 'x' } },
    'the network driver bridge with the option config-from',
  ],
  [
    'drivers',
    'network',
    'POST /networks/create',
    { Name: 'n', IPAM: { Driver: 'dhcp' } },
    'the ipam driver dhcp',
  ],
  [
    'namespaces',
    'network',
    'POST /networks/create',
    { Name: 'n', Driver: 'host' },
    'the network namespace of the host',
  ],
  [
    'namespaces',
    'connect',
    'POST /networks/host/connect',
    { Container: 'web' },
    'the network namespace of the host',
  ],
  [
    'drivers',
    'secret',
    'POST /secrets/create',
    { Name: 's', Driver: { Name: 'vault' } },
    'the secret driver vault',
  ],
  ...[
    ['hostPaths', { Mounts: [{ Type: 'bind', Source: '/etc', Target: '/x' }] }, 'the host path /etc'],
    ['capabilities', { CapabilityAdd: ['CAP_SYS_ADMIN'] }, 'the capability SYS_ADMIN'],
    ['sysctls', { Sysctls: { 'net.a': '1' } }, 'the sysctl net.a'],
    [
      'securityOptions',
      { Privileges: { Seccomp: { Mode: 'unconfined' } } },
      'the security option seccomp=unconfined',
    ],
    [
      'securityOptions',
      { Privileges: { AppArmor: { Mode: 'disabled' } } },
      'the security option apparmor=disabled',
    ],
    ['securityOptions', { Privileges: { SELinuxContext: { Disable: true } } }, 'the security option label'],
    [
      'securityOptions',
      { Privileges: { CredentialSpec: { File: 'x' } } },
      'the security option credentialspec',
    ],
    ['runtimes', { Isolation: 'process' }, 'the isolation process'],
  ].flatMap(([policy, spec, message]): (typeof asked)[number][] =>
    ['POST /services/create', 'POST /services/web/update?version=3'].map((line) => [
      policy as Single,
      `service ${JSON.stringify(spec)}`,
      line,
      service(spec as object),
      message as string,
    ]),
  ),
  [
    'namespaces',
    'service',
    'POST /services/create',
    service({}, { Networks: [{ Target: 'host' }] }),
    'the network namespace of the host',
  ],
  [
    'namespaces',
    'service',
    'POST /services/create',
    { ...service({}), Networks: [{ Target: 'host' }] },
    'the network namespace of the host',
  ],
  [
    'drivers',
    'service',
    'POST /services/create',
    service({}, { LogDriver: { Name: 'syslog' } }),
    'the log driver syslog',
  ],
  [
    'devices',
    'service',
    'POST /services/create',
    service(
      {},
      {
        Resources: {
          Reservations: { GenericResources: [{ NamedResourceSpec: { Kind: 'GPU', Value: '1' } }] },
        },
      },
    ),
    'the device GPU',
  ],
  [
    'hostPaths',
    'service',
    'POST /services/create',
    { Name: 'p', TaskTemplate: { Runtime: 'plugin', PluginSpec: { remote: 'x' } } },
    'the TaskTemplate.Runtime of a service',
  ],
  [
    'hostPaths',
    'service',
    'POST /services/create',
    { TaskTemplate: { PluginSpec: { remote: 'x' } } },
    'the TaskTemplate.PluginSpec of a service',
  ],
  [
    'namespaces',
    'service',
    'POST /services/create',
    { TaskTemplate: { NetworkAttachmentSpec: { ContainerID: 'x' } } },
    'the TaskTemplate.NetworkAttachmentSpec of a service',
  ],
  [
    'sysctls',
    'service',
    'POST /services/create',
    service(
      {},
      { Networks: [{ Target: 'shop', DriverOpts: { 'com.docker.network.endpoint.sysctls': 'net.a=1' } }] },
    ),
    'the sysctl net.a',
  ],
  [
    'drivers',
    'connect',
    'POST /networks/shop/connect',
    { EndpointConfig: { DriverOpts: { other: '1' } } },
    'the network driver of the container with the option other',
  ],
  ['namespaces', 'build', 'POST /build?networkmode=host', 'x', 'the network namespace of the host'],
  [
    'namespaces',
    'build',
    'POST /build?version=2&networkmode=container:web',
    '',
    'the network namespace of another container',
  ],
  ['namespaces', 'build', 'POST /build?cgroupparent=/x', '', 'the cgroup parent /x'],
  ['runtimes', 'build', 'POST /build?isolation=process', '', 'the isolation process'],
  [
    'securityOptions',
    'build',
    'POST /build?securityopt=%5B%22seccomp=unconfined%22%5D',
    '',
    'the security option seccomp=unconfined',
  ],
  ...[
    'POST /plugins/pull?remote=x',
    'POST /plugins/create?name=x',
    'POST /plugins/x/upgrade?remote=x',
    'POST /plugins/x/set',
    'POST /plugins/x/enable',
    'POST /plugins/x/disable?force=1',
    'DELETE /plugins/x',
  ].map((line): (typeof asked)[number] => [
    'hostPaths',
    'plugin',
    line,
    '',
    'to change a plugin, which has power over the host,',
  ]),
]

type Single =
  | 'hostPaths'
  | 'namespaces'
  | 'capabilities'
  | 'devices'
  | 'securityOptions'
  | 'sysctls'
  | 'runtimes'
  | 'drivers'

describe.each(asked)('%s: %s on %s', (policy, _, line, body, message) => {
  it('is refused by its own policy and never reaches the engine', async () => {
    await expectRefused(filter[policy](), line, body, startingWith(message))
  })

  it('is refused by unprivileged', async () => {
    await expectRefused(filter.unprivileged(), line, body, startingWith(message))
  })

  it.skipIf(typeof body === 'string')('is refused with its fields in lower case', async () => {
    await expectRefused(filter[policy](), line, inLowerCase(body), startingWith(message))
  })
})

describe('unprivileged also refuses', () => {
  it.each([
    [
      'a score below zero',
      create,
      withHostConfig({ OomScoreAdj: -1 }),
      'a negative OomScoreAdj is not allowed here: leave it out',
    ],
    [
      'OomKillDisable',
      create,
      withHostConfig({ OomKillDisable: true }),
      'OomKillDisable is not allowed here: leave it out',
    ],
    [
      'ulimits of priority',
      create,
      withHostConfig({ Ulimits: [{ Name: 'rtprio', Hard: 9, Soft: 9 }] }),
      'the ulimit rtprio is not allowed here: leave it out',
    ],
    [
      'ulimits of a build',
      'POST /build?ulimits=%5B%7B%22Name%22:%22nice%22%7D%5D',
      '',
      'the ulimit nice is not allowed here: leave it out',
    ],
    [
      'other storage options',
      create,
      withHostConfig({ StorageOpt: { x: '1' } }),
      'the storage option x is not allowed here: leave it out',
    ],
    [
      'fields of the HostConfig that nobody knows',
      create,
      withHostConfig({ Brandnew: { a: 1 } }),
      'the field HostConfig.Brandnew, which no rule here knows, is not allowed here',
    ],
    [
      'fields of mounts that nobody knows',
      create,
      withHostConfig({ Mounts: [{ Type: 'tmpfs', Target: '/x', New: 1 }] }),
      'the field HostConfig.Mounts.New, which no rule here knows, is not allowed here',
    ],
    [
      'values of another kind',
      create,
      withHostConfig({ Privileged: 'true' }),
      'the value of HostConfig.Privileged is not allowed here',
    ],
    [
      'lists that are none',
      create,
      withHostConfig({ CapAdd: { 0: 'SYS_ADMIN' } }),
      'the value of HostConfig.CapAdd is not allowed here',
    ],
    [
      'a HostConfig that is none',
      create,
      withHostConfig([] as object),
      'the value of HostConfig is not allowed here',
    ],
    [
      'to read what cannot be read',
      'POST /build?ulimits=%5B',
      '',
      'the value of ulimits is not allowed here',
    ],
    [
      'to join a swarm',
      'POST /swarm/join',
      { RemoteAddrs: ['a'] },
      'to manage the swarm is not allowed here',
    ],
    ['to read its keys', 'GET /swarm/unlockkey', '', 'to manage the swarm is not allowed here'],
  ])('%s', async (_, line, body, message) => {
    await expectRefused(filter.unprivileged(), line, body, message)
  })

  it('what it cannot judge: gRPC, old versions and unknown paths', async () => {
    expect((await make(filter.unprivileged(), 'POST /grpc')).status).toBe(403)
    expect(
      (await make(filter.unprivileged(), 'POST /v1.23/containers/web/start', '{"Privileged":true}')).status,
    ).toBe(400)
    expect((await make(filter.unprivileged(), 'GET /containers//json')).status).toBe(403)
  })

  it('all that is wrong with a call, in one sentence', async () => {
    await expectRefused(
      filter.unprivileged(),
      create,
      withHostConfig({ Privileged: true, Binds: ['/etc:/x', '/etc:/y', '/var:/z'] }),
      'privileged mode is not allowed here; the host path /etc is not allowed here: use a volume; the host path /var is not allowed here: use a volume',
    )
  })
})

describe('however it is written', () => {
  it.each([
    [create, '{"image":"busybox","hostconfig":{"privileged":true}}'],
    [create, '{"Image":"busybox","HOSTCONFIG":{"PRIVILEGED":true}}'],
    [create, '{"Image":"busybox","HostConfig":{"Privileged":null,"binds":["/etc:/x"]}}'],
    [create, String.raw`{"Image":"busybox","HostConfig":{"\u0050rivileged":true}}`],
    ['POST /%63ontainers/create', '{"Image":"busybox","HostConfig":{"Privileged":true}}'],
    ['POST /containers/a/b/exec', '{"Privileged":true}'],
    ['POST /containers/web/%65xec', '{"privileged":true}'],
    ['POST /containers/web%2fexec', '{"privileged":true}'],
  ])('%s %s is refused', async (line, body) => {
    await expectRefused(
      filter.unprivileged(),
      line,
      body,
      /^(privileged mode|privileged mode of an exec|the host path \/etc) is not allowed here/,
    )
  })

  it('a HostConfig at the top level is not read by anyone', async () => {
    const { status, done } = await make(
      filter.unprivileged(),
      create,
      '{"Image":"busybox","Privileged":true}',
    )
    expect([status, done]).toEqual([400, []])
  })
})

describe.each([
  ['nothing but an image', create, { Image: 'busybox' }],
  [
    'nulls and zeros',
    create,
    withHostConfig({
      Privileged: false,
      Binds: null,
      CapAdd: [],
      MaskedPaths: null,
      Devices: [],
      NetworkMode: '',
      Runtime: '',
      OomScoreAdj: 0,
      Sysctls: {},
    }),
  ],
  ['what clients put beside the fields', create, { Image: 'busybox', name: 'web', _query: {} }],
  [
    'named and anonymous volumes',
    create,
    {
      Image: 'busybox',
      Volumes: { '/x': {} },
      HostConfig: {
        Binds: ['data:/data', 'more:/more:ro,z', '/only'],
        Mounts: [
          {
            Type: 'volume',
            Source: 'data',
            Target: '/y',
            VolumeOptions: { NoCopy: true, DriverConfig: { Name: 'local' } },
          },
          { Type: 'tmpfs', Target: '/z', TmpfsOptions: { SizeBytes: 9 } },
        ],
      },
    },
  ],
  [
    'fewer capabilities',
    create,
    withHostConfig({
      CapDrop: ['ALL'],
      CapAdd: ['CHOWN', 'CAP_NET_BIND_SERVICE'],
      SecurityOpt: ['no-new-privileges:true'],
    }),
  ],
  [
    'limits, ports and logs',
    create,
    withHostConfig({
      Memory: 1e9,
      NanoCpus: 1e9,
      PidsLimit: 100,
      Ulimits: [{ Name: 'nofile', Soft: 9, Hard: 9 }],
      PortBindings: { '80/tcp': [{ HostPort: '80' }] },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
      RestartPolicy: { Name: 'always' },
      OomScoreAdj: 500,
      StorageOpt: { size: '1G' },
    }),
  ],
  [
    'a network of its own',
    create,
    {
      Image: 'busybox',
      HostConfig: { NetworkMode: 'shop', IpcMode: 'shareable', CgroupnsMode: 'private' },
      NetworkingConfig: { EndpointsConfig: { shop: { Aliases: ['web'] } } },
    },
  ],
  ['a volume', 'POST /volumes/create', { Name: 'v', Labels: { a: 'b' } }],
  [
    'a volume in memory',
    'POST /volumes/create',
    { Name: 'v', DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=100m,uid=1000,mode=0700' } },
  ],
  [
    'a network',
    'POST /networks/create',
    {
      Name: 'n',
      Driver: 'bridge',
      IPAM: { Driver: 'default', Config: [{ Subnet: '10.0.0.0/24' }] },
      Options: { 'com.docker.network.driver.mtu': '1400' },
    },
  ],
  ['connect', 'POST /networks/shop/connect', { Container: 'web', EndpointConfig: { Aliases: ['a'] } }],
  [
    'a service',
    'POST /services/create',
    service(
      {
        Mounts: [{ Type: 'volume', Source: 'data', Target: '/x' }],
        Privileges: { NoNewPrivileges: true, Seccomp: { Mode: 'default' } },
      },
      { Runtime: 'container', Networks: [{ Target: 'shop' }], LogDriver: { Name: 'json-file' } },
    ),
  ],
  ['a secret', 'POST /secrets/create', { Name: 's', Data: 'eA==' }],
])('%s', (_, line, body) => {
  it('passes as it is', async () => {
    await expectPassed(filter.unprivileged(), line, body)
  })
})

describe.each([
  'POST /build?t=a&networkmode=default&ulimits=null&cachefrom=%5B%5D&cgroupparent=&version=2',
  'POST /images/create?fromImage=busybox&tag=latest',
  'POST /images/load',
  'POST /containers/prune',
  'GET /containers/json?all=1',
  'POST /session',
])('%s', (line) => {
  it('passes untouched', async () => {
    await expectPassed(filter.unprivileged(), line)
  })
})

describe('what is listed is allowed', () => {
  it.each([
    [{ hostPaths: ['/srv/data'] }, create, withHostConfig({ Binds: ['/srv/data/:/x'] })],
    [
      { hostPaths: ['/srv/data:ro'] },
      create,
      withHostConfig({
        Binds: ['/srv/data:/x:ro', '/srv/data:/y:rprivate,ro'],
        Tmpfs: { '/t': 'rw,size=1m', '/u': '' },
      }),
    ],
    [
      { hostPaths: ['/srv/**'] },
      create,
      withHostConfig({ Mounts: [{ Type: 'bind', Source: '/srv/a/b', Target: '/x' }] }),
    ],
    [{ hostPaths: ['/**'] }, create, withHostConfig({ Binds: ['/:/x'] })],
    [
      { hostPaths: ['/var/run/docker.sock'] },
      create,
      withHostConfig({ Binds: ['/var/run/docker.sock:/var/run/docker.sock:rw'] }),
    ],
    [
      { hostPaths: ['/srv/data'] },
      'POST /volumes/create',
      { DriverOpts: { type: 'none', o: 'bind', device: '/srv/data' } },
    ],
    [
      { namespaces: ['network:host', 'pid:host'] },
      create,
      withHostConfig({ NetworkMode: 'host', PidMode: 'host' }),
    ],
    [{ namespaces: ['cgroup-parent:/ci'] }, create, withHostConfig({ CgroupParent: '/ci' })],
    [{ capabilities: ['cap_net_admin'] }, create, withHostConfig({ CapAdd: ['NET_ADMIN'] })],
    [
      { devices: ['/dev/fuse', 'gpu', 'a.b/c=d', '/dev/kvm:rw'] },
      create,
      withHostConfig({
        Devices: [
          { PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' },
          { PathOnHost: '/dev/kvm', CgroupPermissions: 'r' },
        ],
        DeviceRequests: [{ Capabilities: [['gpu']] }, { Driver: 'cdi', DeviceIDs: ['a.b/c=d'] }],
      }),
    ],
    [
      { securityOptions: ['seccomp', 'apparmor=web'] },
      create,
      withHostConfig({ SecurityOpt: ['seccomp={}', 'apparmor:web'] }),
    ],
    [{ sysctls: ['net.core.*'] }, create, withHostConfig({ Sysctls: { 'net.core.somaxconn': '1' } })],
    [
      { runtimes: ['runsc', 'annotation:a'] },
      create,
      withHostConfig({ Runtime: 'runsc', Annotations: { a: 'b' } }),
    ],
    [
      { drivers: ['volume:nfs', 'network:macvlan', 'log:syslog'] },
      'POST /volumes/create',
      { Driver: 'nfs', DriverOpts: { share: 'x' } },
    ],
    [{ swarm: true }, 'POST /swarm/init', { ListenAddr: '0.0.0.0' }],
  ])('%j: %s', async (options, line, body) => {
    await expectPassed(filter.unprivileged(options), line, body)
  })

  it.each([
    [
      { hostPaths: ['/srv/data:ro'] },
      withHostConfig({ Binds: ['/srv/data:/x'] }),
      'the host path /srv/data is not allowed here: allowed is /srv/data:ro',
    ],
    [
      { hostPaths: ['/srv/data:ro'] },
      withHostConfig({ Binds: ['/srv/data:/x:ro,Z'] }),
      'the host path /srv/data is not allowed here: allowed is /srv/data:ro',
    ],
    [
      { hostPaths: ['/srv/data:ro'] },
      withHostConfig({
        Mounts: [
          { Type: 'bind', Source: '/srv/data', ReadOnly: true, BindOptions: { ReadOnlyNonRecursive: true } },
        ],
      }),
      'the host path /srv/data is not allowed here: allowed is /srv/data:ro',
    ],
    [
      { hostPaths: ['/srv/data'] },
      withHostConfig({
        Mounts: [{ Type: 'bind', Source: '/srv/data', BindOptions: { Propagation: 'rshared' } }],
      }),
      'the HostConfig.Mounts.BindOptions.Propagation rshared is not allowed here: allowed is /srv/data',
    ],
    [
      { hostPaths: ['/srv/data'] },
      withHostConfig({ Binds: ['/srv/data/link:/x'] }),
      'the host path /srv/data/link is not allowed here: allowed is /srv/data',
    ],
    [
      { hostPaths: ['/srv/data', '/a/**'] },
      withHostConfig({ Binds: ['/srv/data2:/x', '/ab:/y'] }),
      'the host path /srv/data2 is not allowed here: allowed are /srv/data, /a/**; the host path /ab is not allowed here: allowed are /srv/data, /a/**',
    ],
    [
      { devices: ['/dev/kvm:r'] },
      withHostConfig({ Devices: [{ PathOnHost: '/dev/kvm' }] }),
      'the device /dev/kvm is not allowed here: allowed is /dev/kvm:r',
    ],
    [
      { capabilities: ['NET_ADMIN'] },
      withHostConfig({ CapAdd: ['ALL'] }),
      'the capability ALL is not allowed here: allowed is NET_ADMIN',
    ],
    [
      { sysctls: ['net.core.*'] },
      withHostConfig({ Sysctls: { 'net.corea': '1' } }),
      'the sysctl net.corea is not allowed here: allowed is net.core.*',
    ],
  ])('%j and nothing like it', async (options, body, message) => {
    await expectRefused(filter.unprivileged(options), create, body, message)
  })
})

it('options of a driver of devices are never allowed', async () => {
  const DeviceRequests = [{ Capabilities: [['gpu']], Options: { a: 'b' } }]
  const policy = filter.devices(['gpu'])
  await expectPassed(policy, create, withHostConfig({ DeviceRequests: [{ Capabilities: [['gpu']] }] }))
  await expectRefused(
    policy,
    create,
    withHostConfig({ DeviceRequests }),
    /^the options of HostConfig.DeviceRequests /,
  )
})

describe('an option that cannot be used', () => {
  it.each([
    [
      () => filter.unprivileged({ hostPath: [] } as object),
      /was given the option hostPath, which does not exist: there are hostPaths, /,
    ],
    [
      () => filter.unprivileged({ swarm: 'yes' } as object),
      /was given the swarm "yes": say true or false\.$/,
    ],
    [
      () => filter.hostPaths('/srv' as never),
      /^hostPaths was given "\/srv": give it a list, such as \['\/srv\/data:ro'\]\.$/,
    ],
    [
      () => filter.hostPaths(['srv']),
      /^hostPaths was given "srv", which it does not know: write it as '\/srv\/data:ro'\.$/,
    ],
    [
      () => filter.hostPaths(['/srv/../etc']),
      /write the path without \. and \.\., and \* only in a last \/\*\*\.$/,
    ],
    [
      () => filter.namespaces(['host']),
      /^namespaces was given "host", which it does not know: write it as 'network:host'\.$/,
    ],
    [() => filter.capabilities(['']), /^capabilities was given ""/],
    [() => filter.drivers(['nfs']), /^drivers was given "nfs"/],
    [() => filter.sysctls(['*']), /^sysctls was given "\*"/],
    [() => filter.securityOptions(['SECCOMP=']), /^securityOptions was given/],
    [() => filter.images({} as never), /^images was given undefined: give it a list/],
    [() => filter.images(null as never), /^images was given null: give it options/],
  ])('%s is an error at start', (make, message) => {
    expect(make).toThrow(
      expect.objectContaining({
        code: 'ERR_CONFIGURATION',
        message: expect.stringMatching(message) as string,
      }) as Error,
    )
  })
})

/** The same with all of its names in lower case: those of maps are as it is. */
function inLowerCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLowerCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inLowerCase(inner)]),
  )
}

function startingWith(message: string): RegExp {
  return new RegExp(`^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)} is not allowed here`)
}
