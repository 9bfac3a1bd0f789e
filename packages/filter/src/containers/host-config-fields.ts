import { deviceRequests, deviceRules, devices } from './device-fields.js'
import { logDriver } from './driver-fields.js'
import type { Fields, Reader } from './fields.js'
import { harmless, list, struct, text } from './fields.js'
import { bind, mounts, tmpfs, volumesFrom } from './host-path-fields.js'
import { cgroup, cgroupParent, foundCgroupNamespace, mode, namespaceMode } from './namespace-fields.js'
import type { NamespaceKind } from './namespace-fields.js'
import { annotations, isolation, runtime } from './runtime-fields.js'
import {
  capabilities,
  masked,
  oomKillDisable,
  oomScore,
  privileged,
  securityOptions,
  storageOptions,
  sysctls,
  ulimits,
} from './security-fields.js'
import { volumeAsks } from './volumes.js'

/** What `update` can change as well as `create`. */
const resources: Fields = {
  BlkioDeviceReadBps: list(harmless),
  BlkioDeviceReadIOps: list(harmless),
  BlkioDeviceWriteBps: list(harmless),
  BlkioDeviceWriteIOps: list(harmless),
  BlkioWeight: harmless,
  BlkioWeightDevice: list(harmless),
  CgroupParent: cgroupParent,
  CpuCount: harmless,
  CpuPercent: harmless,
  CpuPeriod: harmless,
  CpuQuota: harmless,
  CpuRealtimePeriod: harmless,
  CpuRealtimeRuntime: harmless,
  CpuShares: harmless,
  CpusetCpus: harmless,
  CpusetMems: harmless,
  DeviceCgroupRules: deviceRules,
  DeviceRequests: deviceRequests,
  Devices: devices,
  IOMaximumBandwidth: harmless,
  IOMaximumIOps: harmless,
  KernelMemory: harmless,
  KernelMemoryTCP: harmless,
  Memory: harmless,
  MemoryReservation: harmless,
  MemorySwap: harmless,
  MemorySwappiness: harmless,
  NanoCpus: harmless,
  OomKillDisable: oomKillDisable,
  PidsLimit: harmless,
  Ulimits: ulimits,
}

/** The body of `POST /containers/:id/update`. */
export const updateFields = struct({ ...resources, RestartPolicy: harmless })

const asked: Fields = {
  ...resources,
  Annotations: annotations,
  AutoRemove: harmless,
  Binds: bind,
  CapAdd: capabilities,
  CapDrop: harmless,
  Cgroup: cgroup,
  CgroupnsMode: mode('cgroup'),
  ConsoleSize: harmless,
  // The docker CLI writes this file itself.
  ContainerIDFile: harmless,
  Dns: harmless,
  DnsOptions: harmless,
  DnsSearch: harmless,
  ExtraHosts: harmless,
  // A process can have any id of a group or user as it is: what is the host's is behind the other fields.
  GroupAdd: harmless,
  Init: harmless,
  // The three that can name a container are read with the struct as a whole.
  IpcMode: harmless,
  NetworkMode: harmless,
  PidMode: harmless,
  Isolation: isolation,
  Links: harmless,
  LogConfig: logDriver('Type', 'Config'),
  MaskedPaths: masked.asked,
  Mounts: mounts,
  OomScoreAdj: oomScore,
  PortBindings: harmless,
  Privileged: privileged,
  PublishAllPorts: harmless,
  ReadonlyPaths: masked.readonly,
  ReadonlyRootfs: harmless,
  RestartPolicy: harmless,
  Runtime: runtime,
  SecurityOpt: securityOptions,
  ShmSize: harmless,
  StorageOpt: storageOptions,
  Sysctls: sysctls,
  Tmpfs: tmpfs,
  UTSMode: mode('uts'),
  UsernsMode: mode('userns'),
  VolumeDriver: text((name) => volumeAsks(name, undefined)),
  VolumesFrom: volumesFrom,
}

/** The `HostConfig` of a call that makes a container. */
export const hostConfigFields: Reader = struct(asked, { more: joined })

/**
 * The `HostConfig` of a container that is there, in which the engine's defaults are filled in. What is mounted is read
 * from `Mounts` of the container, which has it all; its log driver may be the engine's default.
 */
export const foundHostConfigFields: Reader = struct(
  {
    ...asked,
    Binds: harmless,
    Mounts: harmless,
    VolumesFrom: harmless,
    VolumeDriver: harmless,
    LogConfig: harmless,
    MaskedPaths: masked.found,
    CgroupnsMode: foundCgroupNamespace,
  },
  { more: joined },
)

/** The modes that can name another container, whose id is put in the place of its name. */
function joined(config: Readonly<Record<string, unknown>>, field: string): ReturnType<Reader> {
  return joinable.flatMap(([name, kind]) => {
    const pin = (pinned: string) => void ((config as Record<string, unknown>)[name] = pinned)
    const reader = text((value) => namespaceMode(kind, value, pin))
    return reader(config[name], `${field}.${name}`)
  })
}

const joinable: readonly (readonly [string, NamespaceKind])[] = [
  ['NetworkMode', 'network'],
  ['PidMode', 'pid'],
  ['IpcMode', 'ipc'],
]
