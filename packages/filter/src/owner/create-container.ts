import type { Reply } from '@intermediate/core'
import { idOrNobody } from './find.js'
import { findContainer } from './find-container.js'
import { imageOrNobody } from './find-image.js'
import type { Fields } from './go-values.js'
import { asText, listIn, objectIn, textIn } from './go-values.js'
import { hideIds } from './hide-ids.js'
import { setLabel } from './labels.js'
import { namedNetworks, pinNetworks } from './networks.js'
import { checkCount, Refused } from './refused.js'
import type { Rule, Visit } from './visit.js'
import { boundVolumes, checkVolumes, lookedAtMounts, makeVolumes } from './volumes.js'

/**
 * A container: labelled, whatever its image's labels say, and of nothing but what is the owner's. What it refers to is
 * written as ids, which nobody else can come to have: the engine looks some of it up at each start only.
 */
export const createContainer: Rule = async (visit) => {
  const body = await visit.body()
  const host = objectIn(body, 'HostConfig')
  checkCount([...namedNetworks(body), ...(host === undefined ? [] : namedIn(host))])
  setLabel(body, visit.owner)
  const image = textIn(body, 'Image')
  if (image !== '') body['Image'] = await imageOrNobody(visit, image)
  if (host !== undefined) await pinContainers(visit, host)
  await pinNetworks(visit, body, host)
  // One that was made for nothing stays: by then other calls of the owner may rely on it.
  const volumes = host === undefined ? new Set<string>() : await makeVolumes(visit, host)
  const reply = await visit.forward()
  if (reply.ok && volumes.size > 0) await checkMade(visit, reply, volumes)
  return reply.status === 409 ? hideIds(visit, reply, visit.query['name'] ?? '') : reply
}

async function checkMade(visit: Visit, reply: Reply, volumes: ReadonlySet<string>): Promise<void> {
  const { Id = '' } = (await reply.json()) as { Id?: string }
  try {
    await checkVolumes(visit, volumes)
  } catch (error) {
    await visit.ask('DELETE /containers/:id', { params: { id: Id }, query: { force: '1' } })
    throw error
  }
}

const referring = ['VolumesFrom', 'Links']

function namedIn(host: Fields): readonly unknown[] {
  return [
    ...referring.flatMap((field) => listIn(host, field)),
    ...boundVolumes(host),
    ...lookedAtMounts(host),
  ]
}

/** The containers of which this one takes volumes, namespaces or addresses. */
async function pinContainers(visit: Visit, host: Fields): Promise<void> {
  for (const mode of ['PidMode', 'IpcMode', 'UTSMode', 'UsernsMode', 'CgroupnsMode', 'Cgroup'])
    await pinMode(visit, host, mode, (name) => visit.standIn(name))
  // The engine makes a container that shares a network with nobody, and says so when it is started.
  await pinMode(visit, host, 'NetworkMode', (name) => {
    throw new Refused(404, `No such container: ${name}`)
  })
  for (const field of referring) {
    const references: string[] = []
    for (const item of listIn(host, field))
      references.push(await pinned(visit, asText(item, field), field === 'Links'))
    if (references.length > 0) host[field] = references
  }
}

async function pinMode(
  visit: Visit,
  host: Fields,
  field: string,
  absent: (name: string) => string,
): Promise<void> {
  const mode = textIn(host, field)
  if (!mode.startsWith(sharing)) return
  const name = mode.slice(sharing.length)
  host[field] = sharing + ((await findContainer(visit, name)) ?? absent(name))
}

const sharing = 'container:'

/** `name:mode` and `name:alias`; a link without an alias has the name for it. */
async function pinned(visit: Visit, reference: string, isLink: boolean): Promise<string> {
  const [name = '', ...rest] = reference.split(':')
  const id = await idOrNobody(visit, 'container', name)
  if (isLink && rest.length === 0) rest.push(name.replace(/^\//, ''))
  return [id, ...rest].join(':')
}
