import { badRequest, EngineError } from '../engine-error.js'
import type { Engine } from '../engine.js'
import { FileSystem } from '../files/file-system.js'
import { copyOf } from '../files/nodes.js'
import type { Exchange } from '../http/exchange.js'
import { addEngineFiles } from '../images/base-files.js'
import type { Image } from '../images/images.js'
import { newId, newName } from '../ids.js'
import { now } from '../time.js'
import { containerConfig, createBody, hostConfig } from './config.js'
import type { ContainerConfig, CreateBody, HostConfig } from './config.js'
import { Container } from './container.js'
import type { Endpoint } from './container.js'
import { emit } from './container-events.js'
import { endpoint, networkMode } from './endpoints.js'
import { mountInto, mountsFor } from './mounts.js'

/** `POST /containers/create` */
export function createContainer(exchange: Exchange): void {
  const { engine, query } = exchange
  const body = exchange.json(createBody)
  const name = query.text('name')?.replace(/^\//, '')
  if (body.Image === '') throw badRequest('the configuration is empty: a container needs an Image')
  if (name !== undefined) engine.containers.checkName(name)
  checkRunnable(body.Image)
  const image = engine.images.forContainer(body.Image)
  const id = newId()
  const config = mergedConfig(body, image, id)
  const host = hostConfigOf(body, engine)
  const mounts = mountsFor(config, host, engine)
  const root = copyOf(image.files)
  addEngineFiles(root, {
    hostname: config.Hostname,
    hosts: `127.0.0.1\tlocalhost\n127.0.0.1\t${config.Hostname}\n`,
  })
  const untouched = copyOf(root)
  const files = new FileSystem(root, host.ReadonlyRootfs)
  mountInto(new FileSystem(root), mounts)
  if (config.WorkingDir !== '' && !files.has(config.WorkingDir))
    new FileSystem(root).makeFolder(config.WorkingDir, { parents: true })
  const container = new Container({
    id,
    name: name ?? newName((taken) => engine.containers.named(taken) !== undefined),
    created: now(),
    imageName: body.Image,
    image,
    config,
    hostConfig: host,
    files,
    untouched,
    mounts,
    endpoints: endpointsOf(body, host, engine),
  })
  engine.containers.add(container)
  emit(engine, container, 'create')
  exchange.send(201, { Id: id, Warnings: [] })
}

function nullIfEmpty<T extends object>(object: T): T | null {
  return Object.keys(object).length > 0 ? object : null
}

/** Buildx makes a builder of its own where the engine cannot build; then it would wait for it in vain. */
function checkRunnable(image: string): void {
  if (/^(docker\.io\/)?moby\/buildkit\b/.test(image))
    throw new EngineError(501, 'the engine in memory cannot build images: use a real engine for that')
}

function mergedConfig(body: CreateBody, { config: from }: Image, id: string): ContainerConfig {
  const own = Object.fromEntries(
    Object.keys(containerConfig.shape).map((key) => [key, body[key as keyof ContainerConfig]]),
  ) as ContainerConfig
  const env = new Map(
    [...(from.Env ?? []), ...(own.Env ?? [])].map((variable) => [variable.replace(/=.*/s, ''), variable]),
  )
  if (env.has('')) throw badRequest(`invalid environment variable: ${env.get('')}`)
  // An entrypoint of its own leaves the image's command behind; an empty text takes the image's entrypoint away.
  const entrypoint = own.Entrypoint ?? from.Entrypoint
  const merged: ContainerConfig = {
    ...own,
    Hostname: own.Hostname || id.slice(0, 12),
    Env: env.size > 0 ? [...env.values()] : null,
    Entrypoint: entrypoint?.length === 1 && entrypoint[0] === '' ? null : entrypoint,
    Cmd: own.Cmd ?? (own.Entrypoint === null ? from.Cmd : null),
    User: own.User || from.User,
    WorkingDir: own.WorkingDir || from.WorkingDir,
    StopSignal: own.StopSignal || from.StopSignal,
    Labels: { ...from.Labels, ...own.Labels },
    Volumes: nullIfEmpty({ ...from.Volumes, ...own.Volumes }),
  }
  if (from.ExposedPorts || own.ExposedPorts)
    merged.ExposedPorts = { ...from.ExposedPorts, ...own.ExposedPorts }
  if ((merged.Entrypoint?.length ?? 0) + (merged.Cmd?.length ?? 0) === 0)
    throw badRequest('no command is specified, neither by the call nor by the image')
  if (merged.WorkingDir !== '' && !merged.WorkingDir.startsWith('/')) {
    throw badRequest(
      `the working directory ${JSON.stringify(merged.WorkingDir)} is invalid: it must be absolute`,
    )
  }
  return merged
}

const policies = ['', 'no', 'always', 'unless-stopped', 'on-failure']

function hostConfigOf(body: CreateBody, engine: Engine): HostConfig {
  const given = body.HostConfig ?? hostConfig.zero
  const { RestartPolicy, Memory, AutoRemove } = given
  if (!policies.includes(RestartPolicy.Name))
    throw badRequest(
      `invalid restart policy ${RestartPolicy.Name}: there are ${policies.slice(1).join(', ')}`,
    )
  if (AutoRemove && !['', 'no'].includes(RestartPolicy.Name))
    throw badRequest("can't create a container that is removed when it ends and restarted too")
  if (Memory > 0 && Memory < 6 * 1024 * 1024) throw badRequest('the minimum memory limit allowed is 6MB')
  for (const { HostPort } of Object.values(given.PortBindings ?? {}).flatMap((bindings) => bindings ?? [])) {
    if (!/^(\d+(-\d+)?)?$/.test(HostPort))
      throw badRequest(`invalid port specification: ${JSON.stringify(HostPort)}`)
  }
  return {
    ...given,
    NetworkMode: networkMode(engine, given.NetworkMode),
    RestartPolicy: { ...RestartPolicy, Name: RestartPolicy.Name || 'no' },
    LogConfig: { Type: given.LogConfig.Type || 'json-file', Config: given.LogConfig.Config ?? {} },
    ConsoleSize: given.ConsoleSize ?? [0, 0],
    CgroupnsMode: given.CgroupnsMode || 'private',
    IpcMode: given.IpcMode || 'private',
    ShmSize: given.ShmSize || 64 * 1024 * 1024,
    Runtime: given.Runtime || 'memory',
    // As clients write "no limit", and as the engine shows it.
    MemorySwappiness: given.MemorySwappiness === -1 ? null : given.MemorySwappiness,
    PidsLimit: (given.PidsLimit ?? 0) > 0 ? given.PidsLimit : null,
    MaskedPaths: given.MaskedPaths ?? (given.Privileged ? null : maskedPaths),
    ReadonlyPaths: given.ReadonlyPaths ?? (given.Privileged ? null : readonlyPaths),
  }
}

/** What the engine hides and protects in every container that is not privileged; nothing of it is here. */
const maskedPaths = [
  'asound',
  'acpi',
  'interrupts',
  'kcore',
  'keys',
  'latency_stats',
  'timer_list',
  'timer_stats',
  'sched_debug',
  'scsi',
]
  .map((name) => `/proc/${name}`)
  .concat('/sys/firmware', '/sys/devices/virtual/powercap')
const readonlyPaths = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger'].map((name) => `/proc/${name}`)

function endpointsOf(
  { NetworkingConfig, NetworkDisabled }: CreateBody,
  { NetworkMode }: HostConfig,
  engine: Engine,
): Map<string, Endpoint> {
  const asked = Object.entries(NetworkingConfig?.EndpointsConfig ?? {})
  const nameOf = (text: string) => engine.networks.find(text === 'default' ? 'bridge' : text)?.name ?? text
  const places = new Map(
    asked.map(([network, settings]) => [nameOf(network), endpoint(nameOf(network), settings)]),
  )
  if (NetworkDisabled || NetworkMode.startsWith('container:')) return new Map()
  const main = nameOf(NetworkMode)
  if (!places.has(main)) return new Map([[main, endpoint(main, null)], ...places])
  return places
}
