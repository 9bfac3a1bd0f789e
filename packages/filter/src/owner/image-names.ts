import type { api } from '@intermediate/core'
import { whoseImage, whoseOf } from './find-image.js'
import { taken } from './refused.js'
import type { Visit } from './visit.js'

/** The image that a repository and a tag in a query name together, as the engine reads them. */
export function taggedName(repository: string, tag: string | undefined): string {
  if (tag) return `${repository}${tag.includes(':') ? '@' : ':'}${tag}`
  return hasTag(repository) ? repository : `${repository}:latest`
}

/** True for `busybox:1.36` and `busybox@sha256:…`, false for `localhost:5000/busybox`. */
export function hasTag(name: string): boolean {
  return /[:@]/.test(name.slice(name.lastIndexOf('/') + 1))
}

/** True for `busybox@sha256:…` and for an id. */
export function hasDigest(name: string): boolean {
  return /(^|@)sha256:[0-9a-f]{64}$/.test(name)
}

/** `localhost:5000/busybox` of `localhost:5000/busybox:1.36`. */
export function withoutTag(name: string): string {
  return name.replace(/:[^/]*$/, '')
}

/**
 * Sees to it that an image can be given a name: the engine would take it from any image that has it. One of the owner's
 * own loses it, as ever.
 * @throws Refused 409 where another's image, or one that is everybody's, has it
 */
export async function claimName(visit: Visit, repository: string, tag?: string): Promise<void> {
  const name = taggedName(repository, tag)
  const whose = await whoseImage(visit, name)
  if (whose === 'hidden' || whose === 'shared') throw taken('image', name)
}

/** What a pull may do as well: bring an image up to date that is everybody's. @throws as `claimName` */
export async function claimForPull(visit: Visit, from: string, tag: string | undefined): Promise<void> {
  // All tags of it, as old clients say it.
  const repository = from.replace(/:$/, '')
  if (tag || hasTag(repository)) {
    const name = taggedName(repository, tag)
    if ((await whoseImage(visit, name)) === 'hidden') throw taken('image', name)
    return
  }
  // All tags that the registry has.
  for (const image of await imagesOf(visit, repository))
    if (whoseOf(visit, image) === 'hidden') throw taken('image', repository)
}

/**
 * All images with a repository's name, whoever's. The engine's own filter looks at names as it shows them: `library/web`,
 * which is `web` wherever else it reads one, is none of them.
 */
export async function imagesOf(visit: Visit, repository: string): Promise<api.ImageSummary[]> {
  const sought = familiarName(repository)
  const names = ({ RepoTags, RepoDigests }: api.ImageSummary) => [...(RepoTags ?? []), ...(RepoDigests ?? [])]
  const isOfIt = (name: string) => familiarName(withoutTag(name.split('@', 1)[0]!)) === sought
  return ((await visit.ask('GET /images/json', {})) ?? []).filter((image) => names(image).some(isOfIt))
}

/** The name of a repository as the engine shows it: `web` of `docker.io/library/web`. */
export function familiarName(repository: string): string {
  const path = repository.replace(/^(?:index\.)?docker\.io\//, '')
  return path.replace(/^library\/(?=[^/]*$)/, '')
}
