import type { FileSystem } from '../files/file-system.js'
import type { User } from '../processes/process.js'
import type { Container } from './container.js'

/** `root`, `7`, `7:8`; a name is looked up in the container's own files, and one that is not there is root. */
export function userOf(files: FileSystem, text: string): User {
  const [name = '', group] = text.split(':')
  const [uid, gid] =
    name === '' ? [0, 0] : /^\d+$/.test(name) ? [Number(name), 0] : (lookedUp(files, name) ?? [0, 0])
  return { uid, gid: group !== undefined && /^\d+$/.test(group) ? Number(group) : gid }
}

/** What the processes of a container have in their environment, and what one of them has besides. */
export function environmentOf({ config }: Container, more: readonly string[] = []): Map<string, string> {
  const tty = config.Tty ? ['TERM=xterm'] : []
  const first = ['PATH=/bin', `HOSTNAME=${config.Hostname}`, ...tty]
  const home = config.Env?.some((variable) => variable.startsWith('HOME=')) ? [] : ['HOME=/root']
  const env = new Map<string, string>()
  for (const variable of [...first, ...(config.Env ?? []), ...home, ...more]) {
    const equals = variable.indexOf('=')
    if (equals > 0) env.set(variable.slice(0, equals), variable.slice(equals + 1))
  }
  return env
}

function lookedUp(files: FileSystem, name: string): [number, number] | undefined {
  if (!files.has('/etc/passwd')) return undefined
  const passwd = files.get('/etc/passwd')
  if (passwd.kind !== 'file') return undefined
  const line = passwd.bytes
    .toString()
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid === undefined ? undefined : [Number(uid), Number(gid)]
}
