import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { containerConfig } from '../containers/config.js'
import { shownConfig } from '../containers/inspect-container.js'
import { badRequest } from '../engine-error.js'
import { entriesOf, putInto } from '../files/archive.js'
import { FileError, FileSystem } from '../files/file-system.js'
import { folder } from '../files/nodes.js'
import type { FolderNode } from '../files/nodes.js'
import { readTar } from '../files/read-tar.js'
import { TarError } from '../files/tar.js'
import { writeTar } from '../files/write-tar.js'
import type { TarEntry } from '../files/tar.js'
import type { Exchange } from '../http/exchange.js'
import { anything, fields, list, text } from '../http/fields.js'
import { architecture } from '../machine.js'
import { parseTime, seconds, timestamp } from '../time.js'
import type { Image } from './images.js'
import { parseReference } from './reference.js'

const manifestFields = list(fields({ Config: text, RepoTags: list(text), Layers: list(text) }))
const imageFields = fields({
  config: containerConfig,
  comment: text,
  author: text,
  created: text,
  container_config: anything,
})

/** `GET /images/get` and `GET /images/:name/get` */
export async function saveImages(exchange: Exchange): Promise<void> {
  const { engine, query } = exchange
  const one = exchange.param('name')
  const names = one === '' ? query.all('names').flatMap((value) => value.split(',')) : [one]
  if (names.length === 0) throw badRequest('no image is named: save needs ?names=')
  const tags = new Map<Image, string[]>()
  for (const name of names) {
    const image = engine.images.get(name)
    const isTag = image.tags.has(parsedName(name))
    tags.set(image, [...(tags.get(image) ?? []), ...(isTag ? [parsedName(name)] : [])])
  }
  exchange.begin(200, { 'Content-Type': 'application/x-tar' })
  const chunks: TarEntry[] = []
  for (const image of tags.keys()) chunks.push(...(await savedEntries(image)))
  const manifest = [...tags].map(([image, own]) => ({
    Config: `${hexOf(image)}.json`,
    RepoTags: own.length > 0 ? own : null,
    Layers: [`${hexOf(image)}/layer.tar`],
  }))
  const written = writeTar([...chunks, entry('manifest.json', JSON.stringify(manifest))])
  for await (const bytes of written) await exchange.write(bytes)
  exchange.response.end()
}

/** `POST /images/load` */
export async function loadImages(exchange: Exchange): Promise<void> {
  const files = new Map<string, Buffer>()
  try {
    for await (const { name, bytes } of readTar(exchange.request as AsyncIterable<Buffer>)) {
      files.set(name.replace(/^\.\//, ''), bytes ?? Buffer.alloc(0))
    }
    const loaded = await Promise.all(
      (manifestFields.read(json(files, 'manifest.json'), 'manifest.json') ?? []).map(
        async ({ Config, RepoTags, Layers }) => ({
          id: `sha256:${/([0-9a-f]{64})(\.json)?$/.exec(Config)?.[1] ?? createHash('sha256').update(fileIn(files, Config)).digest('hex')}`,
          content: imageFields.read(json(files, Config), Config),
          tree: await treeOf((Layers ?? []).map((layer) => fileIn(files, layer))),
          names: RepoTags ?? [],
        }),
      ),
    )
    exchange.begin(200, { 'Content-Type': 'application/json' })
    for (const { id, content, tree, names } of loaded) {
      const { config, comment, author, created } = content
      exchange.engine.images.load(
        id,
        parseTime(created),
        { config, comment, author, files: tree },
        names.map(parsedName),
      )
      const lines =
        names.length > 0 ? names.map((name) => `Loaded image: ${name}`) : [`Loaded image ID: ${id}`]
      for (const line of lines) await exchange.write(`${JSON.stringify({ stream: `${line}\n` })}\r\n`)
    }
  } catch (error) {
    if (error instanceof TarError || error instanceof FileError)
      throw badRequest(`the archive cannot be loaded: ${error.message}`)
    throw error
  }
  exchange.response.end()
}

async function savedEntries(image: Image): Promise<TarEntry[]> {
  const chunks: Buffer[] = []
  for await (const bytes of writeTar(entriesOf(image.files, ''))) chunks.push(bytes)
  const layer = Buffer.concat(chunks)
  const created = timestamp(image.created)
  const config = {
    architecture,
    os: 'linux',
    created,
    author: image.author,
    comment: image.comment,
    config: shownConfig(image.config, 44),
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`] },
    history: [{ created, author: image.author, comment: image.comment }],
  }
  const mtime = seconds(image.created)
  return [
    { ...entry(`${hexOf(image)}.json`, JSON.stringify(config)), mtime },
    { ...entry(`${hexOf(image)}/layer.tar`, layer), mtime },
  ]
}

/** The layers on top of each other; `.wh.` names what a layer takes away (OCI image specification, "Whiteouts"). */
async function treeOf(layers: readonly Buffer[]): Promise<FolderNode> {
  const root = folder()
  const files = new FileSystem(root)
  for (const layer of layers) {
    const bytes = layer[0] === 0x1f && layer[1] === 0x8b ? gunzipSync(layer) : layer
    for await (const item of readTar(once(bytes))) {
      const [, parent = '', hidden] = /^(.*?)(?:^|\/)\.wh\.([^/]+)$/.exec(item.name) ?? []
      if (hidden === '.wh..opq') clear(files, `/${parent}`)
      else if (hidden !== undefined) files.remove(`/${parent}/${hidden}`, { recursive: true })
      else putInto(root, files, item)
    }
  }
  return root
}

function clear(files: FileSystem, path: string): void {
  const node = files.has(path) ? files.get(path) : undefined
  if (node?.kind === 'folder') node.entries.clear()
}

function json(files: ReadonlyMap<string, Buffer>, name: string): unknown {
  try {
    return JSON.parse(fileIn(files, name).toString())
  } catch (error) {
    throw error instanceof TarError ? error : new TarError(`${name} is no JSON`)
  }
}

function fileIn(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const bytes = files.get(name)
  if (!bytes) throw new TarError(`it has no ${name}`)
  return bytes
}

function entry(name: string, content: string | Buffer): TarEntry {
  return { type: 'file', name, mode: 0o644, uid: 0, gid: 0, mtime: 0, bytes: Buffer.from(content) }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield await Promise.resolve(bytes)
}

function parsedName(text: string): string {
  return /^(sha256:)?[0-9a-f]{12,64}$/.test(text) ? text : parseReference(text).name
}

function hexOf({ id }: Image): string {
  return id.slice('sha256:'.length)
}
