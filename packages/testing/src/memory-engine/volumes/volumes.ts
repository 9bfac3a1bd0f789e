import { badRequest, conflict, notFound } from '../engine-error.js'
import type { Events } from '../events.js'
import { folder, sizeOf } from '../files/nodes.js'
import type { FolderNode } from '../files/nodes.js'
import { newId } from '../ids.js'
import { now } from '../time.js'

export interface Volume {
  readonly name: string
  readonly created: bigint
  readonly labels: Readonly<Record<string, string>> | null
  readonly options: Readonly<Record<string, string>> | null
  readonly files: FolderNode
}

/** What a volume is made with. */
export interface VolumeRequest {
  readonly name: string
  readonly driver: string
  readonly labels: Readonly<Record<string, string>> | null
  readonly options: Readonly<Record<string, string>> | null
}

/** The label of a volume that was given no name. */
export const anonymous = 'com.docker.volume.anonymous'

/** The volumes, all of the driver `local`, in memory whatever their options say. */
export class Volumes {
  readonly #byName = new Map<string, Volume>()
  readonly #events: Events
  readonly #users: (volume: Volume) => readonly string[]

  /** @param users the ids of the containers that have a volume */
  constructor(events: Events, users: (volume: Volume) => readonly string[]) {
    this.#events = events
    this.#users = users
  }

  get all(): Volume[] {
    return [...this.#byName.values()]
  }

  /** @throws 404 */
  get(name: string): Volume {
    const volume = this.#byName.get(name)
    if (!volume) throw notFound(`get ${name}: no such volume`)
    return volume
  }

  /** The volume of that name, made if there is none. @throws 400, 404 */
  create({ name, driver, labels, options }: VolumeRequest): Volume {
    if (driver !== '' && driver !== 'local')
      throw notFound(`volume ${name}: there is no driver ${driver} here, only local`)
    const existing = this.#byName.get(name)
    if (existing) return existing
    if (name !== '' && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      throw badRequest(
        `the volume name ${JSON.stringify(name)} is invalid: use letters, digits, _ . and -, or an absolute path for a folder of the host`,
      )
    }
    const own = name === '' ? { ...labels, [anonymous]: '' } : labels
    const volume = { name: name || newId(), created: now(), labels: own, options, files: folder() }
    this.#byName.set(volume.name, volume)
    this.#events.emit('volume', 'create', volume.name, { driver: 'local' })
    return volume
  }

  /** @throws 409 while a container has it */
  remove(volume: Volume): void {
    const users = this.#users(volume)
    if (users.length > 0) throw conflict(`remove ${volume.name}: volume is in use by ${users.join(', ')}`)
    this.#byName.delete(volume.name)
    this.#events.emit('volume', 'destroy', volume.name, { driver: 'local' })
  }

  isUsed(volume: Volume): boolean {
    return this.#users(volume).length > 0
  }

  users(volume: Volume): number {
    return this.#users(volume).length
  }

  /** Removes those that no container has. */
  prune(fits: (volume: Volume) => boolean): { names: string[]; size: number } {
    const gone = this.all.filter((volume) => !this.isUsed(volume) && fits(volume))
    const size = gone.reduce((sum, { files }) => sum + sizeOf(files), 0)
    for (const volume of gone) this.remove(volume)
    return { names: gone.map(({ name }) => name), size }
  }
}

/** Where a volume would be on the host. */
export function mountpoint({ name }: Pick<Volume, 'name'>): string {
  return `/memory/volumes/${name}/_data`
}
