import type { Description, Operation, Schema } from './api-description.js'

const string: Schema = { type: 'string' }
const strings: Schema = { type: 'array', items: string }
const stringOrStrings: Schema = { anyOf: [strings, string] }
const boolean: Schema = { type: 'boolean' }
const integer: Schema = { type: 'integer' }
const int64: Schema = { type: 'integer', format: 'int64' }
const open: Schema = { type: 'object' }
const anything: Schema = {}

/** Where the published description and the Go structs of the engines disagree, the structs are right. */
interface Correction {
  readonly why: string
  /** A definition, or the body or the reply of an endpoint, and fields below it: `TaskSpec.PluginSpec`. */
  readonly at: string
  readonly without?: readonly string[]
  readonly with?: Readonly<Record<string, Schema>>
}

const corrections: readonly Correction[] = [
  {
    why: 'in the struct, not described',
    at: 'AuthConfig',
    with: { auth: string, email: string, identitytoken: string, registrytoken: string },
  },
  {
    why: 'one text is read as a list of it; MacAddress is obsolete since 1.44, and applied by older engines',
    at: 'ContainerConfig',
    with: { Cmd: stringOrStrings, Entrypoint: stringOrStrings, Shell: stringOrStrings, MacAddress: string },
  },
  {
    why: 'kernel memory went in 1.42, older engines limit it; Init is of HostConfig only, an update has none',
    at: 'Resources',
    without: ['Init'],
    with: { KernelMemory: int64, KernelMemoryTCP: int64 },
  },
  {
    why: 'one text is read as a list of it; for Init see Resources',
    at: 'HostConfig',
    with: { CapAdd: stringOrStrings, CapDrop: stringOrStrings, Init: boolean },
  },
  { why: 'never described', at: 'Mount', with: { ClusterOptions: open } },
  {
    why: 'a map of pointers: null may stand there',
    at: 'NetworkingConfig',
    with: {
      EndpointsConfig: {
        type: 'object',
        additionalProperties: { $ref: '#/definitions/EndpointSettings', 'x-nullable': true },
      },
    },
  },
  { why: 'in the struct, never described', at: 'POST /containers/{id}/exec body', with: { Detach: boolean } },
  {
    why: 'obsolete since 1.44, still sent',
    at: 'POST /networks/create body',
    with: { CheckDuplicate: boolean },
  },
  {
    why: 'never described',
    at: 'POST /swarm/init body',
    with: { AutoLockManagers: boolean, Availability: { type: 'string', enum: ['active', 'pause', 'drain'] } },
  },
  {
    why: 'never described',
    at: 'POST /swarm/join body',
    with: { Availability: { type: 'string', enum: ['active', 'pause', 'drain'] } },
  },
  {
    why: 'the struct says Healthcheck',
    at: 'TaskSpec.ContainerSpec',
    without: ['HealthCheck'],
    with: { Healthcheck: { $ref: '#/definitions/HealthConfig' } },
  },
  {
    why: 'this struct, made from a protocol buffer, has names in lower case',
    at: 'TaskSpec.PluginSpec',
    without: ['Name', 'Remote', 'Disabled', 'PluginPrivilege'],
    with: {
      name: string,
      remote: string,
      disabled: boolean,
      env: strings,
      privileges: {
        type: 'array',
        items: { type: 'object', properties: { name: string, description: string, value: strings } },
      },
    },
  },
  {
    why: 'described inside AccessMode, read beside it',
    at: 'ClusterVolumeSpec',
    with: {
      Secrets: { type: 'array', items: { type: 'object', properties: { Key: string, Secret: string } } },
      AccessibilityRequirements: {
        type: 'object',
        properties: {
          Requisite: { type: 'array', items: { $ref: '#/definitions/Topology' } },
          Preferred: { type: 'array', items: { $ref: '#/definitions/Topology' } },
        },
      },
      CapacityRange: { type: 'object', properties: { RequiredBytes: int64, LimitBytes: int64 } },
      Availability: { type: 'string', enum: ['active', 'pause', 'drain'] },
    },
  },
  {
    why: 'see ClusterVolumeSpec; the two ways to use a volume are not described',
    at: 'ClusterVolumeSpec.AccessMode',
    without: ['Secrets', 'AccessibilityRequirements', 'CapacityRange', 'Availability'],
    with: {
      BlockVolume: open,
      MountVolume: { type: 'object', properties: { FsType: string, MountFlags: strings } },
    },
  },
  { why: 'described as a Go type', at: 'ImagesDiskUsage', with: { Items: listOf('ImageSummary') } },
  { why: 'described as a Go type', at: 'VolumesDiskUsage', with: { Items: listOf('Volume') } },
  { why: 'described as a Go type', at: 'ContainersDiskUsage', with: { Items: listOf('ContainerSummary') } },
  { why: 'described as a Go type', at: 'BuildCacheDiskUsage', with: { Items: listOf('BuildCache') } },
  {
    why: 'described as a Go type',
    at: 'NetworkInspect',
    with: {
      Services: { type: 'object', additionalProperties: { $ref: '#/definitions/ServiceInfo' } },
    },
  },
  {
    why: 'the lists that older versions reply with',
    at: 'GET /system/df reply',
    with: {
      LayersSize: int64,
      Images: listOf('ImageSummary'),
      Containers: listOf('ContainerSummary'),
      Volumes: listOf('Volume'),
      BuildCache: listOf('BuildCache'),
    },
  },
]

