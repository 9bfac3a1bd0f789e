import { posix } from 'node:path'
import { badRequest } from '../engine-error.js'
import type { Engine } from '../engine.js'
import type { FileSystem } from '../files/file-system.js'
import { copyOf, folder, mounted } from '../files/nodes.js'
import type { FolderNode } from '../files/nodes.js'
import { mountpoint } from '../volumes/volumes.js'
import type { Volume } from '../volumes/volumes.js'
import type { ContainerConfig, HostConfig, MountRequest } from './config.js'

/** Something that is mounted into a container. */
export interface Mount {
  readonly type: 'volume' | 'bind' | 'tmpfs'
  readonly volume: Volume | undefined
  readonly source: string
  readonly target: string
  readonly mode: string
  readonly writable: boolean
  readonly files: FolderNode
}

type Wanted = Omit<Mount, 'files' | 'volume'> & {
  readonly name: string
  readonly driver: string
  readonly labels: Readonly<Record<string, string>> | null
  readonly options: Readonly<Record<string, string>> | null
}

const plain = { name: '', driver: '', labels: null, options: null, source: '', mode: '', writable: true }

/**
 * Everything that a container wants mounted, with the volumes made that are not there. Folders of the host are
 * folders in memory, one for each path: nothing of the host is read or written.
 */
export function mountsFor(config: ContainerConfig, host: HostConfig, engine: Engine): Mount[] {
  const wanted = new Map<string, Wanted | Mount>()
  const add = (mount: Wanted | Mount) => {
    if (wanted.has(mount.target)) throw badRequest(`duplicate mount point: ${mount.target}`)
    wanted.set(mount.target, mount)
  }
  for (const source of host.VolumesFrom ?? []) {
    const [name = '', mode] = source.split(':')
    for (const mount of engine.containers.get(name).mounts)
      add(mode === 'ro' ? { ...mount, writable: false } : mount)
  }
  for (const bind of host.Binds ?? []) add(fromBind(bind, host.VolumeDriver))
  for (const request of host.Mounts ?? []) add(fromRequest(request))
  for (const path of Object.keys(host.Tmpfs ?? {})) add({ ...plain, type: 'tmpfs', target: target(path) })
  for (const path of Object.keys(config.Volumes ?? {})) {
    if (!wanted.has(target(path)))
      add({ ...plain, type: 'volume', driver: host.VolumeDriver, target: target(path) })
  }
  return [...wanted.values()].map((mount) => ('files' in mount ? mount : filled(mount, engine)))
}

/** Mounts them, the outer before the inner; an empty volume gets what the image has in its place. */
export function mountInto(files: FileSystem, mounts: readonly Mount[]): void {
  for (const mount of mounts.toSorted((a, b) => a.target.length - b.target.length)) {
    if (!files.has(mount.target)) files.makeFolder(mount.target, { parents: true })
    const place = files.find(mount.target)
    const below = place.node?.kind === 'folder' ? copyOf(place.node) : undefined
    if (mount.type === 'volume' && mount.files.entries.size === 0 && below) {
      for (const [name, node] of below.entries) mount.files.entries.set(name, node)
    }
    files.put({ ...place, readOnly: false }, mounted(mount.files, !mount.writable))
  }
}

/** As `inspect` shows it. */
export function mountPoint({ type, volume, source, target, mode, writable }: Mount): object {
  const rest = {
    Destination: target,
    Mode: mode,
    RW: writable,
    Propagation: type === 'bind' ? 'rprivate' : '',
  }
  if (!volume) return { Type: type, Source: source, ...rest }
  const { Destination, ...others } = rest
  return {
    Type: type,
    Name: volume.name,
    Source: mountpoint(volume),
    Destination,
    Driver: 'local',
    ...others,
  }
}

function filled(wanted: Wanted, engine: Engine): Mount {
  const { type, source, mode, writable, name, driver, labels, options } = wanted
  const volume = type === 'volume' ? engine.volumes.create({ name, driver, labels, options }) : undefined
  const files = volume?.files ?? (type === 'bind' ? engine.hostFolder(source) : folder())
  return { type, volume, source, target: wanted.target, mode, writable, files }
}

/** `name:/path`, `/host:/path:ro`, `/path` */
function fromBind(bind: string, driver: string): Wanted {
  const [first = '', second, mode = '', ...more] = bind.split(':')
  if (more.length > 0 || first === '')
    throw badRequest(
      `invalid volume specification ${JSON.stringify(bind)}: write SOURCE:TARGET or SOURCE:TARGET:ro`,
    )
  const writable = !mode.split(',').includes('ro')
  if (second === undefined) return { ...plain, type: 'volume', driver, target: target(first), writable }
  const common = { ...plain, target: target(second), mode, writable }
  if (first.startsWith('/')) return { ...common, type: 'bind', source: posix.normalize(first) }
  return { ...common, type: 'volume', name: first, driver }
}

function fromRequest(request: MountRequest): Wanted {
  const { Type, Source, Target, ReadOnly, VolumeOptions } = request
  const common = { ...plain, target: target(Target), writable: !ReadOnly }
  switch (Type) {
    case 'bind':
      if (!Source.startsWith('/'))
        throw badRequest(`invalid mount of the type bind: ${JSON.stringify(Source)} is no absolute path`)
      return { ...common, type: 'bind', source: Source }
    case 'volume': {
      const { Labels = null, DriverConfig } = VolumeOptions ?? {}
      const { Name = '', Options = null } = DriverConfig ?? {}
      return {
        ...common,
        type: 'volume',
        name: Source,
        labels: Labels,
        driver: Name,
        options: Options,
        mode: 'z',
      }
    }
    case 'tmpfs':
      return { ...common, type: 'tmpfs' }
    default:
      throw badRequest(`mount type ${JSON.stringify(Type)} is unknown here: there are bind, volume and tmpfs`)
  }
}

function target(path: string): string {
  if (!path.startsWith('/'))
    throw badRequest(`invalid mount path ${JSON.stringify(path)}: it must be absolute`)
  if (posix.normalize(path) === '/') throw badRequest('invalid mount path: nothing can be mounted at /')
  return posix.normalize(path).replace(/\/$/, '')
}
