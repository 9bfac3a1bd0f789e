import type { Endpoint } from '@intermediate/core'

/** What is hidden besides what always is. */
export interface RedactOptions {
  /**
   * The values of environment variables: of containers, execs, services, plugins, and in `changes`.
   * @default false
   */
  env?: boolean
  /** The values of more header fields, by name. */
  headers?: readonly string[]
}

/** What stands in the place of a secret. */
export const redacted = '[redacted]'

const secretFields = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-registry-auth',
  'x-registry-config',
]

/** Names whose values are secret wherever they stand: as `fold` writes them. */
const secretName = /passw|token|^(?:unlockkey|signingcakey)$/

/** Names whose values are secret on these endpoints only. */
const secretThere: readonly (readonly [RegExp, string])[] = [
  [/^POST \/auth$/, 'auth'],
  [/ \/(?:secrets|configs)\b/, 'data'],
]

/** Leaves out what is secret, in copies of what passed. */
export class Redaction {
  private readonly env: boolean
  private readonly fields: ReadonlySet<string>

  constructor({ env = false, headers = [] }: RedactOptions = {}) {
    this.env = env
    this.fields = new Set([...secretFields, ...headers.map((name) => name.toLowerCase())])
  }

  headers(fields: Iterable<readonly [name: string, value: string]>): Record<string, string> {
    const shown = Object.create(null) as Record<string, string>
    for (const [name, value] of fields) {
      const key = name.toLowerCase()
      const before = shown[key]
      const text = this.fields.has(key) ? redacted : value
      shown[key] = before === undefined || text === redacted ? text : `${before}, ${text}`
    }
    return shown
  }

  /** One value of a query. */
  query(name: string, value: string): string {
    switch (name) {
      case 'buildargs':
        return withoutBuildArguments(value)
      case 'remote':
      case 'fromSrc':
        return value.replace(/\/\/[^/@]*@/, `//${redacted}@`)
      case 'changes':
        return this.env && /env/i.test(value) ? redacted : value
      default:
        return value
    }
  }

  /** A JSON document, which is changed in its place and returned. Go takes names in any case, so any case is hidden. */
  json(endpoint: Endpoint, value: unknown): unknown {
    const names = new Set(secretThere.filter(([where]) => where.test(endpoint)).map(([, name]) => name))
    if (this.env && endpoint === 'POST /plugins/:name/set') return valuesHidden(value)
    return this.walk(value, names)
  }

  private walk(value: unknown, names: ReadonlySet<string>): unknown {
    if (Array.isArray(value)) {
      for (const each of value) this.walk(each, names)
      return value
    }
    if (typeof value !== 'object' || value === null) return value
    const record = value as Record<string, unknown>
    for (const [name, each] of Object.entries(record)) record[name] = this.field(name, each, names)
    return record
  }

  private field(name: string, value: unknown, names: ReadonlySet<string>): unknown {
    const folded = fold(name)
    if (secretName.test(folded) || names.has(folded)) return hidden(value)
    if (this.env && folded === 'env') return valuesHidden(value)
    // The options of mount(8), as a CIFS volume has them.
    if (folded === 'o' && typeof value === 'string')
      return value.replace(/(passw\w*|pass)=[^,]*/gi, `$1=${redacted}`)
    return this.walk(value, names)
  }
}

/** As Go compares the names of fields: without case, ſ as s and the Kelvin sign as k. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase()
}

/** Every text and number in it; that something is there, and where, still shows. */
function hidden(value: unknown): unknown {
  if (value === '' || value === null || value === undefined || typeof value === 'boolean') return value
  if (typeof value !== 'object') return redacted
  if (Array.isArray(value)) return value.map(hidden)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, hidden(each)]))
}

/** `NAME=value` without its value. */
function valuesHidden(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/=.*/s, `=${redacted}`)
  return Array.isArray(value) ? value.map(valuesHidden) : hidden(value)
}

function withoutBuildArguments(value: string): string {
  try {
    const args: unknown = JSON.parse(value)
    return typeof args === 'object' && args !== null ? JSON.stringify(hidden(args)) : redacted
  } catch {
    return redacted
  }
}
