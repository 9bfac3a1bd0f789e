import { posix } from 'node:path'
import { badRequest, EngineError, notFound } from '../engine-error.js'
import { entriesOf, extract } from '../files/archive.js'
import { FileError } from '../files/file-system.js'
import type { Place } from '../files/file-system.js'
import type { FileSystemNode } from '../files/nodes.js'
import { readTar } from '../files/read-tar.js'
import { TarError } from '../files/tar.js'
import { writeTar } from '../files/write-tar.js'
import type { Exchange } from '../http/exchange.js'
import { timestamp } from '../time.js'
import type { Container } from './container.js'
import { emit } from './container-events.js'

/** Go's bits for the kinds of files, beside those of the permissions. */
const kindBits = { file: 0, folder: 2 ** 31, link: 2 ** 27, device: 2 ** 26 + 2 ** 21 } as const

/** `HEAD /containers/:id/archive` */
export function statArchive(exchange: Exchange): void {
  const { container, place } = locate(exchange)
  exchange.response.setHeader('X-Docker-Container-Path-Stat', pathStat(container, place))
  exchange.response.end()
}

/** `GET /containers/:id/archive` */
export async function readArchive(exchange: Exchange): Promise<void> {
  const { container, place, path } = locate(exchange)
  exchange.begin(200, {
    'Content-Type': 'application/x-tar',
    'X-Docker-Container-Path-Stat': pathStat(container, place),
  })
  emit(exchange.engine, container, 'archive-path')
  // `/etc/.` is the content of the folder, `/etc` the folder with its name.
  const name = /(^|\/)\.\/?$/.test(path) || place.path === '/' ? '.' : posix.basename(path)
  for await (const bytes of writeTar(entriesOf(place.node, name))) await exchange.write(bytes)
  exchange.response.end()
}

/** `PUT /containers/:id/archive` */
export async function writeArchive(exchange: Exchange): Promise<void> {
  const { container, place } = locate(exchange, true)
  if (place.node.kind !== 'folder')
    throw badRequest(`${place.path} is not a directory: an archive is unpacked into one`)
  if (place.readOnly) throw new EngineError(403, `${place.path} is in a read-only file system`)
  const noOverwriteDirNonDir = exchange.query.flag('noOverwriteDirNonDir')
  try {
    for await (const entry of readTar(exchange.request as AsyncIterable<Buffer>)) {
      extract(container.files, place.path, entry, { noOverwriteDirNonDir })
    }
  } catch (error) {
    if (error instanceof TarError || error instanceof FileError) throw badRequest(error.message)
    throw error
  }
  emit(exchange.engine, container, 'extract-to-dir')
  exchange.send(200)
}

function locate(exchange: Exchange, follow = false) {
  const { engine, query } = exchange
  const container = engine.containers.get(exchange.param('id'))
  const path = query.text('path')
  if (path === undefined) throw badRequest('the path is missing: archive needs ?path=')
  const absolute = path.startsWith('/') ? path : `/${path}`
  try {
    // A dot or a slash at the end asks for what a link leads to.
    const place = container.files.find(absolute, { follow: follow || /\/\.?$/.test(absolute) })
    if (place.node) return { container, path: absolute, place: { ...place, node: place.node } }
  } catch (error) {
    if (!(error instanceof FileError)) throw error
  }
  throw notFound(`Could not find the file ${path} in container ${exchange.param('id')}`)
}

function pathStat({ files }: Container, { node, name, path }: Place & { node: FileSystemNode }): string {
  const target = node.kind === 'link' ? posix.resolve(posix.dirname(path), node.target) : ''
  const stat = {
    name: node === files.root ? '/' : name,
    size: node.kind === 'file' ? node.bytes.length : node.kind === 'link' ? node.target.length : 4096,
    mode: node.mode + kindBits[node.kind],
    mtime: timestamp(BigInt(node.mtime) * 1_000_000_000n),
    linkTarget: target,
  }
  return Buffer.from(JSON.stringify(stat)).toString('base64')
}
