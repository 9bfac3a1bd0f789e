import { filter } from '@intermediate/filter'
import { describe, expect, it } from 'vitest'
import { asked, create, service, withHostConfig } from './containers-asked.js'
import { expectPassed, expectRefused, make } from './containers.js'

describe.each(asked)('%s: %s on %s', (policy, _, line, body, message) => {
  it('is refused by its own policy and never reaches the engine', async () => {
    await expectRefused(filter[policy](), line, body, startingWith(message))
  })

  it('is refused by unprivileged', async () => {
    await expectRefused(filter.unprivileged(), line, body, startingWith(message))
  })

  if (typeof body !== 'string')
    it('is refused with its fields in lower case', async () => {
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
      'other arguments of docker top, and says which are allowed',
      'GET /containers/web/top?ps_args=-o+args,pid',
      '',
      'the ps arguments "-o args,pid" are not allowed here: allowed are letters as in -ef and aux, and one list of columns with nothing before pid but uid, ppid, pgid, sid, and user right in front of it, as in -eo user,pid,args',
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
    ...['Ulimits', 'BlkioWeightDevice', 'BlkioDeviceReadBps', 'Devices', 'Mounts'].map(
      (field): [string, string, object, string] => [
        `null in the list ${field}, on which engines fail`,
        create,
        withHostConfig({ [field]: [null] }),
        `the value of HostConfig.${field} is not allowed here`,
      ],
    ),
    [
      'null in a list of the query',
      'POST /build?ulimits=%5Bnull%5D',
      '',
      'the value of ulimits is not allowed here',
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
          {
            Type: 'tmpfs',
            Target: '/z',
            TmpfsOptions: { SizeBytes: 9, Options: [['exec'], ['mode', '0700']] },
          },
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
      IPAM: {
        Driver: 'default',
        Config: [
          { Subnet: '10.0.0.0/24', Gateway: '10.0.0.1' },
          { Subnet: '172.31.0.0/16' },
          { Subnet: '192.168.0.0/16' },
          { Subnet: 'fd12:3456::/64' },
          { Subnet: '2001:DB8::/64' },
        ],
      },
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
      /^unprivileged\(\) was given the option hostPath, which does not exist: there are hostPaths, .* images and swarm\.$/,
    ],
    [
      () => filter.unprivileged({ swarm: 'yes' } as object),
      /was given the swarm "yes": say true or false\.$/,
    ],
    [
      () => filter.hostPaths('/srv' as never),
      /^hostPaths\(\) was given "\/srv": give it a list, such as \['\/srv\/data:ro'\]\.$/,
    ],
    [
      () => filter.hostPaths(['srv']),
      /^hostPaths\(\) was given "srv", which it does not know: write it as '\/srv\/data:ro'\.$/,
    ],
    [
      () => filter.hostPaths(['/srv/../etc']),
      /write the path without \. and \.\., and \* only in a last \/\*\*\.$/,
    ],
    [
      () => filter.namespaces(['host']),
      /^namespaces\(\) was given "host", which it does not know: write it as 'network:host'\.$/,
    ],
    [() => filter.capabilities(['']), /^capabilities\(\) was given ""/],
    [() => filter.drivers(['nfs']), /^drivers\(\) was given "nfs"/],
    [() => filter.sysctls(['*']), /^sysctls\(\) was given "\*"/],
    [() => filter.securityOptions(['SECCOMP=']), /^securityOptions\(\) was given/],
    [() => filter.images({} as never), /^images\(\) was given undefined: give it a list/],
    [() => filter.images(null as never), /^images\(\) was given null: give it options, as \{ allow: … \}\.$/],
    [
      () => filter('GET /info', undefined as never),
      /^filter\(\) was given no judge: give it a function behind the endpoints\.$/,
    ],
    [
      () => filter.items('GET /volumes', 'mine' as never),
      /^filter\.items\(\) was given no keep: give it a function behind the endpoints\.$/,
    ],
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
  return new RegExp(
    `^${message.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)} (?:is|are) not allowed here`,
  )
}
