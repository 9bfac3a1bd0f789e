import { psArgumentsRefusal } from '../ps-arguments.js'
import type { Kind } from './find.js'
import { idOrNobody } from './find.js'
import { imageOrNobody, seenImage } from './find-image.js'
import { isTrue } from './go-values.js'
import { hideIds } from './hide-ids.js'
import { setLabel } from './labels.js'
import { Refused } from './refused.js'
import type { Rule, Visit } from './visit.js'

/** For what is about nobody's things. */
export const passes: Rule = (visit) => visit.forward()

/** For what reaches everybody's things, or whose reach nobody can tell: it passes where it was allowed by name. */
export function refuses(why: string): Rule {
  return withLeave(async (visit) => {
    const { method, path, endpoint } = visit.call
    if (visit.owner.allows(endpoint)) return visit.forward()
    throw new Refused(403, `${method} ${path} ${why}: it is not allowed here`)
  })
}

/** The same for what clients ask for when they look for a name among all things there can be: nothing is there. */
export function hides(param: 'id' | 'name'): Rule {
  return withLeave(async (visit) => {
    const { call, owner, params } = visit
    if (!owner.allows(call.endpoint)) params[param] = visit.standIn(params[param]!)
    return visit.forward()
  })
}

/** A rule that refuses what can be allowed by name. */
export function withLeave(rule: Rule): Rule {
  return Object.assign(rule, { asksForLeave: true } as const)
}

/** For what is done to one thing of the path: it has to be the owner's, or else it is not there. */
export function own(kind: Kind, param: 'id' | 'name' = 'id'): Rule {
  return async (visit) => {
    await pin(visit, kind, param)
    return visit.forward()
  }
}

/** The same, where a body replaces the labels. */
export function ownLabelled(kind: Kind): Rule {
  return async (visit) => {
    await pin(visit, kind, 'id')
    return labelled(visit)
  }
}

/** For what makes something with Labels of its own. */
export const labelled: Rule = async (visit) => {
  setLabel(await visit.body(), visit.owner)
  return visit.forward()
}

/** Has the call go to the owner's thing by its id, or to nothing. */
export async function pin(visit: Visit, kind: Kind, param: 'id' | 'name' = 'id'): Promise<void> {
  const { params } = visit
  params[param] = await idOrNobody(visit, kind, params[param]!)
}

/** What runs in a container. */
export const top: Rule = async (visit) => {
  const refusal = psArgumentsRefusal(visit.query['ps_args'])
  if (refusal !== undefined) throw new Refused(403, refusal)
  return own('container')(visit)
}

/** Another name for an owner's container. */
export const rename: Rule = async (visit) => {
  await pin(visit, 'container')
  const reply = await visit.forward()
  return reply.status === 409 ? hideIds(visit, reply, visit.query['name'] ?? '') : reply
}

/** A container, but not one of its names as a link: there are no ids for these. */
export const removeContainer: Rule = async (visit) => {
  if (isTrue(visit.query['link']))
    throw new Refused(403, 'links cannot be removed here: remove the container that has them')
  return own('container')(visit)
}

/** For what only looks at an image of the path, or takes a copy. */
export const usableImage: Rule = async (visit) => {
  const { params, query } = visit
  // Newer engines tell with it which containers run an image, whoever's.
  delete query['manifests']
  params['name'] = await imageOrNobody(visit, params['name']!)
  return visit.forward()
}

/** For what changes an image of the path, whose name the engine goes by. */
export const ownImage: Rule = async (visit) => {
  const { params } = visit
  const given = params['name']!
  const { whose, name } = await seenImage(visit, given)
  if (whose === 'shared') throw sharedImage(given)
  params['name'] = whose === 'own' ? name : visit.imageStandIn(given)
  return visit.forward()
}

export function sharedImage(name: string): Refused {
  return new Refused(
    403,
    `the image ${name} is there for everybody: only images that were built here can be changed`,
  )
}
