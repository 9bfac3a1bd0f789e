import type { FileSystemNode, FolderNode } from './nodes.js'

export interface Change {
  readonly Path: string
  /** 0 modified, 1 added, 2 deleted. */
  readonly Kind: 0 | 1 | 2
}

/** What is different in a container's tree since it was made; mounts are no part of it. */
export function changesIn(before: FolderNode, after: FolderNode, path = ''): Change[] {
  const changes: Change[] = []
  for (const [name, node] of [...after.entries].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const Path = `${path}/${name}`
    const old = before.entries.get(name)
    if (node.kind === 'folder' && node.mount) continue
    if (old === undefined || old.kind !== node.kind) {
      changes.push({ Path, Kind: old === undefined ? 1 : 0 })
      if (node.kind === 'folder') changes.push(...changesIn({ ...node, entries: new Map() }, node, Path))
    } else if (node.kind === 'folder' && old.kind === 'folder') {
      const below = changesIn(old, node, Path)
      if (below.length > 0 || node.mode !== old.mode) changes.push({ Path, Kind: 0 })
      changes.push(...below)
    } else if (isChanged(old, node)) changes.push({ Path, Kind: 0 })
  }
  for (const name of before.entries.keys()) {
    if (!after.entries.has(name)) changes.push({ Path: `${path}/${name}`, Kind: 2 })
  }
  return changes
}

function isChanged(before: FileSystemNode, after: FileSystemNode): boolean {
  if (before.mode !== after.mode || before.uid !== after.uid || before.gid !== after.gid) return true
  if (before.kind === 'file' && after.kind === 'file') {
    return before.mtime !== after.mtime || !before.bytes.equals(after.bytes)
  }
  return before.kind === 'link' && after.kind === 'link' && before.target !== after.target
}
