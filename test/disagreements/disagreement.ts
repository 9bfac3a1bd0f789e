import { request } from '../docker-calls.js'

/**
 * Something that a client can write, and that two readers could take for two things. In all text, `MINE`, `GUARDED`,
 * `RESERVED`, `MADE` and `EXEC` stand for names that a test chooses: a container that anyone may use, one that nobody
 * may, a name that nobody may take, the name of what is created, and an exec in the guarded container.
 */
export interface Disagreement {
  readonly name: string
  /** What the call is to bring about although it must not. */
  readonly aim: Aim
  /** The call as it is written. Text is latin1. */
  readonly line: string
  readonly fields?: readonly string[]
  readonly body?: string
  /** Whole calls that are sent before it, on the same connection and in the same write. */
  readonly before?: string
  /** What a layer sees of it, or the status with which it is refused before anything is forwarded. */
  readonly seen: Seen | number
  /** The engines on which the aim is reached where nobody stands between. */
  readonly applied: readonly EngineName[]
}

/** `body` is the exact text that goes on after a layer has read it. */
export interface Seen {
  readonly endpoint: string
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string
}

export type Aim =
  | 'a container with more rights'
  | 'a reserved name'
  | 'an exec with more rights'
  | 'an exec in the guarded container'
  | 'a start of an exec in the guarded container'
  | 'an attach to the guarded container'
  | 'the end of the guarded container'

export type EngineName = '20.10' | '26.1'

export const everywhere: readonly EngineName[] = ['20.10', '26.1']
export const nowhere: readonly EngineName[] = []
export const only20: readonly EngineName[] = ['20.10']

export const json = ['Content-Type: application/json']
export const form = ['Content-Type: application/x-www-form-urlencoded']

/** The forms in which every entry is tried. */
export const forms = [
  { form: 'plain', fields: [] },
  { form: 'with an Upgrade', fields: ['Connection: Upgrade', 'Upgrade: tcp'] },
] as const

/** Text as the latin1 that stands for its UTF-8. */
export function utf8(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** The bytes of the call, in one of the forms, with these names in it. */
export function bytesOf(
  { line, fields = [], body = '', before = '' }: Disagreement,
  formFields: readonly string[],
  names: Readonly<Record<string, string>>,
): string {
  const named = (text: string) => withNames(text, names)
  const framed = fields.includes(chunked)
    ? `${request(named(line), [...fields, ...formFields])}${inChunks(named(body))}`
    : request(named(line), [...fields, ...formFields], named(body))
  return named(before) + framed
}

export const chunked = 'Transfer-Encoding: chunked'

export function withNames(text: string, names: Readonly<Record<string, string>>): string {
  return text.replaceAll(/MINE|GUARDED|RESERVED|MADE|EXEC/g, (name) => names[name] ?? name)
}

/** In chunks of three octets: whatever is hidden in it stands in several. */
function inChunks(body: string): string {
  const pieces = body.match(/[^]{1,3}/g) ?? []
  return `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}0\r\n\r\n`
}
