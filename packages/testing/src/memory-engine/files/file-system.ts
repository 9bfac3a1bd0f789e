import { posix } from 'node:path'
import { file, folder } from './nodes.js'
import type { FileNode, FileSystemNode, FolderNode } from './nodes.js'

/** What went wrong with a path, in the words of the C library. */
export type FileErrorCode =
  | 'ENOENT'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'EEXIST'
  | 'EROFS'
  | 'ELOOP'
  | 'ENOTEMPTY'
  | 'EBUSY'
  | 'ENXIO'

const words: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EEXIST: 'File exists',
  EROFS: 'Read-only file system',
  ELOOP: 'Too many levels of symbolic links',
  ENOTEMPTY: 'Directory not empty',
  EBUSY: 'Device or resource busy',
  ENXIO: 'No such device or address',
}

export class FileError extends Error {
  readonly code: FileErrorCode

  constructor(code: FileErrorCode, path?: string) {
    super(path === undefined ? words[code] : `${path}: ${words[code]}`)
    this.code = code
  }
}

/** A place in a tree: the folder that holds it, its name there, and what is there, if anything is. */
export interface Place {
  readonly parent: FolderNode
  readonly name: string
  readonly node: FileSystemNode | undefined
  /** Its path without links. */
  readonly path: string
  readonly readOnly: boolean
}

/** A container's files. Paths are absolute; permissions are kept and shown, but bind nobody. */
export class FileSystem {
  readonly root: FolderNode
  readonly readOnly: boolean

  constructor(root: FolderNode, readOnly = false) {
    this.root = root
    this.readOnly = readOnly
  }

  /** What is at the path. @throws FileError where nothing is */
  get(path: string, { follow = true } = {}): FileSystemNode {
    const { node } = this.find(path, { follow })
    if (!node) throw new FileError('ENOENT')
    return node
  }

  has(path: string): boolean {
    try {
      return this.find(path).node !== undefined
    } catch {
      return false
    }
  }

  /** The folder must exist; what is to be in it need not. */
  find(path: string, { follow = true, links = 40 } = {}): Place {
    let place: Place = { parent: this.root, name: '.', node: this.root, path: '/', readOnly: this.readOnly }
    const steps = path.split('/').filter((step) => step !== '' && step !== '.')
    const above: Place[] = []
    for (const [index, step] of steps.entries()) {
      if (step === '..') {
        place = above.pop() ?? place
        continue
      }
      if (!place.node) throw new FileError('ENOENT')
      if (place.node.kind !== 'folder') throw new FileError('ENOTDIR')
      const node = place.node.entries.get(step)
      const last = index === steps.length - 1
      if (node?.kind === 'link' && (follow || !last || path.endsWith('/'))) {
        if (links === 0) throw new FileError('ELOOP')
        const target = posix.resolve(place.path, node.target)
        return this.find([target, ...steps.slice(index + 1)].join('/'), { follow, links: links - 1 })
      }
      above.push(place)
      const readOnly = node?.kind === 'folder' && node.mount ? node.mount.readOnly : place.readOnly
      place = { parent: place.node, name: step, node, path: posix.join(place.path, step), readOnly }
    }
    if (path.endsWith('/') && place.node && place.node.kind !== 'folder') throw new FileError('ENOTDIR')
    return place
  }

  /** The file at the path, to be written: made if need be, emptied unless it is to be appended to. */
  open(path: string, { append = false } = {}): FileSystemNode {
    const place = this.find(path)
    const { node } = place
    if (node?.kind === 'folder') throw new FileError('EISDIR')
    if (node?.kind === 'device') return node
    const opened = node?.kind === 'file' ? node : this.put(place, file(''))
    if (place.readOnly) throw new FileError('EROFS')
    if (!append) write(opened, Buffer.alloc(0))
    return opened
  }

  makeFolder(path: string, { parents = false } = {}): void {
    const place = this.#findForFolder(path, parents)
    if (place.node) {
      if (parents && place.node.kind === 'folder') return
      throw new FileError('EEXIST')
    }
    this.put(place, folder())
  }

  /** Puts a node at a place, instead of what is there. */
  put<N extends FileSystemNode>(place: Place, node: N): N {
    if (place.readOnly) throw new FileError('EROFS')
    if (place.node === this.root) throw new FileError('EBUSY')
    place.parent.entries.set(place.name, node)
    place.parent.mtime = now()
    return node
  }

  remove(path: string, { recursive = false } = {}): void {
    const { parent, name, node, readOnly } = this.find(path, { follow: false })
    if (!node) throw new FileError('ENOENT')
    if (readOnly) throw new FileError('EROFS')
    if (node === this.root || (node.kind === 'folder' && node.mount)) throw new FileError('EBUSY')
    if (node.kind === 'folder' && !recursive) throw new FileError('EISDIR')
    parent.entries.delete(name)
    parent.mtime = now()
  }

  #findForFolder(path: string, parents: boolean): Place {
    if (parents) {
      const parent = posix.dirname(posix.resolve('/', path))
      if (parent !== '/') this.makeFolder(parent, { parents })
    }
    return this.find(path)
  }
}

export function write(node: FileNode, bytes: Buffer): void {
  node.bytes = bytes
  node.mtime = now()
}

function now(): number {
  return Math.floor(Date.now() / 1000)
}
