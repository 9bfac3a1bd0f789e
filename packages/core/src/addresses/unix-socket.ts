import { chmodSync, chownSync, lstatSync, unlinkSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Server } from 'node:net'
import { dirname } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { configurationError } from '../errors.js'
import { isThere } from './is-there.js'
import { listenError } from './listen-error.js'
import { listening } from './start-server.js'

/** Who may connect to a unix socket. */
export interface SocketAccess {
  mode: number
  /** Undefined leaves the group that new files get. */
  gid: number | undefined
}

/**
 * Listens at a path, with the given mode and group. A socket that nobody answers at is replaced; anything else
 * there is left alone. Nobody but this user can connect before mode and group are as wanted.
 * @throws ERR_CONFIGURATION for a path or access that cannot be, ERR_LISTEN for a place that is taken or closed to us
 */
export async function listenAtPath(server: Server, path: string, { mode, gid }: SocketAccess): Promise<void> {
  checkSocketPath(path)
  if (!isThere(dirname(path))) throw noFolder(path)
  const stale = await staleSocket(path)
  try {
    // From here on without a pause, so that no other process can have put its socket in place of the stale one.
    if (stale !== undefined && isSame(stale, lstatSync(path, { throwIfNoEntry: false }))) unlinkSync(path)
    await bindPrivately(server, path)
  } catch (error) {
    throw unbindable(path, error)
  }
  try {
    if (gid !== undefined) giveToGroup(path, gid)
    chmodSync(path, mode)
  } catch (error) {
    server.close()
    throw error
  }
}

/** The path, if the kernel can hold it: one that is too long would be cut off. */
export function checkSocketPath(path: string): string {
  const limit = process.platform === 'darwin' ? 103 : 107
  const length = Buffer.byteLength(path)
  if (length <= limit) return path
  throw configurationError(
    `The path ${path} has ${length} bytes, and that of a unix socket at most ${limit}: choose a shorter one.`,
  )
}

/** The id of a group, by its name in /etc/group or as a number. */
export async function groupId(group: string | number): Promise<number> {
  const lines = typeof group === 'number' ? [] : (await readFile('/etc/group', 'utf8')).split('\n')
  const named = lines.map((line) => line.split(':')).find(([name]) => name === group)
  const id = Number(named?.[2] ?? (/^\d+$/.test(String(group)) ? group : NaN))
  if (Number.isInteger(id) && id < 2 ** 32 - 1) return id
  throw configurationError(
    `There is no group "${group}" in /etc/group: name one that is there, or give its number.`,
  )
}

/** What is at the path, if it is a socket that nobody listens at; an error if it is anything else. */
async function staleSocket(path: string): Promise<Stats | undefined> {
  const found = lookAt(path)
  if (found === undefined) return undefined
  if (!found.isSocket()) {
    throw listenError(`${path} is there and no socket: remove it, or listen on another path.`)
  }
  const refusal = await connectionRefusal(path)
  if (refusal === 'ECONNREFUSED' || refusal === 'ENOENT') return found
  throw refusal === undefined || refusal === 'EAGAIN'
    ? listenError(`unix://${path} is already in use: stop what listens there, or listen on another path.`)
    : listenError(
        `${path} is a socket that may be in use (${refusal}): remove it, or listen on another path.`,
      )
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw unbindable(path, error)
  }
}

/** Why nobody answers, or undefined if somebody does. A full backlog is EAGAIN. */
function connectionRefusal(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.once('connect', () => socket.destroy())
  })
}

function isSame(one: Stats, other: Stats | undefined): boolean {
  return one.dev === other?.dev && one.ino === other.ino && one.ctimeMs === other.ctimeMs
}

/** Creates the socket for this user alone. Node binds within the call, so no other file is made under this umask. */
function bindPrivately(server: Server, path: string): Promise<void> {
  // A worker thread cannot set the umask; there the mode follows a moment later.
  if (!isMainThread) return listening(server, { path })
  const umask = process.umask(0o177)
  try {
    return listening(server, { path })
  } finally {
    process.umask(umask)
  }
}

function giveToGroup(path: string, gid: number): void {
  try {
    chownSync(path, -1, gid)
  } catch (error) {
    throw configurationError(
      `The socket ${path} cannot be given to the group ${gid}: choose a group that this user is in.`,
      error,
    )
  }
}

/** Asked for beforehand, since libuv says EACCES for it. */
function noFolder(path: string): Error {
  return listenError(`The folder ${dirname(path)} is not there: create it, or listen on another path.`)
}

function unbindable(path: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOTDIR') return noFolder(path)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return listenError(
      `This user may not create ${path} (${code}): listen on a path in a folder of its own.`,
      error,
    )
  }
  if (code === 'EADDRINUSE') {
    return listenError(
      `unix://${path} is already in use: stop what listens there, or listen on another path.`,
      error,
    )
  }
  return listenError(
    `unix://${path} cannot be listened on (${code ?? String(error)}): choose another path.`,
    error,
  )
}
