import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { anyText, leaf, list, map, struct, whole } from './any-body.js'
import type { Body } from './any-body.js'

// Values that an engine can keep, for every field of the bodies that it keeps. One that an engine refuses, alone or
// beside another, is refused in the same way through a layer; most bodies are taken.

/** Of this test file in this run: several can use one engine at the same time. */
export const name = `im-kept-${randomBytes(3).toString('hex')}`

const only = (...values: readonly string[]): Body => ({ tree: true, text: fc.constantFrom(...values) })
const options = (...values: readonly string[]): Body => ({ ...texts, text: fc.constantFrom(...values) })
const flag = leaf('true', 'false')
const text = leaf(anyText)
const texts = map(anyText, leaf(anyText))
const number = (least: number, most: number): Body => leaf(fc.integer({ min: least, max: most }).map(String))
const bytes = leaf('8388608', '67108864', '1073741824', '68719476737')
const nanoseconds = leaf('0', '1000000', '1500000000', '9007199254740993')
const command = leaf('"true"', '["sleep","100"]', '[]', '["a b","\\u00e9\\ud83d\\ude00"]')
const none = leaf('[]')
const port = fc.constantFrom('"80/tcp"', '"53/udp"', '"8080"')
const path = fc.constantFrom('"/a"', '"/a/b"', '"/\\u00e9"')
const device = leaf('"/dev/null"', '"/dev/zero"')
const rates = list(whole({ Path: device, Rate: leaf('1048576', '9007199254740993') }))

const config = {
  ArgsEscaped: flag,
  AttachStderr: flag,
  AttachStdin: flag,
  AttachStdout: flag,
  Cmd: command,
  Domainname: leaf('"example.com"', '""'),
  Entrypoint: command,
  Env: list(leaf('"A=b"', '"B="', '"C=\\u0063=\\u00e9"', '"A=twice"')),
  ExposedPorts: map(port, leaf('{}')),
  Healthcheck: struct({
    Interval: nanoseconds,
    Retries: number(0, 9),
    StartInterval: nanoseconds,
    StartPeriod: nanoseconds,
    Test: leaf('["NONE"]', '["CMD","true"]', '["CMD-SHELL","exit 0"]', '[]'),
    Timeout: nanoseconds,
  }),
  Hostname: leaf('"web"', '""'),
  Image: only('"busybox:latest"'),
  Labels: texts,
  MacAddress: leaf('"02:42:ac:11:00:63"'),
  NetworkDisabled: flag,
  OnBuild: list(leaf('"RUN true"')),
  OpenStdin: flag,
  Shell: leaf('["/bin/sh","-c"]', '[]'),
  StdinOnce: flag,
  StopSignal: leaf('"SIGINT"', '"9"', '""'),
  StopTimeout: number(0, 1000),
  Tty: flag,
  User: leaf('"0"', '"1:2"', '""'),
  Volumes: map(path, leaf('{}')),
  WorkingDir: leaf(path),
}

const resources = {
  BlkioDeviceReadBps: rates,
  BlkioDeviceReadIOps: rates,
  BlkioDeviceWriteBps: rates,
  BlkioDeviceWriteIOps: rates,
  BlkioWeight: leaf('0', '10', '1000'),
  BlkioWeightDevice: list(whole({ Path: device, Weight: number(10, 1000) })),
  CgroupParent: leaf('"/of-tests"', '""'),
  CpuCount: number(0, 2),
  CpuPercent: number(0, 100),
  CpuPeriod: leaf('0', '100000'),
  CpuQuota: leaf('0', '50000'),
  CpuRealtimePeriod: leaf('0'),
  CpuRealtimeRuntime: leaf('0'),
  CpuShares: number(2, 9999),
  CpusetCpus: leaf('"0"', '""'),
  CpusetMems: leaf('"0"', '""'),
  DeviceCgroupRules: list(leaf('"c 1:3 mr"')),
  DeviceRequests: list(
    struct({
      Capabilities: leaf('[["gpu","nvidia"],["tpu"]]', '[]'),
      Count: number(-1, 3),
      DeviceIDs: list(leaf('"0"', '"GPU-1"')),
      Driver: leaf('"nvidia"', '""'),
      Options: texts,
    }),
  ),
  Devices: list(
    whole({ CgroupPermissions: leaf('"rwm"', '"r"'), PathInContainer: device, PathOnHost: device }),
  ),
  IOMaximumBandwidth: leaf('0'),
  IOMaximumIOps: leaf('0'),
  KernelMemory: leaf('0', '67108864'),
  KernelMemoryTCP: leaf('0', '67108864'),
  Memory: bytes,
  MemoryReservation: leaf('0', '8388608'),
  MemorySwap: leaf('-1', '68719476737'),
  MemorySwappiness: leaf('-1', '0', '60'),
  NanoCpus: leaf('0', '500000000'),
  OomKillDisable: flag,
  PidsLimit: leaf('0', '-1', '100'),
  Ulimits: list(
    whole({ Hard: number(100, 999), Name: leaf('"nofile"', '"nproc"', '"core"'), Soft: number(0, 100) }),
  ),
}

