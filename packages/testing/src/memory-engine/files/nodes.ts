/** What every file has. `mode` is the permission bits only. */
interface Attributes {
  mode: number
  uid: number
  gid: number
  /** Seconds since 1970. */
  mtime: number
}

export interface FileNode extends Attributes {
  readonly kind: 'file'
  /** Replaced as a whole, never changed in place: trees share it. */
  bytes: Buffer
}

export interface FolderNode extends Attributes {
  readonly kind: 'folder'
  readonly entries: Map<string, FileSystemNode>
  /** A volume or the like that is mounted here: no part of the container's own tree. */
  readonly mount?: { readonly readOnly: boolean }
}

export interface LinkNode extends Attributes {
  readonly kind: 'link'
  readonly target: string
}

export interface DeviceNode extends Attributes {
  readonly kind: 'device'
  readonly device: 'null' | 'zero' | 'urandom' | 'tty'
}

export type FileSystemNode = FileNode | FolderNode | LinkNode | DeviceNode

export function file(text: string | Buffer, options: Partial<FileNode> = {}): FileNode {
  return { kind: 'file', bytes: Buffer.from(text), ...attributes(0o644), ...options }
}

export function folder(entries: Readonly<Record<string, FileSystemNode>> = {}, mode = 0o755): FolderNode {
  return { kind: 'folder', entries: new Map(Object.entries(entries)), ...attributes(mode) }
}

export function link(target: string): LinkNode {
  return { kind: 'link', target, ...attributes(0o777) }
}

export function device(name: DeviceNode['device']): DeviceNode {
  return { kind: 'device', device: name, ...attributes(0o666) }
}

/** The same folder at another place, as a mount: what is written in one shows in the other. */
export function mounted(root: FolderNode, readOnly: boolean): FolderNode {
  return { ...root, mount: { readOnly } }
}

/** A tree of its own; what is mounted in it stays behind. */
export function copyOf<N extends FileSystemNode>(node: N): N {
  if (node.kind !== 'folder') return { ...node }
  const own = [...node.entries].filter(([, entry]) => entry.kind !== 'folder' || !entry.mount)
  return { ...node, entries: new Map(own.map(([name, entry]) => [name, copyOf(entry)])) }
}

/** The bytes of all files in a tree, without what is mounted there. */
export function sizeOf(node: FileSystemNode): number {
  if (node.kind === 'file') return node.bytes.length
  if (node.kind !== 'folder' || node.mount) return 0
  return [...node.entries.values()].reduce((sum, entry) => sum + sizeOf(entry), 0)
}

function attributes(mode: number): Attributes {
  return { mode, uid: 0, gid: 0, mtime: Math.floor(Date.now() / 1000) }
}
