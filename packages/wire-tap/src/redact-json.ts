import type { Endpoint } from '@intermediate/core'
import { deepest, fold, hidden, isSecretName, redacted, withoutCredentials } from './secrets.js'

/** Names whose values are secret on these endpoints only. */
const secretThere: readonly (readonly [where: RegExp, name: string])[] = [
  [/^POST \/auth$/, 'auth'],
  [/ \/(?:secrets|configs)\b/, 'data'],
]

/** The options of volume, network and log drivers, whose names are the drivers' own. */
const optionMaps = new Set(['options', 'driveropts', 'config'])

const secretOption =
  /secret|credential|(?:^|[-_.])(?:key|pass|auth)(?:$|[-_.])|(?:api|access|account|private)key/

/** Where in a document a value stands. */
interface Place {
  readonly names: ReadonlySet<string>
  readonly isOptions: boolean
  readonly depth: number
}

/** Leaves out what is secret in JSON. Go takes names of fields in any case, so they are hidden in any case. */
export class JsonRedaction {
  private readonly env: boolean

  /** @param env also the values of environment variables */
  constructor(env: boolean) {
    this.env = env
  }

  /** A document, which is changed and returned. */
  document(endpoint: Endpoint, value: unknown): unknown {
    if (this.env && endpoint === 'POST /plugins/:name/set') return valuesHidden(value)
    const names = new Set(secretThere.filter(([where]) => where.test(endpoint)).map(([, name]) => name))
    return this.value(value, { names, isOptions: false, depth: 0 })
  }

  private value(value: unknown, place: Place): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (place.depth >= deepest) return redacted
    const inside = { ...place, isOptions: false, depth: place.depth + 1 }
    if (Array.isArray(value)) return withoutBuildArguments(value).map((each) => this.value(each, inside))
    const record = value as Record<string, unknown>
    for (const [name, each] of Object.entries(record)) record[name] = this.field(name, each, place, inside)
    return record
  }

  private field(name: string, value: unknown, place: Place, inside: Place): unknown {
    const folded = fold(name)
    if (isSecretName(folded) || place.names.has(folded)) return hidden(value)
    if (this.env && folded === 'env') return valuesHidden(value)
    if (folded === 'o' && typeof value === 'string') return this.text(withoutMountSecrets(value))
    if (place.isOptions && typeof value === 'string' && secretOption.test(folded)) return hidden(value)
    return this.value(value, optionMaps.has(folded) ? { ...inside, isOptions: true } : inside)
  }

  private text(text: string): string {
    // What an image keeps of RUN with build arguments, and of ENV.
    const [, before] = /^((?:RUN )?\|\d+ )/.exec(text) ?? []
    if (before !== undefined) return before + redacted
    if (this.env && /^(?:\S+ -c )?(?:#\(nop\) +)?ENV\s/.test(text))
      return text.replace(/(ENV\s+).*/s, `$1${redacted}`)
    return withoutCredentials(text)
  }
}

/** Of the command of a RUN with build arguments: how many there are, they, and the command itself. */
function withoutBuildArguments(list: readonly unknown[]): readonly unknown[] {
  const [first] = list
  const count = typeof first === 'string' ? /^\|(\d+)$/.exec(first)?.[1] : undefined
  if (count === undefined) return list
  return list.map((each, at) => (at > 0 && at <= Number(count) ? valueHidden(each) : each))
}

/** The options of mount(8), as CIFS and Ceph volumes have them. */
function withoutMountSecrets(options: string): string {
  return options.replace(/\b(passw\w*|pass|secret)=[^,]*/gi, `$1=${redacted}`)
}

/** `NAME=value` without its value, and lists of it. */
function valuesHidden(value: unknown): unknown {
  return Array.isArray(value) ? value.map(valueHidden) : valueHidden(value)
}

function valueHidden(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/=.*/s, `=${redacted}`) : hidden(value)
}
