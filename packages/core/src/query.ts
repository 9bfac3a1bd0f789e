import { IntermediateError } from './errors.js'

/** The values of a query by their names; a name without a value is ''. */
export type Query = Record<string, string | undefined>

/** The query of a request target: what came, and what layers have made of it. */
export class TargetQuery {
  /**
   * As the engine reads it (Go's net/url): `+` is a space. It has no prototype, so that a name is only there if the client
   * sent it. Of a name that came with several values the engine reads the first, or all: `t`, `names`, `changes`. So it
   * cannot be read as one value here, which is 400; `all` has them. What is changed here is what is sent.
   */
  readonly values = Object.create(null) as Query
  private readonly came: readonly Pair[]
  /** The value that a name came with; undefined: several. */
  private readonly before = new Map<string, string | undefined>()

  /**
   * @param call what messages call it
   * @throws IntermediateError 400 for a bad escape or a `;`, with which the engine reads something else or nothing
   */
  constructor(target: string, call: string) {
    const { values, before } = this
    this.came = [...pairs(target, call)]
    for (const { name, value } of this.came) {
      if (!before.has(name)) {
        before.set(name, value)
        values[name] = value
      } else if (before.get(name) !== value) {
        before.set(name, undefined)
        severalValues(values, name, call)
      }
    }
  }

  /** True if something else is to be sent than what came. */
  get isChanged(): boolean {
    for (const name of this.before.keys()) if (!this.isSame(name)) return true
    return this.added().length > 0
  }

  /** All values of a name, or the one that it was changed to. */
  all(name: string): readonly string[] {
    if (this.isSame(name)) return this.came.filter((pair) => pair.name === name).map(({ value }) => value)
    const value = this.values[name]
    return value === undefined ? [] : [value]
  }

  /**
   * The path with the query behind it. What did not change stays as it was written, all values of a name; one that
   * changed has one value, in the place of its first.
   * @throws TypeError for a value that is not text
   */
  behind(path: string): string {
    const parts: string[] = []
    const written = new Set<string>()
    for (const { name, raw } of this.came) {
      if (this.isSame(name)) {
        parts.push(raw)
      } else if (!written.has(name) && this.values[name] !== undefined) {
        parts.push(encoded(name, this.values[name]))
        written.add(name)
      }
    }
    for (const name of this.added()) parts.push(encoded(name, this.values[name]))
    return parts.length === 0 ? path : `${path}?${parts.join('&')}`
  }

  /** The names that did not come. */
  private added(): readonly string[] {
    return Object.keys(this.values).filter(
      (name) => !this.before.has(name) && this.values[name] !== undefined,
    )
  }

  /** True of a name that came and that nobody has changed: several values cannot be read, and are still there. */
  private isSame(name: string): boolean {
    if (!this.before.has(name)) return false
    const now = Object.getOwnPropertyDescriptor(this.values, name)
    const then = this.before.get(name)
    return then === undefined ? now?.get !== undefined : now?.value === then
  }
}

/**
 * A path with a query of one's own.
 * @throws TypeError for a value that is not text
 */
export function withQuery(path: string, query: Readonly<Query>): string {
  const own = new TargetQuery(path, path)
  Object.assign(own.values, query)
  return own.behind(path)
}

/** One of a target's, decoded and as it is written. */
interface Pair {
  readonly name: string
  readonly value: string
  readonly raw: string
}

function severalValues(query: Query, name: string, call: string): void {
  Object.defineProperty(query, name, {
    enumerable: true,
    configurable: true,
    get: () => {
      throw new IntermediateError(
        'ERR_BAD_REQUEST',
        400,
        `${call}: the query says ${JSON.stringify(name)} several times, and only one value of it is looked at here: say it once.`,
      )
    },
    set: (value: string | undefined) => {
      Object.defineProperty(query, name, { value, enumerable: true, configurable: true, writable: true })
    },
  })
}

function* pairs(target: string, call: string): Generator<Pair> {
  const mark = target.indexOf('?')
  if (mark < 0) return
  for (const raw of target.slice(mark + 1).split('&')) {
    if (raw === '') continue
    const equals = raw.indexOf('=')
    const name = decode(equals < 0 ? raw : raw.slice(0, equals), call)
    yield { name, value: equals < 0 ? '' : decode(raw.slice(equals + 1), call), raw }
  }
}

function encoded(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`the value of ${name} in the query is not text`)
  return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`
}

function decode(text: string, call: string): string {
  try {
    if (!text.includes(';')) return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // not UTF-8, or no escape at all: refused below
  }
  throw new IntermediateError(
    'ERR_BAD_REQUEST',
    400,
    `${call}: the query has ${JSON.stringify(text)}, which cannot be read: escape it as UTF-8.`,
  )
}
