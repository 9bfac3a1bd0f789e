import fc from 'fast-check'
import { anyText, leaf, list, map, struct, whole } from '../any-body.js'
import type { Body } from '../any-body.js'
import { name } from '../stored-bodies-values.js'

// Values that a swarm can keep, for the bodies that only a swarm keeps. What it refuses, it refuses through a layer too.

const named: Body = { tree: true, text: fc.constant(JSON.stringify(name)) }
const flag = leaf('true', 'false')
const texts = map(anyText, leaf(anyText))
const labels = map(fc.constantFrom('"a"', '"b.c"', '"\\u0064"', '"7"'), leaf(anyText))
const data = leaf('"aGVsbG8="', '"AP8="')
const nanoseconds = leaf('0', '1000000000', '1500000000', '9007199254740993')
const bytes = leaf('0', '8388608', '9007199254740993')
const templating = struct({ Name: leaf('"golang"', '""'), Options: texts })

export const secret = struct(
  { Data: data, Driver: leaf('null'), Labels: labels, Name: named, Templating: templating },
  ['Name', 'Data'],
)

export const config = struct({ Data: data, Labels: labels, Name: named, Templating: templating }, [
  'Name',
  'Data',
])

/** Of what is there, only the labels can change. */
export const labelled = struct(
  { Data: { tree: true, text: fc.constant('"aGk="') }, Labels: labels, Name: named },
  ['Name', 'Data'],
)

export const node = struct(
  {
    Availability: { tree: true, text: fc.constantFrom('"active"', '"pause"', '"drain"') },
    Labels: labels,
    Name: leaf('"first"', '""'),
    Role: { tree: true, text: fc.constant('"manager"') },
  },
  ['Role', 'Availability'],
)

export const swarm = struct(
  {
    CAConfig: struct({ NodeCertExpiry: leaf('7776000000000000', '3600000000000') }),
    Dispatcher: struct({ HeartbeatPeriod: leaf('5000000000', '1500000000') }),
    EncryptionConfig: struct({ AutoLockManagers: leaf('false') }),
    Labels: labels,
    Name: { tree: true, text: fc.constant('"default"') },
    Orchestration: struct({ TaskHistoryRetentionLimit: leaf('0', '5') }),
    Raft: struct({
      ElectionTick: leaf('10'),
      HeartbeatTick: leaf('1'),
      KeepOldSnapshots: leaf('0', '2'),
      LogEntriesForSlowFollowers: leaf('500'),
      SnapshotInterval: leaf('10000'),
    }),
    TaskDefaults: struct({ LogDriver: struct({ Name: leaf('"json-file"'), Options: texts }) }),
  },
  ['Name'],
)

const restartPolicy = struct({
  Condition: leaf('"none"', '"any"', '"on-failure"'),
  Delay: nanoseconds,
  MaxAttempts: leaf('0', '3', '9007199254740993'),
  Window: nanoseconds,
})

const rollOut = struct({
  Delay: nanoseconds,
  FailureAction: leaf('"pause"', '"continue"'),
  MaxFailureRatio: leaf('0', '0.25', '1e-1'),
  Monitor: nanoseconds,
  Order: leaf('"start-first"', '"stop-first"'),
  Parallelism: leaf('0', '2'),
})

const mount = whole({
  Type: leaf('"volume"'),
  Source: leaf('"kept"', '""'),
  Target: leaf('"/a"'),
  ReadOnly: flag,
  VolumeOptions: struct({ NoCopy: flag, Labels: labels }),
})

const containerSpec = struct(
  {
    Args: list(leaf('"100"')),
    CapabilityAdd: list(leaf('"CAP_NET_ADMIN"')),
    CapabilityDrop: list(leaf('"CAP_CHOWN"')),
    Command: list(leaf('"sleep"', '"\\u00e9"')),
    DNSConfig: struct({ Nameservers: list(leaf('"10.0.0.1"')), Search: list(leaf('"example.com"')) }),
    Dir: leaf('"/tmp"', '""'),
    Env: list(leaf('"A=b"', '"B="')),
    Groups: list(leaf('"1"')),
    Healthcheck: struct({ Interval: nanoseconds, Retries: leaf('0', '3'), Test: leaf('["NONE"]') }),
    Hostname: leaf('"web"', '"{{.Node.Hostname}}"'),
    Hosts: list(leaf('"10.0.0.1 one"')),
    Image: { tree: true, text: fc.constant('"busybox:latest"') },
    Init: flag,
    Labels: labels,
    Mounts: list(mount),
    OpenStdin: flag,
    ReadOnly: flag,
    StopGracePeriod: nanoseconds,
    StopSignal: leaf('"SIGINT"', '""'),
    Sysctls: map(fc.constant('"net.core.somaxconn"'), leaf('"1024"')),
    TTY: flag,
    Ulimits: list(whole({ Name: leaf('"nofile"'), Soft: leaf('10', '-1'), Hard: leaf('20') })),
    User: leaf('"0"', '""'),
  },
  ['Image'],
)

export const service = struct(
  {
    EndpointSpec: struct({ Mode: leaf('"vip"', '"dnsrr"') }),
    Labels: labels,
    Mode: {
      tree: true,
      text: fc.constantFrom('{"Replicated":{"Replicas":0}}', '{"replicated":{"REPLICAS":0}}'),
    },
    Name: named,
    RollbackConfig: rollOut,
    TaskTemplate: struct(
      {
        ContainerSpec: containerSpec,
        ForceUpdate: leaf('0', '9007199254740993'),
        LogDriver: struct({ Name: leaf('"json-file"'), Options: texts }),
        Placement: struct({
          Constraints: list(leaf('"node.role==manager"')),
          MaxReplicas: leaf('0', '3'),
          Platforms: list(whole({ Architecture: leaf('"amd64"'), OS: leaf('"linux"') })),
        }),
        Resources: struct({
          Limits: struct({ MemoryBytes: bytes, NanoCPUs: leaf('0', '500000000'), Pids: leaf('0', '100') }),
          Reservations: struct({ MemoryBytes: leaf('0', '8388608') }),
        }),
        RestartPolicy: restartPolicy,
        Runtime: leaf('"container"', '""'),
      },
      ['ContainerSpec'],
    ),
    UpdateConfig: rollOut,
  },
  ['Name', 'TaskTemplate', 'Mode'],
)
