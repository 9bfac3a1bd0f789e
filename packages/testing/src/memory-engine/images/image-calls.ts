import { changedConfig } from '../containers/changed-config.js'
import { containerConfig } from '../containers/config.js'
import { shownConfig } from '../containers/inspect-container.js'
import { badRequest } from '../engine-error.js'
import { putInto } from '../files/archive.js'
import { FileSystem } from '../files/file-system.js'
import { folder } from '../files/nodes.js'
import { readTar } from '../files/read-tar.js'
import { TarError } from '../files/tar.js'
import type { Exchange } from '../http/exchange.js'
import { fitsPattern, parseFilters } from '../http/filters.js'
import { architecture } from '../machine.js'
import { seconds, timestamp } from '../time.js'
import { untilTime } from '../until-filter.js'
import type { Image } from './images.js'
import { pullImage } from './pull.js'
import { parseReference } from './reference.js'

const accepted = ['before', 'dangling', 'label', 'label!', 'reference', 'since', 'until']

/** `GET /images/json` */
export function listImages(exchange: Exchange): void {
  const { engine, query } = exchange
  const filters = parseFilters(query.text('filters'), accepted)
  const until = untilTime(filters)
  const dangling = filters.flag('dangling')
  const before = filters.get('before').map((text) => engine.images.get(text).created)
  const since = filters.get('since').map((text) => engine.images.get(text).created)
  const list = engine.images.all.filter((image) => {
    const { tags, created, config } = image
    return (
      (dangling === undefined || (tags.size === 0) === dangling) &&
      filters.labels(config.Labels) &&
      filters.some('reference', (pattern) => [...tags].some((tag) => nameFits(tag, pattern))) &&
      (until === undefined || created < until) &&
      before.every((time) => created < time) &&
      since.every((time) => created > time)
    )
  })
  const newestFirst = list.toSorted((a, b) => (a.created < b.created ? 1 : -1))
  exchange.send(
    200,
    newestFirst.map((image) => imageSummary(exchange, image)),
  )
}

export function imageSummary(
  { engine, api }: Pick<Exchange, 'engine' | 'api'>,
  image: Image,
  count = api >= 51,
): object {
  const { id, created, config, size, tags, digests, parent } = image
  return {
    // Counted only since 1.51, and for `system df`.
    Containers: count ? engine.images.users(image) : -1,
    Created: seconds(created),
    Id: id,
    Labels: config.Labels,
    ParentId: parent,
    RepoDigests: [...digests],
    RepoTags: [...tags],
    SharedSize: -1,
    Size: size,
    ...(api < 44 && { VirtualSize: size }),
  }
}

/** `GET /images/:name/json` */
export function inspectImage(exchange: Exchange): void {
  const { api, engine } = exchange
  const { id, tags, digests, created, config, size, comment, author, parent, taggedAt } = engine.images.get(
    exchange.param('name'),
  )
  exchange.send(200, {
    Id: id,
    RepoTags: [...tags],
    RepoDigests: [...digests],
    Parent: parent,
    Comment: comment,
    Created: timestamp(created),
    ...(api < 45 && { Container: '', ContainerConfig: shownConfig(containerConfig.zero, api) }),
    DockerVersion: '',
    Author: author,
    Config: shownConfig(config, api),
    Architecture: architecture,
    Os: 'linux',
    Size: size,
    ...(api < 44 && { VirtualSize: size }),
    GraphDriver: { Data: null, Name: 'memory' },
    RootFS: { Type: 'layers', Layers: [id] },
    Metadata: { LastTagTime: timestamp(taggedAt) },
  })
}

/** `GET /images/:name/history` */
export function imageHistory(exchange: Exchange): void {
  const { id, created, comment, size, tags } = exchange.engine.images.get(exchange.param('name'))
  exchange.send(200, [
    { Comment: comment, Created: seconds(created), CreatedBy: '', Id: id, Size: size, Tags: [...tags] },
  ])
}

/** `POST /images/:name/tag` */
export function tagImage(exchange: Exchange): void {
  const { engine, query } = exchange
  const image = engine.images.get(exchange.param('name'))
  const repository = query.text('repo')
  if (repository === undefined) throw badRequest('the new name is missing: tag needs ?repo=')
  const tag = query.text('tag')
  engine.images.tag(image, parseReference(tag === undefined ? repository : `${repository}:${tag}`).name)
  exchange.send(201)
}

/** `DELETE /images/:name` */
export function removeImage(exchange: Exchange): void {
  exchange.send(200, exchange.engine.images.remove(exchange.param('name'), exchange.query.flag('force')))
}

/** `POST /images/prune` */
export function pruneImages(exchange: Exchange): void {
  const { engine } = exchange
  const filters = parseFilters(exchange.query.text('filters'), ['dangling', 'label', 'label!', 'until'])
  const until = untilTime(filters)
  const { deleted, size } = engine.images.prune(filters.flag('dangling') === false, ({ config, created }) => {
    return filters.labels(config.Labels) && (until === undefined || created < until)
  })
  engine.events.emit('image', 'prune', '', { reclaimed: String(size) })
  exchange.send(200, { ImagesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: size })
}

/** `POST /images/create`: a pull, or with `fromSrc=-` an import. */
export async function createImage(exchange: Exchange): Promise<void> {
  const { query } = exchange
  const source = query.text('fromSrc')
  if (query.text('fromImage') !== undefined) return pullImage(exchange)
  if (source === undefined)
    throw badRequest('the image is missing: name it with ?fromImage=, or import with ?fromSrc=-')
  if (source !== '-')
    throw badRequest(`an import from ${source} is not possible here: send the archive, with ?fromSrc=-`)
  await importImage(exchange)
}

async function importImage(exchange: Exchange): Promise<void> {
  const { engine, query } = exchange
  const [repository, tag] = [query.text('repo'), query.text('tag')]
  const name = repository && parseReference(tag === undefined ? repository : `${repository}:${tag}`).name
  const files = folder()
  const tree = new FileSystem(files)
  try {
    for await (const entry of readTar(exchange.request as AsyncIterable<Buffer>)) putInto(files, tree, entry)
  } catch (error) {
    if (error instanceof TarError) throw badRequest(error.message)
    throw error
  }
  const config = { ...containerConfig.zero, ...changedConfig(query.all('changes')) }
  const image = engine.images.add(
    { config, files, comment: query.text('message') ?? 'Imported from -' },
    name,
  )
  engine.events.emit('image', 'import', image.id, { name: image.id })
  exchange.begin(200, { 'Content-Type': 'application/json' })
  exchange.response.end(`${JSON.stringify({ status: image.id })}\r\n`)
}

function nameFits(tag: string, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
  return fitsPattern(tag, `^${source}$`) || fitsPattern(tag, `^${source}:[^/]*$`)
}
