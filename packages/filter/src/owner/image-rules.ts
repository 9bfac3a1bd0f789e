import type { Whose } from './find-image.js'
import { isStartOfId, seenImage, whoseImage, whoseOf } from './find-image.js'
import { claimForPull, claimName, imagesOf, taggedName, hasTag } from './image-names.js'
import { Refused } from './refused.js'
import { sharedImage, withLeave } from './simple-rules.js'
import type { Rule, Visit } from './visit.js'

/** A pull: what it brings is everybody's. An import cannot be labelled; where it is allowed, it takes no name of others. */
export const pull: Rule = withLeave(async (visit) => {
  const { query, owner, call } = visit
  const repository = query['fromImage'] ?? ''
  if (repository === '') {
    if (!owner.allows(call.endpoint))
      throw new Refused(403, 'imports of images are not allowed here, since they cannot be labelled')
    if (query['repo']) await claimName(visit, query['repo'], query['tag'])
    return visit.forward()
  }
  await claimForPull(visit, repository, query['tag'])
  return visit.forward()
})

/** Another name for an owner's image, which is nobody else's. */
export const tag: Rule = async (visit) => {
  const { params, query } = visit
  const given = params['name']!
  const { whose, name } = await seenImage(visit, given)
  if (whose === 'shared') throw sharedImage(given)
  if (whose === 'own') await claimName(visit, query['repo'] ?? '', query['tag'])
  params['name'] = whose === 'own' ? name : visit.imageStandIn(given)
  return visit.forward()
}

/** A push: without a tag, of all images with that name. */
export const push: Rule = async (visit) => {
  const { params, query } = visit
  const name = params['name']!
  const names =
    query['tag'] || hasTag(name) ? await whoseImage(visit, taggedName(name, query['tag'])) : undefined
  const all =
    names === undefined ? (await imagesOf(visit, name)).map((image) => whoseOf(visit, image)) : [names]
  if (all.includes('shared')) throw sharedImage(name)
  if (all.length === 0 || all.some((whose) => whose !== 'own')) params['name'] = visit.imageStandIn(name)
  return visit.forward()
}

/** A copy of one image; of a name without a tag, of all images with that name. */
export const saveImage: Rule = async (visit) => {
  const name = visit.params['name']!
  visit.params['name'] = (await savable(visit, name)) ?? visit.imageStandIn(name)
  return visit.forward()
}

/** A copy of several images. */
export const saveImages: Rule = async (visit) => {
  const names = visit.call.queryValues('names')
  for (const name of names) {
    const found = await savable(visit, name)
    if (found === name) continue
    if (found !== undefined && names.length > 1)
      throw new Refused(
        403,
        `${name} can be an id or a name: images that are saved together have to be named with a tag, or by their whole ids`,
      )
    visit.query['names'] = found ?? visit.imageStandIn(name)
    break
  }
  return visit.forward()
}

/** A name of what may be saved. */
async function savable(visit: Visit, name: string): Promise<string | undefined> {
  const named = hasTag(name) ? [] : await imagesOf(visit, name)
  if (named.length > 0) {
    const isUsable = named.every((image) => usable.includes(whoseOf(visit, image)))
    const whole = isStartOfId(name) ? `docker.io/library/${name}` : name
    return isUsable ? whole : undefined
  }
  const seen = await seenImage(visit, name)
  return usable.includes(seen.whose) ? seen.name : undefined
}

const usable: readonly Whose[] = ['own', 'shared']