const restartPolicy = struct({
  MaximumRetryCount: number(0, 9),
  Name: leaf('"no"', '"on-failure"', '"always"', '""'),
})

const mount = struct(
  {
    BindOptions: struct({
      CreateMountpoint: flag,
      NonRecursive: flag,
      Propagation: leaf('"rprivate"'),
      ReadOnlyForceRecursive: flag,
      ReadOnlyNonRecursive: flag,
    }),
    ClusterOptions: leaf('{}'),
    Consistency: leaf('"default"', '"cached"', '""'),
    ImageOptions: struct({ Subpath: leaf('"a"') }),
    ReadOnly: flag,
    Source: leaf('"/tmp"', '""'),
    Target: { tree: true, text: path },
    TmpfsOptions: struct({
      Mode: leaf('493', '1023'),
      Options: leaf('[["exec"],["mode","0700"]]', '[]'),
      SizeBytes: bytes,
    }),
    Type: only('"tmpfs"', '"volume"', '"bind"'),
    VolumeOptions: struct({
      DriverConfig: struct({ Name: leaf('"local"'), Options: map(fc.constant('"type"'), leaf('"tmpfs"')) }),
      Labels: texts,
      NoCopy: flag,
      Subpath: leaf('"a"'),
    }),
  },
  ['Type', 'Target'],
)

const hostConfig = struct({
  ...resources,
  Annotations: texts,
  AutoRemove: flag,
  Binds: list(leaf('"/tmp:/x"', '"/tmp:/y:ro"')),
  CapAdd: leaf('["NET_ADMIN","SYS_TIME"]', '"ALL"', '[]'),
  CapDrop: leaf('["CAP_CHOWN"]', '"ALL"', '[]'),
  Cgroup: leaf('""'),
  CgroupnsMode: leaf('"host"', '"private"', '""'),
  ConsoleSize: leaf('[31,97]', '[0,0]'),
  ContainerIDFile: text,
  Dns: list(leaf('"127.0.0.1"', '"::1"')),
  DnsOptions: list(leaf('"ndots:2"')),
  DnsSearch: list(leaf('"example.com"', '"."')),
  ExtraHosts: list(leaf('"a:127.0.0.1"', '"b:::1"')),
  GroupAdd: list(leaf('"1"', '"audio"')),
  Init: flag,
  IpcMode: leaf('"private"', '"host"', '"shareable"', '"none"', '""'),
  Isolation: leaf('"default"', '""'),
  Links: none,
  LogConfig: whole({ Config: map(fc.constant('"max-size"'), leaf('"1m"')), Type: leaf('"json-file"') }),
  MaskedPaths: leaf('["/proc/kcore","/a"]', '[]'),
  Mounts: list(mount),
  NetworkMode: leaf('"bridge"', '"none"', '"host"', '"default"'),
  OomScoreAdj: number(-1000, 1000),
  PidMode: leaf('"host"', '""'),
  PortBindings: map(
    port,
    list(struct({ HostIp: leaf('"127.0.0.1"', '""'), HostPort: leaf('"0"', '"8000-8010"') })),
  ),
  Privileged: flag,
  PublishAllPorts: flag,
  ReadonlyPaths: leaf('["/proc/sys"]', '[]'),
  ReadonlyRootfs: flag,
  RestartPolicy: restartPolicy,
  Runtime: leaf('"runc"', '""'),
  SecurityOpt: list(leaf('"no-new-privileges"', '"label=disable"')),
  ShmSize: bytes,
  // Any option is refused on most file systems.
  StorageOpt: options('{}'),
  Sysctls: map(fc.constant('"net.ipv4.ip_forward"'), leaf('"1"')),
  Tmpfs: map(path, leaf('"rw,size=64k"', '""')),
  UTSMode: leaf('"host"', '""'),
  UsernsMode: leaf('"host"', '""'),
  VolumeDriver: leaf('"local"', '""'),
  VolumesFrom: none,
})

