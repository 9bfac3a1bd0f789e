import { configurationError } from '../errors.js'

/** The path of a Windows pipe as Windows writes it: `\\.\pipe\name`. */
export function pipePath(path: string): string {
  if (process.platform !== 'win32') {
    // Node would make a unix socket of that odd name in the current folder.
    throw configurationError(`"npipe://${path}" works on Windows only: use unix:///path/to.sock here.`)
  }
  return path.replaceAll('/', '\\')
}
