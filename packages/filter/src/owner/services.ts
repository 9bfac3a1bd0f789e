import type { Reply } from '@intermediate/core'
import { writeJson } from '@intermediate/core'
import { find } from './find.js'
import { inspectUsableImage } from './find-image.js'
import type { Fields } from './go-values.js'
import { objectIn, objectsIn, textIn } from './go-values.js'
import { hideIds } from './hide-ids.js'
import { familiarName, hasDigest, withoutTag } from './image-names.js'
import { setLabel } from './labels.js'
import { usableNetwork } from './networks.js'
import { checkCount, Refused } from './refused.js'
import { pin } from './simple-rules.js'
import type { Rule, Visit } from './visit.js'
import { claimMounts, lookedAtMounts } from './volumes.js'

/** A service: labelled, as are its containers, and of nothing but what is the owner's. */
export const createService: Rule = async (visit) => {
  const spec = await visit.body()
  await claimSpec(visit, spec)
  return forwarded(visit, spec)
}

/** Another state of an owner's service. */
export const updateService: Rule = async (visit) => {
  // What it was may name what has become somebody else's since.
  if (visit.query['rollback'])
    throw new Refused(403, 'rollbacks of services are not allowed here: update it to what it was')
  const spec = await visit.body()
  await claimSpec(visit, spec)
  await pin(visit, 'service')
  return forwarded(visit, spec)
}

/** With an error that does not say whose service has a port. */
async function forwarded(visit: Visit, spec: Fields): Promise<Reply> {
  const reply = await visit.forward()
  if (reply.ok) return reply
  return hideIds(visit, reply, `${visit.call.original.path} ${writeJson(spec).toString()}`, [
    'service',
    'network',
    'secret',
    'config',
  ])
}

async function claimSpec(visit: Visit, spec: Fields): Promise<void> {
  checkCount(namedIn(spec))
  setLabel(spec, visit.owner)
  const roll = objectIn(spec, 'UpdateConfig')
  if (roll !== undefined && textIn(roll, 'FailureAction') === 'rollback')
    throw new Refused(403, 'updates that roll back are not allowed here: let them pause or go on')
  await pinTargets(visit, spec)
  const template = objectIn(spec, 'TaskTemplate')
  if (template === undefined) return
  const runtime = textIn(template, 'Runtime')
  if (runtime !== '' && runtime !== 'container')
    throw new Refused(403, `services of the runtime ${JSON.stringify(runtime)} are not allowed here`)
  for (const field of ['PluginSpec', 'NetworkAttachmentSpec'])
    if (objectIn(template, field) !== undefined)
      throw new Refused(403, `services with a ${field} are not allowed here`)
  await pinTargets(visit, template)
  const container = objectIn(template, 'ContainerSpec')
  if (container === undefined) return
  setLabel(container, visit.owner)
  const image = textIn(container, 'Image')
  if (image !== '') container['Image'] = await pinnedImage(visit, image)
  checkSources(container)
  await claimMounts(visit, container)
  await pinReferences(visit, container, 'Secrets', 'secret')
  await pinReferences(visit, container, 'Configs', 'config')
  await pinCredentials(visit, container)
}

function namedIn(spec: Fields): readonly Fields[] {
  const template = objectIn(spec, 'TaskTemplate') ?? {}
  const container = objectIn(template, 'ContainerSpec') ?? {}
  return [
    ...[spec, template].flatMap((each) => objectsIn(each, 'Networks')),
    ...['Secrets', 'Configs'].flatMap((field) => objectsIn(container, field)),
    ...lookedAtMounts(container),
  ]
}

/** Nodes expand templates there, whenever a task starts; of their other places none names what could be another's. */
function checkSources(container: Fields): void {
  for (const mount of objectsIn(container, 'Mounts')) {
    const source = textIn(mount, 'Source')
    if (source.includes('{{'))
      throw new Refused(
        403,
        `the mount of ${source} is not allowed here: nobody can tell what the template comes to`,
      )
  }
}

async function pinTargets(visit: Visit, parent: Fields): Promise<void> {
  for (const network of objectsIn(parent, 'Networks'))
    network['Target'] = await usableNetwork(visit, textIn(network, 'Target'))
}

/**
 * An image by what it holds: every task looks for it when it begins, and what has the name by then may be another's. By
 * the digest that registries know it by, where there is one, so that other nodes find it too.
 */
async function pinnedImage(visit: Visit, name: string): Promise<string> {
  const image = await inspectUsableImage(visit, name)
  if (image === undefined) {
    const isHidden = (await visit.ask('GET /images/:name/json', { params: { name } })) !== undefined
    if (isHidden || !name.includes('@') || !hasDigest(name))
      throw new Refused(
        404,
        `No such image: ${name} (a service here runs what is on this engine, or a digest)`,
      )
    return name
  }
  if (hasDigest(name)) return name
  const repository = familiarName(withoutTag(name))
  const digest = image.RepoDigests?.find((each) => familiarName(each.split('@', 1)[0]!) === repository)
  return digest ?? image.Id ?? name
}

async function pinReferences(
  visit: Visit,
  container: Fields,
  field: 'Secrets' | 'Configs',
  kind: 'secret' | 'config',
): Promise<void> {
  const idField = kind === 'secret' ? 'SecretID' : 'ConfigID'
  for (const reference of objectsIn(container, field))
    reference[idField] = await pinnedId(visit, kind, textIn(reference, idField))
}

async function pinCredentials(visit: Visit, container: Fields): Promise<void> {
  const privileges = objectIn(container, 'Privileges')
  const credentials = privileges && objectIn(privileges, 'CredentialSpec')
  const config = credentials === undefined ? '' : textIn(credentials, 'Config')
  if (credentials !== undefined && config !== '')
    credentials['Config'] = await pinnedId(visit, 'config', config)
}

async function pinnedId(visit: Visit, kind: 'secret' | 'config', name: string): Promise<string> {
  const id = await find[kind](visit, name)
  if (id === undefined) throw new Refused(404, `${kind} ${name} not found`)
  return id
}
