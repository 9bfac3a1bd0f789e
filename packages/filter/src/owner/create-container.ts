import type { Reply } from '@intermediate/core'
import { idOrNobody } from './find.js'
import { findContainer } from './find-container.js'
import { imageOrNobody } from './find-image.js'
import type { Fields } from './go-values.js'
import { asText, listIn, objectIn, textIn } from './go-values.js'
import { hideIds } from './hide-ids.js'
import { setLabel } from './labels.js'
import { pinNetworks } from './networks.js'
import { Refused } from './refused.js'
import type { Rule, Visit } from './visit.js'
import type { Volumes } from './volumes.js'
import { checkVolumes, makeVolumes, removeVolumes } from './volumes.js'

/**
 * A container: labelled, whatever its image's labels say, and of nothing but what is the owner's. What it refers to is
 * written as ids, which nobody else can come to have: the engine looks some of it up at each start only.
 */
export const createContainer: Rule = async (visit) => {
  const body = await visit.body()
  setLabel(body, visit.owner)
  const image = textIn(body, 'Image')
  if (image !== '') body['Image'] = await imageOrNobody(visit, image)
  const host = objectIn(body, 'HostConfig')
  if (host !== undefined) {
    await pinContainers(visit, host)
  }
  await pinNetworks(visit, body, host)
  const reply = await madeWithVolumes(visit, host)
  return reply.status === 409 ? hideIds(visit, reply, visit.query['name'] ?? '') : reply
}

async function madeWithVolumes(visit: Visit, host: Fields | undefined): Promise<Reply> {
  if (host === undefined) return visit.forward()
  const volumes = { named: new Set<string>(), made: new Set<string>() }
  let isMade = false
  try {
    await makeVolumes(visit, host, volumes)
    const reply = await visit.forward()
    if (reply.ok && volumes.named.size > 0) await checkMade(visit, reply, volumes)
    isMade = reply.ok
    return reply
  } finally {
    // What went wrong before is what the client is told, whatever becomes of these.
    if (!isMade) await removeVolumes(visit, volumes).catch(() => undefined)
  }
}

async function checkMade(visit: Visit, reply: Reply, { named }: Volumes): Promise<void> {
  const { Id = '' } = (await reply.json()) as { Id?: string }
  try {
    await checkVolumes(visit, named)
  } catch (error) {
    await visit.ask('DELETE /containers/:id', { params: { id: Id }, query: { force: '1' } })
    throw error
  }
}

/** The containers of which this one takes volumes, namespaces or addresses. */
async function pinContainers(visit: Visit, host: Fields): Promise<void> {
  for (const mode of ['PidMode', 'IpcMode', 'UTSMode', 'UsernsMode', 'CgroupnsMode', 'Cgroup'])
    await pinMode(visit, host, mode, (name) => visit.standIn(name))
  // The engine makes a container that shares a network with nobody, and says so when it is started.
  await pinMode(visit, host, 'NetworkMode', (name) => {
    throw new Refused(404, `No such container: ${name}`)
  })
  for (const field of ['VolumesFrom', 'Links']) {
    const references = listIn(host, field).map((item) => asText(item, field))
    if (references.length > 0)
      host[field] = await Promise.all(
        references.map((reference) => pinned(visit, reference, field === 'Links')),
      )
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
