import { IntermediateError } from '@intermediate/core'
import { spawnSync } from 'node:child_process'
import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Why a module could not be loaded, as one sentence with the place where it failed. */
export function loadFailure(file: string, path: string, error: unknown): string {
  const reason =
    missingModule(path, error) ?? brokenTypeScript(error) ?? `${said(error)}${at(place(path, error))}.`
  return `${file} cannot be loaded: ${reason}`
}

function missingModule(path: string, error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const [, kind, name = '', from = path] =
    /^Cannot find (package|module) '([^']+)'(?: imported from (\S+))?/.exec(error.message) ?? []
  if (kind === undefined) return undefined
  const importer = asPath(from)
  if (/^([./\\]|file:|[A-Za-z]:\\)/.test(name))
    return `${shown(importer)} imports ${shown(asPath(name))}, which is not there.`
  return (
    `${shown(importer)} imports the package ${name}, which is not installed for it: ` +
    `run "npm install ${name}" in ${dirname(importer)}.`
  )
}

/** esbuild, which tsx compiles with, gives the place in its message. */
function brokenTypeScript(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const [, source, position, message] = /^(.+?):(\d+:\d+): ERROR: (.*)$/m.exec(error.message) ?? []
  if (source === undefined || position === undefined || message === undefined) return undefined
  return `${message}${at({ source, position })}.`
}

interface Place {
  readonly source: string
  readonly position: string
}

function place(path: string, error: unknown): Place | undefined {
  if (!(error instanceof Error)) return undefined
  const frames = [
    ...(error.stack ?? '').matchAll(/^ +at (?:.* \()?((?:file:|\/|[A-Z]:\\).*?):(\d+:\d+)\)?$/gm),
  ]
  const places = frames
    .map(([, source = '', position = '']) => ({ source: asPath(source), position }))
    .filter(({ source }) => dirname(source) !== import.meta.dirname)
  // What a library throws is thrown for something that the file asked of it.
  const asked = places.find(({ source }) => source === path)
  return (
    asked ?? (error instanceof SyntaxError ? syntaxErrorPlace(path, error.stack) : undefined) ?? places[0]
  )
}

/** Node has it in the first line of the stack, or else only on the stderr of a process that this error ends. */
function syntaxErrorPlace(path: string, stack = ''): Place | undefined {
  const first = /^(file:\S+|\/.+|[A-Z]:\\.+):(\d+)\r?\n/
  const [, source, position] =
    first.exec(stack) ??
    first.exec(spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' }).stderr) ??
    []
  return source === undefined || position === undefined ? undefined : { source: asPath(source), position }
}

function at(found: Place | undefined): string {
  return found === undefined ? '' : ` (${shown(found.source)}:${found.position})`
}

function said(error: unknown): string {
  const text = error instanceof IntermediateError ? error.message : String(error)
  return text.replaceAll(/\s+/g, ' ').replace(/[. ]+$/, '')
}

function asPath(source: string): string {
  return source.startsWith('file:') ? fileURLToPath(source.replace(/[?#].*$/, '')) : source
}

/** From the current folder, for what is in it. */
function shown(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}
