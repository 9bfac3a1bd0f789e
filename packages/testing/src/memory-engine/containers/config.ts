import { anything, fields, flag, list, map, optional, text, whole, words } from '../http/fields.js'
import type { Value } from '../http/fields.js'

const set = map(anything)

/** What a container is made of, and what an image says of that. */
export const containerConfig = fields({
  Hostname: text,
  Domainname: text,
  User: text,
  AttachStdin: flag,
  AttachStdout: flag,
  AttachStderr: flag,
  ExposedPorts: set,
  Tty: flag,
  OpenStdin: flag,
  StdinOnce: flag,
  Env: list(text),
  Cmd: words,
  Healthcheck: anything,
  ArgsEscaped: flag,
  Image: text,
  Volumes: set,
  WorkingDir: text,
  Entrypoint: words,
  NetworkDisabled: flag,
  MacAddress: text,
  OnBuild: list(text),
  Labels: map(text),
  StopSignal: text,
  StopTimeout: optional(whole),
  Shell: words,
})
export type ContainerConfig = Value<typeof containerConfig>

const portBinding = fields({ HostIp: text, HostPort: text })
const device = fields({ PathOnHost: text, PathInContainer: text, CgroupPermissions: text })
const devices = list(anything)

const mount = fields({
  Type: text,
  Source: text,
  Target: text,
  ReadOnly: flag,
  Consistency: text,
  BindOptions: anything,
  VolumeOptions: optional(
    fields({
      NoCopy: flag,
      Labels: map(text),
      DriverConfig: optional(fields({ Name: text, Options: map(text) })),
      Subpath: text,
    }),
  ),
  TmpfsOptions: anything,
  ImageOptions: anything,
})
export type MountRequest = Value<typeof mount>

/** What `update` changes; kept and shown, since nothing here has limits. */
export const resources = fields({
  CpuShares: whole,
  Memory: whole,
  NanoCpus: whole,
  CgroupParent: text,
  BlkioWeight: whole,
  BlkioWeightDevice: devices,
  BlkioDeviceReadBps: devices,
  BlkioDeviceWriteBps: devices,
  BlkioDeviceReadIOps: devices,
  BlkioDeviceWriteIOps: devices,
  CpuPeriod: whole,
  CpuQuota: whole,
  CpuRealtimePeriod: whole,
  CpuRealtimeRuntime: whole,
  CpusetCpus: text,
  CpusetMems: text,
  Devices: list(device),
  DeviceCgroupRules: list(text),
  DeviceRequests: devices,
  MemoryReservation: whole,
  MemorySwap: whole,
  MemorySwappiness: optional(whole),
  OomKillDisable: optional(flag),
  PidsLimit: optional(whole),
  Ulimits: devices,
  CpuCount: whole,
  CpuPercent: whole,
  IOMaximumIOps: whole,
  IOMaximumBandwidth: whole,
})

const restartPolicy = fields({ Name: text, MaximumRetryCount: whole })

export const hostConfig = fields({
  Binds: list(text),
  ContainerIDFile: text,
  LogConfig: fields({ Type: text, Config: map(text) }),
  NetworkMode: text,
  PortBindings: map(list(portBinding)),
  RestartPolicy: restartPolicy,
  AutoRemove: flag,
  VolumeDriver: text,
  VolumesFrom: list(text),
  ConsoleSize: list(whole),
  Annotations: map(text),
  CapAdd: words,
  CapDrop: words,
  CgroupnsMode: text,
  Dns: list(text),
  DnsOptions: list(text),
  DnsSearch: list(text),
  ExtraHosts: list(text),
  GroupAdd: list(text),
  IpcMode: text,
  Cgroup: text,
  Links: list(text),
  OomScoreAdj: whole,
  PidMode: text,
  Privileged: flag,
  PublishAllPorts: flag,
  ReadonlyRootfs: flag,
  SecurityOpt: list(text),
  StorageOpt: map(text),
  Tmpfs: map(text),
  UTSMode: text,
  UsernsMode: text,
  ShmSize: whole,
  Sysctls: map(text),
  Runtime: text,
  Init: optional(flag),
  Isolation: text,
  Mounts: list(mount),
  ...resources.shape,
  MaskedPaths: list(text),
  ReadonlyPaths: list(text),
})
export type HostConfig = Value<typeof hostConfig>

/** The settings of a container's place in a network. */
export const endpointSettings = fields({
  IPAMConfig: optional(fields({ IPv4Address: text, IPv6Address: text, LinkLocalIPs: list(text) })),
  Links: list(text),
  Aliases: list(text),
  MacAddress: text,
  DriverOpts: map(text),
})
export type EndpointSettings = Value<typeof endpointSettings>

/** The body of `POST /containers/create`. */
export const createBody = fields({
  ...containerConfig.shape,
  HostConfig: optional(hostConfig),
  NetworkingConfig: optional(fields({ EndpointsConfig: map(optional(endpointSettings)) })),
})
export type CreateBody = Value<typeof createBody>

/** The body of `POST /containers/:id/update`: of what is absent nothing changes. */
export const updateBody = fields({ ...resources.shape, RestartPolicy: restartPolicy })
