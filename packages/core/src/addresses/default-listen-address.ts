import { lstatSync, mkdirSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { formatAddress, parseAddress } from './address.js'
import { configurationError } from '../errors.js'
import { isThere } from './is-there.js'

/**
 * Where an intermediate listens that names no address: INTERMEDIATE_LISTEN, then `intermediate.sock` in a folder
 * where only this user can put files: XDG_RUNTIME_DIR if it is one, `/run` for root, or one that is made in the
 * folder for temporary files. On Windows, a pipe.
 * @throws ERR_CONFIGURATION where INTERMEDIATE_LISTEN is no address, or that last folder is someone else's, or open to others
 */
export function defaultListenAddress(env: NodeJS.ProcessEnv = process.env): string {
  if (env.INTERMEDIATE_LISTEN)
    return formatAddress(parseAddress(env.INTERMEDIATE_LISTEN, 'INTERMEDIATE_LISTEN'))
  if (process.platform === 'win32') return 'npipe:////./pipe/intermediate'
  const uid = process.geteuid?.() ?? 0
  const folder =
    runtimeFolder(env, uid) ??
    (uid === 0 && isThere('/run') ? '/run' : ownTemporaryFolder(env.TMPDIR || tmpdir(), uid))
  return formatAddress({ scheme: 'unix', path: join(folder, 'intermediate.sock') })
}

/** XDG Base Directory Specification: an absolute path, owned by the user, 0700; otherwise it is not to be used. */
function runtimeFolder({ XDG_RUNTIME_DIR: folder }: NodeJS.ProcessEnv, uid: number): string | undefined {
  return folder && isAbsolute(folder) && isPrivate(look(folder), uid) ? folder : undefined
}

function ownTemporaryFolder(parent: string, uid: number): string {
  const folder = join(parent, `intermediate-${uid}`)
  if (look(folder) === undefined) make(folder)
  if (isPrivate(look(folder), uid)) return folder
  throw configurationError(
    `The folder ${folder} is not this user's alone, so a socket in it could be replaced: ` +
      'remove it, or name an address to listen on.',
  )
}

function make(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    throw configurationError(`The folder ${folder} cannot be made: name an address to listen on.`, error)
  }
}

function look(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

function isPrivate(found: Stats | undefined, uid: number): boolean {
  return found !== undefined && found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0
}
