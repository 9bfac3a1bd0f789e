import { posix } from 'node:path'
import type { Process } from '../processes/process.js'

/** A path of a command line, seen from the process's folder. A slash at its end stays: it asks for a folder. */
export function pathIn(self: Process, path: string): string {
  const absolute = posix.resolve(self.cwd, path)
  return path.endsWith('/') && absolute !== '/' ? `${absolute}/` : absolute
}