const endpointSettings = struct({
  Aliases: none,
  DNSNames: none,
  DriverOpts: texts,
  EndpointID: leaf('""'),
  Gateway: leaf('"127.0.0.1"'),
  GlobalIPv6Address: leaf('""'),
  GlobalIPv6PrefixLen: number(0, 64),
  GwPriority: number(-9, 9),
  IPAMConfig: struct({ IPv4Address: leaf('""'), IPv6Address: leaf('""'), LinkLocalIPs: none }),
  IPAddress: leaf('""'),
  IPPrefixLen: number(0, 24),
  IPv6Gateway: leaf('""'),
  Links: none,
  MacAddress: leaf('"02:42:ac:11:00:63"', '""'),
  NetworkID: leaf('""'),
})

export const image = struct(config)

export const container = struct(
  {
    ...config,
    HostConfig: hostConfig,
    NetworkingConfig: struct({ EndpointsConfig: map(fc.constant('"bridge"'), endpointSettings) }),
  },
  ['Image', 'HostConfig'],
)

export const update = struct({ ...resources, RestartPolicy: restartPolicy })

export const exec = struct(
  {
    AttachStderr: flag,
    AttachStdin: flag,
    AttachStdout: flag,
    Cmd: only('["true"]', '["echo","a b","\\u00e9"]'),
    ConsoleSize: leaf('[31,97]'),
    Detach: flag,
    DetachKeys: leaf('"ctrl-a"', '"a,b"', '""'),
    Env: list(leaf('"A=b"', '"B="')),
    Privileged: flag,
    Tty: flag,
    User: leaf('"0"', '"1:2"', '""'),
    WorkingDir: leaf(path),
  },
  ['Cmd'],
)

export const volume = struct(
  {
    Driver: leaf('"local"', '""'),
    DriverOpts: options(
      '{"type":"tmpfs","device":"tmpfs","o":"size=1m"}',
      '{"type":"tmpfs","device":"a"}',
      '{}',
    ),
    Labels: texts,
    Name: only(`"${name}"`),
  },
  ['Name'],
)

// Engines do not give back the pool of a network that they refuse late: nothing of it may be wrong, nor be taken by others.
const [high, low] = randomBytes(2)
const pool = `10.${high}.${low}`

const subnet = whole({
  AuxiliaryAddresses: options(`{"a":"${pool}.7","A":"${pool}.8"}`, `{"a":"${pool}.7"}`, '{}'),
  Gateway: only(`"${pool}.9"`),
  IPRange: only(`"${pool}.0/25"`, `"${pool}.128/25"`),
  Subnet: only(`"${pool}.0/24"`),
})

export const network = struct(
  {
    Attachable: flag,
    CheckDuplicate: flag,
    ConfigFrom: struct({ Network: leaf('""') }),
    ConfigOnly: leaf('false', 'false', 'true'),
    Driver: leaf('"bridge"', '""'),
    EnableIPv4: leaf('true'),
    EnableIPv6: leaf('false'),
    IPAM: struct({
      Config: { tree: list(subnet).tree, text: subnet.text.map((one) => `[${one}]`) },
      Driver: leaf('"default"', '""'),
      Options: texts,
    }),
    Ingress: leaf('false'),
    Internal: flag,
    Labels: texts,
    Name: only(`"${name}"`),
    Options: options(
      '{"com.docker.network.bridge.enable_icc":"false"}',
      '{"com.docker.network.driver.mtu":"1400","a":"1","A":"2"}',
      '{}',
    ),
    Scope: leaf('"local"', '""'),
  },
  ['Name'],
)
