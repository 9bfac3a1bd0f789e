import { posix } from 'node:path'
import { FileError } from '../files/file-system.js'
import type { FileSystem } from '../files/file-system.js'
import type { Program } from './process.js'

export interface Executable {
  readonly program: Program
  /** The command line that it gets: for a script, that of its interpreter. */
  readonly args: readonly string[]
}

/** Why a command cannot run, in the runtime's words; 127 where there is none, 126 where it is none. */
export class NotExecutable extends Error {
  readonly code: 126 | 127

  constructor(code: 126 | 127, reason: string) {
    super(reason)
    this.code = code
  }
}

export interface Search {
  readonly files: FileSystem
  readonly programs: ReadonlyMap<string, Program>
  readonly cwd: string
  /** The folders to look in, as PATH has them. */
  readonly path: string
}

/**
 * Finds what a command line runs: a script's interpreter, or the built-in command that the file names as its
 * interpreter, so that it stays a command wherever it is copied. @throws NotExecutable
 */
export function findExecutable(args: readonly string[], search: Search, depth = 0): Executable {
  const [name = ''] = args
  const { node, path } = locate(name, search)
  if (node.kind !== 'file' || (node.mode & 0o111) === 0) throw new NotExecutable(126, 'permission denied')
  const [, interpreter, argument] =
    /^#!\s*(\S+)[ \t]*([^\n]*)/.exec(node.bytes.toString('utf8', 0, 256)) ?? []
  const program = interpreter === 'built-in' ? search.programs.get(argument ?? '') : undefined
  if (program) return { program, args }
  if (interpreter === undefined || depth > 4) throw new NotExecutable(126, 'exec format error')
  const line = [interpreter, ...(argument ? [argument.trim()] : []), path, ...args.slice(1)]
  return findExecutable(line, search, depth + 1)
}

function locate(name: string, { files, cwd, path }: Search) {
  if (name.includes('/')) {
    try {
      const place = files.find(posix.resolve(cwd, name))
      if (place.node) return { node: place.node, path: place.path }
    } catch (error) {
      if (!(error instanceof FileError)) throw error
    }
    throw new NotExecutable(127, 'no such file or directory')
  }
  for (const folder of path.split(':')) {
    const candidate = posix.resolve(cwd, folder, name)
    if (name !== '' && files.has(candidate)) return { node: files.get(candidate), path: candidate }
  }
  throw new NotExecutable(127, 'executable file not found in $PATH')
}
