import { posix } from 'node:path'
import { FileError } from '../files/file-system.js'
import { signalOf } from '../processes/signals.js'
import { readLine } from '../streams/lines.js'
import { Jump } from './jump.js'
import { parse } from './parse.js'
import type { Shell } from './shell.js'

type Builtin = (shell: Shell, line: readonly string[]) => Promise<number>

/** What a shell does itself, since it changes the shell. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', () => Promise.resolve(0)],
  ['break', (_, [, levels]) => jump('break', levels)],
  ['continue', (_, [, levels]) => jump('continue', levels)],
  ['cd', cd],
  ['eval', (shell, [, ...words]) => shell.run(parse(words.join(' ')).script)],
  ['exec', exec],
  ['exit', exit],
  ['export', exportVariables],
  ['read', read],
  ['set', set],
  ['shift', shift],
  ['trap', trap],
  ['unset', unset],
  ['wait', wait],
])

function jump(to: 'break' | 'continue', levels = '1'): Promise<number> {
  throw new Jump(to, Number(levels) || 1)
}

async function cd(shell: Shell, [, to = shell.get('HOME') ?? '/']: readonly string[]): Promise<number> {
  const { process } = shell
  const path = posix.resolve(process.cwd, to)
  try {
    if (process.sandbox.files.get(path).kind !== 'folder') throw new FileError('ENOTDIR')
    process.cwd = path
    shell.set('PWD', path)
    return 0
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    await shell.say(`cd: can't cd to ${to}: ${error.message}`)
    return 2
  }
}

async function exec(shell: Shell, [, ...line]: readonly string[]): Promise<number> {
  if (line.length === 0) return 0
  shell.traps.clear()
  shell.status = await shell.execute(line, new Map(), true)
  throw new Jump('exit')
}

function exit(shell: Shell, [, code]: readonly string[]): Promise<number> {
  if (code !== undefined) shell.status = Number(code) & 0xff
  throw new Jump('exit')
}

async function exportVariables(shell: Shell, [, ...words]: readonly string[]): Promise<number> {
  for (const word of words) {
    const [, name = word, value = shell.get(name) ?? ''] = /^([^=]+)=([\s\S]*)$/.exec(word) ?? []
    shell.variables.delete(name)
    shell.process.env.set(name, value)
  }
  return Promise.resolve(0)
}

async function read(shell: Shell, line: readonly string[]): Promise<number> {
  const names = line.slice(1).filter((word) => !word.startsWith('-'))
  const raw = line.includes('-r')
  const stop = new AbortController()
  const { signal } = shell.process
  const result = await shell.unlessTrapped(
    readLine(shell.process.stdin, AbortSignal.any([signal, stop.signal])),
    stop,
  )
  if (!result) return 130
  const text = raw ? result.line : result.line.replaceAll(/\\(.)/g, '$1')
  const words = text.trim().split(/[ \t]+/)
  const last = names.length - 1
  for (const [index, name] of (names.length > 0 ? names : ['REPLY']).entries()) {
    shell.set(name, index < last ? (words.shift() ?? '') : words.splice(0).join(' '))
  }
  return result.ended ? 1 : 0
}

function set(shell: Shell, [, ...words]: readonly string[]): Promise<number> {
  while (/^[-+]e+$/.test(words[0] ?? '')) shell.exitOnFailure = words.shift()?.startsWith('-') ?? false
  if (words[0] === '--') shell.args = words.slice(1)
  else if (words.length > 0 && !/^[-+]/.test(words[0] ?? '')) shell.args = words
  else if (words.length > 0) return shell.say(`set: this small shell has no ${words[0]}`).then(() => 2)
  return Promise.resolve(0)
}

function shift(shell: Shell, [, count = '1']: readonly string[]): Promise<number> {
  const enough = Number(count) <= shell.args.length
  if (enough) shell.args = shell.args.slice(Number(count))
  return Promise.resolve(enough ? 0 : 1)
}

async function trap(shell: Shell, [, action, ...names]: readonly string[]): Promise<number> {
  let code = 0
  for (const name of names) {
    const signal = name === 'EXIT' || name === '0' ? 'EXIT' : signalOf(name)
    if (signal === undefined) {
      await shell.say(`trap: ${name}: bad signal`)
      code = 1
    } else if (action === '-' || action === undefined) {
      shell.traps.delete(signal)
      shell.process.handlers.delete(signal)
    } else {
      const { script } = parse(action)
      shell.traps.set(signal, script)
      if (signal !== 'EXIT') shell.onSignal(signal, action === '' ? undefined : script)
    }
  }
  return code
}

function unset(shell: Shell, [, ...names]: readonly string[]): Promise<number> {
  for (const name of names) {
    shell.variables.delete(name)
    shell.process.env.delete(name)
  }
  return Promise.resolve(0)
}

/** Until the jobs have ended, or a signal comes for which there is a trap. */
async function wait(shell: Shell, [, ...pids]: readonly string[]): Promise<number> {
  const jobs = shell.jobs.filter((job) => pids.length === 0 || pids.includes(String(job.pid)))
  if (pids.length > 0 && jobs.length === 0) return 127
  const codes = await shell.unlessTrapped(Promise.all(jobs.map((job) => job.exited)))
  if (!codes) return 143
  return pids.length > 0 ? (codes.at(-1) ?? 0) : 0
}
