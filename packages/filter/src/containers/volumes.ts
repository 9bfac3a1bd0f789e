import { posix } from 'node:path'
import type { Item, Question } from './ask.js'
import { driver } from './driver-fields.js'
import { anything, harmless, isEmpty, isObject, struct, unreadable } from './fields.js'
import { hiddenMount, hostPath } from './host-path-ask.js'
import { idOf, textAt } from './inquiry.js'
import type { Inquiry } from './inquiry.js'

/** A volume by its name. One that is there is what whoever made it has made of it; one that is not becomes a plain one. */
export function volume(name: string): readonly Item[] {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return [hiddenMount(`the mount of ${name}`)]
  const answer = async (inquiry: Inquiry) => {
    const found = await inquiry.volume(name)
    return found === undefined ? [] : volumeAsks(found.Driver, found.Options)
  }
  return [{ topics: ['hostPath', 'driver'], answer }]
}

/** What a volume with this driver and options shows of the host. */
export function volumeAsks(driverName: unknown, options: unknown): readonly Item[] {
  const name = driverName ?? ''
  if (typeof name !== 'string') return [unreadable('the volume driver')]
  if (name !== '' && name !== 'local') return [driver('volume', name)]
  if (isEmpty(options)) return []
  return isObject(options) ? localVolume(options) : [unreadable('the options of the volume')]
}

/** The body of `POST /volumes/create`. */
export const volumeFields = struct(
  {
    Name: harmless,
    Labels: harmless,
    Driver: harmless,
    DriverOpts: harmless,
    ClusterVolumeSpec: anything(() => [driver('volume', 'cluster')]),
  },
  { more: ({ Driver, DriverOpts }) => volumeAsks(Driver, DriverOpts) },
)

/** What is mounted in a container that is there. */
export function containerMounts(name: string, pin: (id: string) => void): Question {
  const answer = async (inquiry: Inquiry) => {
    const found = await inquiry.container(name)
    pin(idOf(found))
    return foundMounts(found.Mounts)
  }
  return { topics: ['hostPath', 'driver', 'unreadable'], answer }
}

/** `Mounts` of an inspected container: everything in it, wherever it came from. */
export function foundMounts(mounts: unknown): readonly Item[] {
  if (mounts === null) return []
  if (!Array.isArray(mounts)) return [unreadable('Mounts')]
  return mounts.flatMap((mount: unknown) => {
    if (!isObject(mount)) return [unreadable('Mounts')]
    const { Type: type, RW: writes, Propagation: propagation } = mount
    if (propagation === 'shared' || propagation === 'rshared')
      return [hiddenMount(`the ${propagation} mount of ${textAt(mount, 'Source')}`)]
    switch (type) {
      case 'bind':
        return [hostPath(textAt(mount, 'Source'), writes !== false)]
      case 'volume':
        return volume(textAt(mount, 'Name'))
      case 'tmpfs':
      case 'image':
        return []
      case 'cluster':
        return [driver('volume', 'cluster')]
      default:
        return [hiddenMount(`a mount of the type ${JSON.stringify(type ?? '')}`)]
    }
  })
}

/**
 * Options of the driver `local`, which are those of mount(2): memory (tmpfs) and a limit of size are no host path, a bind
 * is one, and of anything else (overlay, ext4, nfs, …) nobody can say what it shows.
 */
function localVolume(options: Readonly<Record<string, unknown>>): readonly Item[] {
  const { type = '', device = '', o = '', size: _, ...rest } = options
  const shown = Object.entries(options).map(([name, value]) => `${name}=${String(value)}`)
  const hidden = [hiddenMount(`a volume with ${shown.join(' and ')}`)]
  if (Object.keys(rest).length > 0) return hidden
  if (typeof type !== 'string' || typeof device !== 'string' || typeof o !== 'string') return hidden
  if (type === '' && device === '' && o === '') return []
  if (type === 'tmpfs') return isTmpfs(o) ? [] : hidden
  const words = o.split(',')
  const isBind = (type === '' || type === 'none' || type === 'bind') && device.startsWith('/')
  if (!isBind || !words.some((word) => word === 'bind' || word === 'rbind')) return hidden
  if (!words.every((word) => bindVolumeWords.has(word))) return hidden
  // The kernel gets it as it is, and follows links before it goes up.
  if (posix.normalize(device) !== device) return hidden
  return [hostPath(device, !words.includes('ro') || words.includes('rw'))]
}

/** True for options of a tmpfs that make nothing else of it (tmpfs(5), mount(8)). */
export function isTmpfs(options: string): boolean {
  return options === '' || options.split(',').every((word) => tmpfsWord.test(word))
}

const tmpfsWord =
  /^(?:(?:size|mode|uid|gid|nr_inodes|nr_blocks|mpol)=[\w:,-]+%?|ro|rw|(?:no)?(?:exec|suid|dev|atime|diratime|relatime|strictatime)|defaults|sync|async)$/
const bindVolumeWords = new Set([
  'bind',
  'rbind',
  'ro',
  'rw',
  'noexec',
  'nosuid',
  'nodev',
  'noatime',
  'relatime',
])
