import { imageOrNobody } from './find-image.js'
import { findVolume, inspectVolume } from './find-volume.js'
import type { Fields } from './go-values.js'
import { asText, listIn, objectIn, objectsIn, textIn } from './go-values.js'
import { bears, setLabel } from './labels.js'
import { Refused, taken } from './refused.js'
import type { Owner, Rule, Visit } from './visit.js'

/** A volume: labelled. Of a name that somebody has, the engine would give that volume out as made. */
export const createVolume: Rule = async (visit) => {
  const body = await visit.body()
  if (objectIn(body, 'ClusterVolumeSpec') !== undefined)
    throw new Refused(403, 'cluster volumes are not allowed here: no owner can be told of them')
  const name = textIn(body, 'Name')
  setLabel(body, visit.owner)
  if (name !== '') await checkFree(visit, name)
  const reply = await visit.forward()
  if (reply.ok) {
    const made = (await reply.json()) as { Name?: string; Labels?: Record<string, string> | null }
    const isOwn = bears(made.Labels, visit.owner) || (await findVolume(visit, name)) === name
    if (!isOwn) throw taken('volume', made.Name ?? name)
  }
  return reply
}

/**
 * Binds of volumes, `name:/path`, and Mounts: what is not there yet is made before, since the engine would give a
 * container whatever has the name by then. Host paths are for other policies.
 * @returns the names of the volumes
 */
export async function makeVolumes(visit: Visit, host: Fields): Promise<ReadonlySet<string>> {
  const named = new Set<string>()
  for (const source of boundVolumes(host)) {
    await makeVolume(visit, { Name: source, Driver: textIn(host, 'VolumeDriver') })
    named.add(source)
  }
  await claimMounts(visit, host)
  for (const mount of objectsIn(host, 'Mounts')) {
    const source = textIn(mount, 'Source')
    if (textIn(mount, 'Type') !== 'volume' || source === '') continue
    const options = objectIn(mount, 'VolumeOptions') ?? {}
    const driver = objectIn(options, 'DriverConfig') ?? {}
    const { Name: Driver, Options: DriverOpts } = driver
    await makeVolume(visit, { Name: source, Driver, DriverOpts, Labels: options['Labels'] })
    named.add(source)
  }
  return named
}

/** The volumes among the Binds. */
export function boundVolumes(host: Fields): readonly string[] {
  return listIn(host, 'Binds').flatMap((item) => {
    const [source = '', target] = asText(item, 'Binds').split(':')
    return target === undefined || source === '' || source.startsWith('/') ? [] : [source]
  })
}

/** The Mounts that the engine is asked about. */
export function lookedAtMounts(parent: Fields): readonly Fields[] {
  return objectsIn(parent, 'Mounts').filter(
    (mount) => ['volume', 'image'].includes(textIn(mount, 'Type')) && textIn(mount, 'Source') !== '',
  )
}

/**
 * Looks again at what a container was made with. Until it was, the name of a volume could become another's; now that it
 * has the volume, the engine removes neither.
 * @throws Refused 409 where that has happened, for a container that has to go
 */
export async function checkVolumes(visit: Visit, names: ReadonlySet<string>): Promise<void> {
  for (const name of names) if ((await findVolume(visit, name)) !== name) throw taken('volume', name)
}

/** Mounts of every type: only those whose reach is known. A volume that is made for one gets the label with it. */
export async function claimMounts(visit: Visit, parent: Fields): Promise<void> {
  for (const mount of objectsIn(parent, 'Mounts')) {
    const type = textIn(mount, 'Type')
    const source = textIn(mount, 'Source')
    if (type === 'volume') {
      if (source !== '') await checkFree(visit, source)
      mount['VolumeOptions'] = labelledOptions(objectIn(mount, 'VolumeOptions'), visit.owner)
    } else if (type === 'image') {
      mount['Source'] = await imageOrNobody(visit, source)
    } else if (!['bind', 'tmpfs', 'npipe'].includes(type)) {
      throw new Refused(403, `mounts of the type ${JSON.stringify(type)} are not allowed here`)
    }
  }
}

function labelledOptions(given: Fields | undefined, owner: Owner): Fields {
  const options = { ...given }
  setLabel(options, owner)
  return options
}

/** True for a volume that the owner has. @throws Refused 409 for one that they may not have */
async function checkFree(visit: Visit, name: string): Promise<boolean> {
  if ((await findVolume(visit, name)) === name) return true
  if ((await inspectVolume(visit, name)) !== undefined) throw taken('volume', name)
  return false
}

/** Sees to it that there is a volume of this name that is the owner's. @throws Refused 409 where it is another's */
async function makeVolume(visit: Visit, body: Fields & { readonly Name: string }): Promise<void> {
  const { Name: name } = body
  if (await checkFree(visit, name)) return
  setLabel(body, visit.owner)
  const answer = await visit.answerTo('POST /volumes/create', { body })
  if (!answer.ok) {
    const { message } = await answer.json()
    throw new Refused(answer.status, message ?? `the volume ${name} could not be made`)
  }
  if (!bears((await answer.json()).Labels, visit.owner)) throw taken('volume', name)
}
