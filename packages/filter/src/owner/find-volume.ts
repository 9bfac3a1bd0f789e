import type { api } from '@intermediate/core'
import { isAskable } from './askable.js'
import { writeFilters } from './filters.js'
import { bears, ownerOf } from './labels.js'
import type { Visit } from './visit.js'

/**
 * The name of an owner's volume: a volume has no id, and no short form. One that bears nobody's label is theirs where
 * only their containers have it: the engine makes the volumes of an image's VOLUME by itself, without labels.
 */
export async function findVolume(visit: Visit, name: string): Promise<string | undefined> {
  const { owner } = visit
  const volume = await inspectVolume(visit, name)
  if (volume?.Name !== name) return undefined
  if (bears(volume.Labels, owner)) return name
  if (ownerOf(volume.Labels, owner.label) !== undefined) return undefined
  const query = { all: '1', filters: writeFilters(new Map([['volume', [name]]])) }
  const listed = (await visit.ask('GET /containers/json', { query })) ?? []
  const having = listed.filter(({ Mounts }) => Mounts?.some((mount) => mount.Name === name))
  return having.length > 0 && having.every(({ Labels }) => bears(Labels, owner)) ? name : undefined
}

/** What there is under this name, whoever's. */
export async function inspectVolume(visit: Visit, name: string): Promise<api.Volume | undefined> {
  return isAskable(name) ? visit.ask('GET /volumes/:name', { params: { name } }) : undefined
}
