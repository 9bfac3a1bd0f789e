import { posix } from 'node:path'
import { FileError } from '../files/file-system.js'
import { file } from '../files/nodes.js'
import type { FileSystemNode } from '../files/nodes.js'
import type { Process } from '../processes/process.js'
import { pathIn } from './paths.js'

/** `touch file...` */
export function touch(self: Process): Promise<number> {
  return eachPath(self, (path) => {
    const { files } = self.sandbox
    const place = files.find(path)
    if (place.readOnly) throw new FileError('EROFS')
    if (place.node) place.node.mtime = Math.floor(Date.now() / 1000)
    else files.put(place, file(''))
  })
}

/** `mkdir [-p] folder...` */
export function mkdir(self: Process): Promise<number> {
  return eachPath(self, (path, flags) =>
    self.sandbox.files.makeFolder(path, { parents: flags.includes('p') }),
  )
}

/** `rm [-r] [-f] file...` */
export function rm(self: Process): Promise<number> {
  return eachPath(self, (path, flags) => {
    try {
      self.sandbox.files.remove(path, { recursive: /[rR]/.test(flags) })
    } catch (error) {
      if (!(error instanceof FileError) || error.code !== 'ENOENT' || !flags.includes('f')) throw error
    }
  })
}

/** `ls [-a] [-l] [-1] [path...]` */
export async function ls(self: Process): Promise<number> {
  const flags = flagsOf(self)
  const paths = wordsOf(self)
  const line = (name: string, node: FileSystemNode) => (flags.includes('l') ? longLine(name, node) : name)
  let code = 0
  for (const path of paths.length > 0 ? paths : ['.']) {
    try {
      const node = self.sandbox.files.get(pathIn(self, path))
      if (paths.length > 1 && node.kind === 'folder') await self.print(`${path}:\n`)
      const names: [string, FileSystemNode][] = node.kind === 'folder' ? [...node.entries] : [[path, node]]
      const shown = names.filter(
        ([name]) => flags.includes('a') || !name.startsWith('.') || node.kind !== 'folder',
      )
      const lines = shown.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, entry]) => line(name, entry))
      await self.print(lines.map((text) => `${text}\n`).join(''))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      code = await self.complain(`${path}: ${error.message}`)
    }
  }
  return code
}

const kinds = { file: '-', folder: 'd', link: 'l', device: 'c' } as const

function longLine(name: string, node: FileSystemNode): string {
  const bits = Array.from('rwxrwxrwx', (bit, index) => (node.mode & (0o400 >> index) ? bit : '-')).join('')
  const size = node.kind === 'file' ? node.bytes.length : 0
  const time = new Date(node.mtime * 1000).toISOString().slice(0, 16).replace('T', ' ')
  const target = node.kind === 'link' ? ` -> ${node.target}` : ''
  return `${kinds[node.kind]}${bits} ${node.uid} ${node.gid} ${String(size).padStart(8)} ${time} ${posix.basename(name)}${target}`
}

async function eachPath(self: Process, act: (path: string, flags: string) => void): Promise<number> {
  const words = wordsOf(self)
  if (words.length === 0) return self.complain('a path is missing')
  let code = 0
  for (const word of words) {
    try {
      act(pathIn(self, word), flagsOf(self))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      code = await self.complain(`${word}: ${error.message}`)
    }
  }
  return code
}

function flagsOf(self: Process): string {
  return self.args
    .slice(1)
    .filter((word) => /^-./.test(word))
    .join('')
}

function wordsOf(self: Process): string[] {
  return self.args.slice(1).filter((word) => !/^-./.test(word))
}
