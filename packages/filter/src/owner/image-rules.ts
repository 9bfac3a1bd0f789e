import { whoseImage, whoseOf } from './find-image.js'
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
  const name = params['name']!
  const whose = await whoseImage(visit, name)
  if (whose === 'shared') throw sharedImage(name)
  if (whose === 'own') await claimName(visit, query['repo'] ?? '', query['tag'])
  else params['name'] = visit.imageStandIn(name)
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
  if (!(await canSave(visit, name))) visit.params['name'] = visit.imageStandIn(name)
  return visit.forward()
}

async function canSave(visit: Visit, name: string): Promise<boolean> {
  const named = hasTag(name) ? [] : await imagesOf(visit, name)
  // Else it has a tag, or is an id.
  const all = named.length > 0 ? named.map((image) => whoseOf(visit, image)) : [await whoseImage(visit, name)]
  return all.every((whose) => whose === 'own' || whose === 'shared')
}

/** A copy of several images. */
export const saveImages: Rule = async (visit) => {
  const names = visit.call.queryValues('names')
  for (const name of names) {
    if (await canSave(visit, name)) continue
    visit.query['names'] = visit.imageStandIn(name)
    break
  }
  return visit.forward()
}
