import { findContainer } from './find-container.js'
import { inspectUsableImage } from './find-image.js'
import type { Fields } from './go-values.js'
import { asObject, asText, parsed } from './go-values.js'
import { claimName } from './image-names.js'
import { bears } from './labels.js'
import { usableNetwork } from './networks.js'
import { Refused } from './refused.js'
import type { Visit } from './visit.js'

/**
 * What the query of a build refers to: labelled, and of nothing but what is the owner's. Images and containers are
 * written as ids, since it is the client who says when the context ends and the engine begins.
 * @throws Refused for what is another's or not known
 */
export async function judgeBuildQuery(visit: Visit): Promise<void> {
  const { query, owner } = visit
  for (const name of Object.keys(query))
    if (!known.has(name)) throw new Refused(403, `builds with ${name}= are not allowed here: leave it out`)
  if (query['outputs'])
    throw new Refused(403, 'outputs of a build are not allowed here: name the image with --tag')
  await claimTags(visit)
  if (query['cachefrom']) query['cachefrom'] = JSON.stringify(await ownCaches(visit, query['cachefrom']))
  // The engine adds these to the last step, behind those of the Dockerfile.
  query['labels'] = JSON.stringify({ ...parsedLabels(query['labels']), [owner.label]: owner.id })
  await pinNetwork(visit)
}

/** The names that a build is to give. @throws Refused 409 where another's image has one */
export async function claimTags(visit: Visit): Promise<void> {
  for (const name of visit.call.queryValues('t')) await claimName(visit, name)
}

/** What engines to this day read of it. What they may read once could name something too. */
const known: ReadonlySet<string> = new Set([
  ...[
    'buildargs',
    'buildid',
    'cachefrom',
    'cgroupparent',
    'cpuperiod',
    'cpuquota',
    'cpusetcpus',
    'cpusetmems',
  ],
  ...['cpushares', 'dockerfile', 'extrahosts', 'forcerm', 'isolation', 'labels', 'memory', 'memswap'],
  ...['networkmode', 'nocache', 'outputs', 'platform', 'pull', 'q', 'remote', 'rm', 'securityopt', 'session'],
  ...['shmsize', 'squash', 't', 'target', 'ulimits', 'version'],
])

/** The ids of the images whose steps it may take: others are as if they were not there. */
async function ownCaches(visit: Visit, written: string): Promise<string[]> {
  const own: string[] = []
  for (const name of parsedList(written)) {
    const image = await inspectUsableImage(visit, name)
    if (image?.Id && bears(image.Config?.Labels, visit.owner)) own.push(image.Id)
  }
  return own
}

function parsedList(written: string): string[] {
  const wrong = 'cachefrom has to be a list of images in JSON.'
  const list = parsed(written, wrong)
  if (list === null) return []
  if (!Array.isArray(list)) throw new Refused(400, wrong)
  return list.map((name) => asText(name, 'cachefrom'))
}

function parsedLabels(written: string | undefined): Fields | undefined {
  return written ? asObject(parsed(written, 'labels has to be an object in JSON.'), 'labels') : undefined
}

async function pinNetwork(visit: Visit): Promise<void> {
  const { query } = visit
  const mode = query['networkmode'] ?? ''
  if (mode === '') return
  if (!mode.startsWith('container:')) {
    query['networkmode'] = await usableNetwork(visit, mode)
    return
  }
  const name = mode.slice('container:'.length)
  const id = await findContainer(visit, name)
  if (id === undefined) throw new Refused(404, `No such container: ${name}`)
  query['networkmode'] = `container:${id}`
}
