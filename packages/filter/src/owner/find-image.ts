import type { api } from '@intermediate/core'
import { isAskable } from './askable.js'
import { ownerOf } from './labels.js'
import { Refused } from './refused.js'
import type { Visit } from './visit.js'

/**
 * Whose an image is, to an owner. An image is made of what everybody may have pulled, so those that bear nobody's label
 * and have a name are `shared`: for all to look at and use, for nobody to change. Without a name they are steps of
 * somebody's build.
 */
export type Whose = 'own' | 'shared' | 'hidden' | 'absent'

/** @throws Refused 400 for what is no name of an image, in the engine's words */
export async function whoseImage(visit: Visit, name: string): Promise<Whose> {
  return (await seenImage(visit, name)).whose
}

/** Whose it is, and a name that goes on meaning it. @throws as `whoseImage` */
export async function seenImage(visit: Visit, name: string): Promise<Seen> {
  const image = await inspectImage(visit, name)
  if (image === undefined) return { whose: 'absent', name }
  return { whose: whoseInspected(visit, image), name: steadyName(name, image) }
}

interface Seen {
  readonly whose: Whose
  readonly name: string
}

/** True for a name that is also the start of an id: the engine takes it for one as soon as no image has the name. */
export function isStartOfId(name: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{1,63}$/.test(name)
}

function steadyName(name: string, { Id, RepoTags }: api.ImageInspect): string {
  if (!isStartOfId(name)) return name
  return RepoTags?.includes(`${name}:latest`) ? `${name}:latest` : (Id ?? name)
}

/** An image that the owner may use. */
export async function inspectUsableImage(visit: Visit, name: string): Promise<api.ImageInspect | undefined> {
  const image = await inspectImage(visit, name)
  if (image === undefined) return undefined
  const whose = whoseInspected(visit, image)
  return whose === 'own' || whose === 'shared' ? image : undefined
}

async function inspectImage(visit: Visit, name: string): Promise<api.ImageInspect | undefined> {
  if (!isAskable(name)) return undefined
  const answer = await visit.answerTo('GET /images/:name/json', { params: { name } })
  if (answer.ok) return answer.json()
  const { message } = await answer.json()
  if (answer.status === 400) throw new Refused(400, message ?? 'invalid reference format')
  return undefined
}

function whoseInspected(visit: Visit, { Config, RepoTags, RepoDigests }: api.ImageInspect): Whose {
  return whoseOf(visit, { Labels: Config?.Labels, RepoTags, RepoDigests })
}

/** The same of an image that is known. */
export function whoseOf({ owner }: Visit, { Labels, RepoTags, RepoDigests }: Known): Whose {
  const holder = ownerOf(Labels, owner.label)
  if (holder === owner.id) return 'own'
  const names = [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter((name) => !name.startsWith('<none>'))
  return holder === undefined && names.length > 0 ? 'shared' : 'hidden'
}

interface Known {
  readonly Labels?: Readonly<Record<string, string>> | null | undefined
  readonly RepoTags?: readonly string[] | null | undefined
  readonly RepoDigests?: readonly string[] | null | undefined
}

/** A name of an image that the owner may use, or one that nobody has. */
export async function imageOrNobody(visit: Visit, name: string): Promise<string> {
  const image = await inspectUsableImage(visit, name)
  return image === undefined ? visit.imageStandIn(name) : steadyName(name, image)
}
