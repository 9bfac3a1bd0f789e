import type { Item } from './ask.js'
import { driver } from './driver-fields.js'
import type { Fields, Reader } from './fields.js'
import { anything, harmless, isObject, list, pairs, struct, text, texts, unreadable } from './fields.js'
import { hiddenMount, hostPath } from './host-path-ask.js'
import { containerMounts, isTmpfs, volume, volumeAsks } from './volumes.js'

/** `HostConfig.Binds`: a volume or host path, where it goes, and how. Of anything else nobody can say what it is. */
export const bind: Reader = texts((spec) => {
  const [source = '', target, mode = '', ...rest] = spec.split(':')
  if (target === undefined) return []
  const words = mode === '' ? [] : mode.split(',')
  if (rest.length > 0 || !words.every((word) => bindWords.has(word))) return [hiddenMount(`the bind ${spec}`)]
  const writes = !words.includes('ro') || words.some((word) => word === 'z' || word === 'Z')
  return source.startsWith('/') ? [hostPath(source, writes)] : volume(source)
})

/** Propagation that reaches the host (shared, rshared) is not among them. */
const bindWords = new Set([
  'ro',
  'rw',
  'z',
  'Z',
  'nocopy',
  'private',
  'rprivate',
  'slave',
  'rslave',
  'consistent',
  'cached',
  'delegated',
])

/** `HostConfig.Tmpfs`: memory at a path of the container, with options of tmpfs and none that mount something else. */
export const tmpfs = pairs((_, options) =>
  isTmpfs(options) ? [] : [hiddenMount(`a tmpfs with the options ${options}`)],
)

/** The same options in a mount, each as a list of its name and, where it has one, its value. */
const tmpfsWords = list((option, field) => {
  if (!Array.isArray(option) || !option.every((part) => typeof part === 'string')) return [unreadable(field)]
  const words = option.join('=')
  return isTmpfs(words) ? [] : [hiddenMount(`a tmpfs with the options ${words}`)]
})

/** `HostConfig.VolumesFrom`: what another container has mounted. The one that was looked at is the one that is taken. */
export const volumesFrom: Reader = (value, field) => {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return [unreadable(field)]
  return value.flatMap((spec: unknown, at) => {
    if (typeof spec !== 'string') return [unreadable(field)]
    const [name = '', ...mode] = spec.split(':')
    return [containerMounts(name, (id) => (value[at] = [id, ...mode].join(':')))]
  })
}

const bindOptions = struct({
  Propagation: text((propagation, field) =>
    inwards.has(propagation) ? [] : [hiddenMount(`the ${field} ${propagation}`)],
  ),
  NonRecursive: harmless,
  CreateMountpoint: harmless,
  ReadOnlyNonRecursive: harmless,
  ReadOnlyForceRecursive: harmless,
})

const inwards = new Set(['private', 'rprivate', 'slave', 'rslave'])

/** What a mount says. */
const mountFields: Fields = {
  Type: harmless,
  Source: harmless,
  Target: harmless,
  ReadOnly: harmless,
  Consistency: harmless,
  BindOptions: bindOptions,
  VolumeOptions: struct({
    NoCopy: harmless,
    Labels: harmless,
    Subpath: harmless,
    DriverConfig: struct(
      { Name: harmless, Options: harmless },
      { more: (config) => volumeAsks(config.Name, config.Options) },
    ),
  }),
  ImageOptions: harmless,
  TmpfsOptions: struct({ SizeBytes: harmless, Mode: harmless, Options: tmpfsWords }),
  ClusterOptions: anything(() => [driver('volume', 'cluster')]),
}

/** `Mounts` of containers: what is mounted goes by the type, one that is not known by nothing. */
export const mounts: Reader = list(struct(mountFields, { more: mounted }))

/**
 * The same of services. The swarm fills in Go templates when a task starts (swarmkit's template.ExpandContainerSpec): of
 * a source or an option of a volume that has one, nobody can say what it will be. The target is nothing that is judged.
 */
export const serviceMounts: Reader = list(
  struct(mountFields, { more: (mount, field) => [...mounted(mount, field), ...templates(mount)] }),
)

function templates({ Source, VolumeOptions }: Readonly<Record<string, unknown>>): readonly Item[] {
  const options = isObject(VolumeOptions) ? VolumeOptions.DriverConfig : undefined
  return textsIn([Source, options])
    .filter((each) => each.includes('{{'))
    .map((each) => ({ topic: 'template', name: '', what: `the template ${each} in a mount` }))
}

/** The names among them too. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]) => [name, ...textsIn(each)])
}

function mounted(mount: Readonly<Record<string, unknown>>, field: string): readonly Item[] {
  const { Type: type, Source: given, ReadOnly: readOnly, BindOptions: options } = mount
  const source = given ?? ''
  if (typeof source !== 'string') return [unreadable(`${field}.Source`)]
  switch (type) {
    case 'bind':
      return [
        hostPath(source, readOnly !== true || (isObject(options) && options.ReadOnlyNonRecursive === true)),
      ]
    case 'volume':
      return source === '' ? [] : volume(source)
    case 'tmpfs':
      return []
    case 'image':
      return [{ topic: 'image', name: source, what: `the image ${source}` }]
    case 'cluster':
      return [driver('volume', 'cluster')]
    default:
      return [hiddenMount(`a mount of the type ${JSON.stringify(type ?? '')}`)]
  }
}
