import { image } from './container-fields.js'
import { genericResources } from './device-fields.js'
import { logDriver } from './driver-fields.js'
import { harmless, list, struct, text } from './fields.js'
import { serviceMounts } from './host-path-fields.js'
import { attachmentFields } from './networks.js'
import { isolation, notContainers } from './runtime-fields.js'
import { capabilities, oomScore, servicePrivileges, sysctls, ulimits } from './security-fields.js'

const containerSpec = struct(
  {
    Args: harmless,
    CapabilityAdd: capabilities,
    CapabilityDrop: harmless,
    Command: harmless,
    Configs: harmless,
    DNSConfig: harmless,
    Dir: harmless,
    Env: harmless,
    Groups: harmless,
    Healthcheck: harmless,
    Hostname: harmless,
    Hosts: harmless,
    Image: harmless,
    Init: harmless,
    Isolation: isolation,
    Labels: harmless,
    Mounts: serviceMounts,
    OomScoreAdj: oomScore,
    OpenStdin: harmless,
    Privileges: servicePrivileges,
    ReadOnly: harmless,
    Secrets: harmless,
    StopGracePeriod: harmless,
    StopSignal: harmless,
    Sysctls: sysctls,
    TTY: harmless,
    Ulimits: ulimits,
    User: harmless,
  },
  { more: ({ Image }) => image(Image) },
)

const taskTemplate = struct({
  ContainerSpec: containerSpec,
  ForceUpdate: harmless,
  LogDriver: logDriver('Name', 'Options'),
  NetworkAttachmentSpec: notContainers,
  Networks: list(attachmentFields),
  Placement: harmless,
  PluginSpec: notContainers,
  Resources: struct({
    Limits: harmless,
    MemorySwappiness: harmless,
    SwapBytes: harmless,
    Reservations: struct({
      GenericResources: genericResources,
      MemoryBytes: harmless,
      NanoCPUs: harmless,
    }),
  }),
  RestartPolicy: harmless,
  Runtime: text((value, field) => (value === 'container' ? [] : notContainers(value, field))),
})

/** The body of `POST /services/create`, and what a service is. */
export const serviceFields = struct({
  EndpointSpec: harmless,
  Labels: harmless,
  Mode: harmless,
  Name: harmless,
  Networks: list(attachmentFields),
  RollbackConfig: harmless,
  TaskTemplate: taskTemplate,
  UpdateConfig: harmless,
})
