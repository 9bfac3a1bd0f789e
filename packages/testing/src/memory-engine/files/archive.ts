import { posix } from 'node:path'
import { FileError } from './file-system.js'
import type { FileSystem } from './file-system.js'
import { device, file, folder, link } from './nodes.js'
import type { FileSystemNode, FolderNode } from './nodes.js'
import { TarError } from './tar.js'
import type { TarEntry } from './tar.js'

/** A tree as the entries of an archive, under that name; folders come before what is in them. */
export function* entriesOf(
  node: FileSystemNode,
  name: string,
  { mounts = true } = {},
): Generator<TarEntry, void, undefined> {
  const { mode, uid, gid, mtime } = node
  const common = { mode, uid, gid, mtime }
  switch (node.kind) {
    case 'file':
      return yield { type: 'file', name, bytes: node.bytes, ...common }
    case 'link':
      return yield { type: 'link', name, target: node.target, ...common }
    case 'device':
      return yield { type: 'device', name, ...common }
    case 'folder': {
      if (name !== '') yield { type: 'folder', name: `${name}/`, ...common }
      const entries = [...node.entries].toSorted(([a], [b]) => (a < b ? -1 : 1))
      for (const [entry, below] of entries) {
        if (!mounts && below.kind === 'folder' && below.mount) continue
        yield* entriesOf(below, name === '' ? entry : `${name}/${entry}`, { mounts })
      }
    }
  }
}

export interface ExtractOptions {
  /** Fail where a folder would replace what is no folder, or the reverse. */
  noOverwriteDirNonDir?: boolean
}

/** Puts an entry of an archive where it belongs under a folder; links in the archive never lead out of it. */
export function extract(
  files: FileSystem,
  base: string,
  entry: TarEntry,
  { noOverwriteDirNonDir = false }: ExtractOptions = {},
): void {
  const within = posix.resolve('/', entry.name).slice(1)
  if (within === '') return
  const path = posix.join(base, within)
  const parent = posix.dirname(path)
  if (!files.has(parent)) files.makeFolder(parent, { parents: true })
  const place = files.find(path, { follow: false })
  const node = nodeOf(entry, files, base)
  const wasFolder = place.node?.kind === 'folder'
  const isFolder = node.kind === 'folder'
  if (place.node && wasFolder !== isFolder && noOverwriteDirNonDir) {
    throw new TarError(
      wasFolder
        ? `the folder ${path} is not replaced by a file`
        : `the file ${path} is not replaced by a folder`,
    )
  }
  if (isFolder && place.node?.kind === 'folder') {
    const { mode, uid, gid, mtime } = node
    if (place.readOnly) throw new FileError('EROFS')
    Object.assign(place.node, { mode, uid, gid, mtime })
    return
  }
  files.put(place, node)
}

/** A tree of what an archive holds. */
export function putInto(root: FolderNode, files: FileSystem, entry: TarEntry): void {
  if (posix.resolve('/', entry.name) === '/') Object.assign(root, { mode: entry.mode, mtime: entry.mtime })
  else extract(files, '/', entry)
}

function nodeOf(entry: TarEntry, files: FileSystem, base: string): FileSystemNode {
  const { mode, uid, gid, mtime, target = '', bytes = Buffer.alloc(0) } = entry
  const common = { mode, uid, gid, mtime }
  switch (entry.type) {
    case 'file':
      return { ...file(bytes), ...common }
    case 'folder':
      return { ...folder(), ...common }
    case 'link':
      return { ...link(target), ...common }
    case 'device':
      return { ...device('null'), ...common }
    case 'hard link':
      return files.get(posix.join(base, posix.resolve('/', target)), { follow: false })
  }
}
