import { gzipSync } from 'node:zlib'
import { chunked, form, json, utf8 } from '../disagreements/disagreement.js'
import { request } from '../docker-calls.js'

/** A call in Docker's own spelling; the body is its JSON. */
export interface Call {
  readonly line: string
  readonly body?: object
}

/** A way to write a call: the bytes, with these fields among those of its head; undefined where there is no such way. */
export interface Spelling {
  readonly name: string
  readonly bytes: (call: Call, fields: readonly string[]) => string | undefined
  /** No two readers agree on it, so that it is refused whoever asks for whatever. */
  readonly isRefused: boolean
}

/** Ways to write the path that the engine takes for the same. */
const samePaths: readonly (readonly [name: string, write: (path: string) => string])[] = [
  ['as it is', (path) => path],
  ['with an odd version', (path) => `/v01.041.0${path}`],
  ['with an escaped letter', (path) => path.replace(/[a-z]/, escaped)],
  ['with a last escaped letter', (path) => path.replace(/[a-z](?=[^a-z]*$)/, escaped)],
  ['with escaped slashes', (path) => `/${path.slice(1).replaceAll('/', '%2F')}`],
  ['all escaped', (path) => `/${path.slice(1).replaceAll(/[^%]/g, escaped)}`],
  ['with an escaped version', (path) => `/%76%31%2e41${path}`],
]

/** Ways that lead nowhere, or where no rule of today can look. */
const otherPaths: typeof samePaths = [
  ['with two slashes', (path) => `/${path}`],
  ['with two slashes behind the version', (path) => `/v1.41/${path}`],
  ['with a dot', (path) => `/.${path}`],
  ['with escaped dots', (path) => `/info/%2e%2e${path}`],
  ['with a large letter', (path) => path.replace(/[a-z]/, (letter) => letter.toUpperCase())],
  ['with a large V', (path) => `/V1.41${path}`],
  ['with the version twice', (path) => `/v1.41/v1.41${path}`],
  ['of version 1.23', (path) => `/v1.23${path}`],
]

/** Ways to write a body that the engine takes for the same. */
const sameBodies: readonly (readonly [
  name: string,
  write: (body: object) => string,
  fields?: readonly string[],
])[] = [
  ['in lower case', (body) => renamed(body, (name) => name.toLowerCase())],
  ['in upper case', (body) => renamed(body, (name) => name.toUpperCase())],
  ['in folds of Unicode', (body) => utf8(renamed(body, folded))],
  ['in escapes', (body) => renamed(body, (name) => name).replaceAll(/"[A-Z](?=\w*":)/g, unicodeEscaped)],
  ['behind white space', (body) => ` \t\r\n${JSON.stringify(body)}\n`],
  ['in chunks', (body) => renamed(body, (name) => name.toLowerCase()), [chunked]],
  ['said to be packed', JSON.stringify, ['Content-Encoding: gzip']],
  ['of another charset', JSON.stringify, ['Content-Type: APPLICATION/JSON; charset=utf-16']],
]

/** Ways on which readers do not agree, and forms, of which Go takes values for the query. */
const otherBodies: typeof sameBodies = [
  ['with a field twice', (body) => twice(body, (name) => name)],
  ['with a field in two cases', (body) => twice(body, (name) => name.toLowerCase())],
  ['with a field in two folds', (body) => utf8(twice(body, folded))],
  ['packed', (body) => gzipSync(JSON.stringify(body)).toString('latin1'), ['Content-Encoding: gzip']],
  ['with a second document', (body) => `${JSON.stringify(body)}{}`],
  ['behind a harmless document', (body) => `{}${JSON.stringify(body)}`],
  ['in a list', (body) => JSON.stringify([body])],
  ['behind a byte order mark', (body) => utf8(`\uFEFF${JSON.stringify(body)}`)],
  ['called a form', JSON.stringify, form],
]

export const spellings: readonly Spelling[] = [
  ...samePaths.map((way) => pathSpelling(way, false)),
  ...otherPaths.map((way) => pathSpelling(way, true)),
  ...sameBodies.map((way) => bodySpelling(way, false)),
  ...otherBodies.map((way) => bodySpelling(way, true)),
  querySpelling('with escaped names in its query', false, (query) => query.replaceAll(/(?<=^|&)./g, escaped)),
  querySpelling(
    'with its query behind a harmless one',
    true,
    (query) => `${query.replaceAll(/=[^&]*/g, '=')}&${query}`,
  ),
  querySpelling(
    'with its query before a harmless one',
    true,
    (query) => `${query}&${query.replaceAll(/=[^&]*/g, '=')}`,
  ),
]

function pathSpelling([name, write]: (typeof samePaths)[number], isRefused: boolean): Spelling {
  const bytes = ({ line, body }: Call, fields: readonly string[]) => {
    const [method = '', path = '', query = ''] = line.split(/ |(\?.*)/s).filter((part) => part !== undefined)
    return written(`${method} ${write(path)}${query}`, body === undefined ? '' : JSON.stringify(body), fields)
  }
  return { name: `its path ${name}`, bytes, isRefused }
}

function bodySpelling([name, write, more = []]: (typeof sameBodies)[number], isRefused: boolean): Spelling {
  const bytes = ({ line, body }: Call, fields: readonly string[]) =>
    body === undefined ? undefined : written(line, write(body), [...fields, ...more])
  return { name: `its body ${name}`, bytes, isRefused }
}

function querySpelling(name: string, isRefused: boolean, write: (query: string) => string): Spelling {
  const bytes = ({ line, body }: Call, fields: readonly string[]) => {
    const [path = '', query] = line.split('?')
    if (query === undefined) return undefined
    return written(`${path}?${write(query)}`, body === undefined ? '' : JSON.stringify(body), fields)
  }
  return { name, bytes, isRefused }
}

/** What names a media type of its own needs no other. */
function written(line: string, body: string, fields: readonly string[]): string {
  const typed =
    body === '' || fields.some((field) => /^content-type:/i.test(field)) ? fields : [...json, ...fields]
  if (!fields.includes(chunked)) return request(line, typed, body)
  const pieces = body.match(/[^]{1,7}/g) ?? []
  const chunks = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`)
  return `${request(line, typed)}${chunks.join('')}0\r\n\r\n`
}

/** The fields under other names; what users name (labels, options of drivers) stays. */
function renamed(value: unknown, rename: (name: string) => string): string {
  return JSON.stringify(withNames(value))
  function withNames(each: unknown): unknown {
    if (Array.isArray(each)) return each.map(withNames)
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(
      Object.entries(each).map(([name, inner]) => [isUsers(name) ? name : rename(name), withNames(inner)]),
    )
  }
}

function isUsers(name: string): boolean {
  return !/^[A-Z]/.test(name)
}

/** Its first field before itself, with a harmless value. */
function twice(body: object, rename: (name: string) => string): string {
  const [name = ''] = Object.keys(body)
  return `{${JSON.stringify(rename(name))}:null,${JSON.stringify(body).slice(1)}`
}

/** Go takes the long s and the sign for Kelvin for s and k. */
function folded(name: string): string {
  const other = name.replaceAll(/[sS]/g, '\u017F').replaceAll(/[kK]/g, '\u212A')
  return other === name ? name.toLowerCase() : other
}

function escaped(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
}

function unicodeEscaped(start: string): string {
  return `"\\u${start.charCodeAt(1).toString(16).padStart(4, '0')}`
}