/** What the description does not have: one struct that every stream of progress is made of, and a few routes. */
const addedDefinitions: Readonly<Record<string, Schema>> = {
  JSONMessage: {
    type: 'object',
    properties: {
      id: string,
      from: string,
      status: string,
      stream: string,
      progress: string,
      progressDetail: {
        type: 'object',
        properties: { current: int64, total: int64, start: int64, hidecounts: boolean, units: string },
      },
      time: int64,
      timeNano: int64,
      error: string,
      errorDetail: { type: 'object', properties: { code: integer, message: string } },
      aux: anything,
    },
  },
}

const progress: Operation['responses'] = { 200: { schema: { $ref: '#/definitions/JSONMessage' } } }

/** By method and path; what an operation already says is kept where nothing is said here. */
const addedOperations: Readonly<Record<string, Partial<Operation>>> = {
  'POST /build': { responses: progress },
  'POST /images/create': { responses: progress },
  'POST /images/load': { responses: progress },
  'POST /images/{name}/push': { responses: progress },
  'POST /plugins/pull': { responses: progress },
  'POST /plugins/{name}/push': { responses: progress },
  'POST /plugins/{name}/upgrade': { responses: progress },
  'GET /networks/': { operationId: 'NetworkList', responses: { 200: { schema: listOf('NetworkSummary') } } },
  'GET /containers/{id}/checkpoints': {
    operationId: 'CheckpointList',
    responses: {
      200: { schema: { type: 'array', items: { type: 'object', properties: { Name: string } } } },
    },
  },
  'POST /containers/{id}/checkpoints': {
    operationId: 'CheckpointCreate',
    parameters: [
      {
        in: 'body',
        schema: {
          type: 'object',
          properties: { CheckpointID: string, CheckpointDir: string, Exit: boolean },
        },
      },
    ],
    responses: {},
  },
  'DELETE /containers/{id}/checkpoints/{checkpoint}': { operationId: 'CheckpointDelete', responses: {} },
}

/** The description as the engines keep to it. */
export function corrected(published: Description): Description {
  const description = structuredClone(published) as Changeable<Description>
  Object.assign(description.definitions, addedDefinitions)
  for (const [key, operation] of Object.entries(addedOperations)) {
    const [method = '', path = ''] = key.split(' ')
    const operations = (description.paths[path] ??= {})
    operations[method.toLowerCase()] = {
      ...operations[method.toLowerCase()],
      ...operation,
    } as Changeable<Operation>
  }
  for (const correction of corrections) correct(description, correction)
  return description
}

type Changeable<T> = T extends object ? { -readonly [K in keyof T]: Changeable<T[K]> } : T

/** A correction that no longer fits the description is an error: the description may have learned better. */
function correct(
  description: Changeable<Description>,
  { at, without = [], with: added = {} }: Correction,
): void {
  const fields = fieldsAt(description, at)
  for (const name of without) {
    if (!fields[name]) throw new Error(`${at} has no ${name} to take away: look at the corrections again`)
    delete fields[name]
  }
  Object.assign(fields, structuredClone(added))
}

function fieldsAt(description: Changeable<Description>, at: string): Record<string, Changeable<Schema>> {
  const [root = '', ...names] = at.split('.')
  let schema = rootAt(description, root)
  for (const name of names) schema = schema && propertiesOf(schema)[name]
  if (!schema) throw new Error(`The description has no ${at}: look at the corrections again`)
  return propertiesOf(schema)
}

function rootAt(description: Changeable<Description>, root: string): Changeable<Schema> | undefined {
  const [method = '', path = '', part] = root.split(' ')
  const operation = description.paths[path]?.[method.toLowerCase()]
  if (part === 'body') return operation?.parameters?.find((parameter) => parameter.in === 'body')?.schema
  if (part === 'reply') return operation?.responses[200]?.schema
  return description.definitions[root]
}

/** The fields that an object has of its own, in whichever part of it they stand. */
function propertiesOf(schema: Changeable<Schema>): Record<string, Changeable<Schema>> {
  const part = schema.allOf?.find(({ properties }) => properties)
  return schema.properties ?? part?.properties ?? (schema.properties = {})
}

function listOf(definition: string): Schema {
  return { type: 'array', items: { $ref: `#/definitions/${definition}` } }
}
