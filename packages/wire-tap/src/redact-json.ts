import type { Endpoint } from '@intermediate/core'
import { deepest, fold, hidden, isSecretName, redacted, withoutCredentials } from './secrets.js'

/** Names whose values are secret on these endpoints only. */
const secretThere: readonly (readonly [where: RegExp, kind: Kind])[] = [
  [/^POST \/auth$/, 'auth'],
  [/ \/(?:secrets|configs)\b/, 'data'],
]

/** Of what volume, network and log drivers take as options, whose names are the drivers' own. */
const secretOption =
  /secret|credential|(?:^|[-_.])(?:key|pass|auth)(?:$|[-_.])|(?:api|access|account|private)key/

const argument = /^(?:\S+ -c )?(?:#\(nop\) +)?ARG\s+[^\s=]+(?:\s+[^\s=]+)*=/

/** What its name says of a field. */
type Kind = 'secret' | 'env' | 'mount options' | 'options' | 'secret option' | 'data' | 'auth' | 'any'

/** How many names are remembered, and how long ones: those of the API, and some that users give. */
const maxNames = 4096
const longestName = 64

/** Leaves out what is secret in JSON. Go takes names of fields in any case, so they are hidden in any case. */
export class JsonRedaction {
  private readonly env: boolean
  private readonly kinds = new Map<string, Kind>()
  /** The kind of what is secret on this endpoint only. */
  private secretHere: Kind | undefined

  /** @param env also the values of environment variables */
  constructor(env: boolean) {
    this.env = env
  }

  /** A document, which is changed in its place and returned. */
  document(endpoint: Endpoint, value: unknown): unknown {
    if (this.env && endpoint === 'POST /plugins/:name/set') return valuesHidden(value)
    this.secretHere = secretThere.find(([where]) => where.test(endpoint))?.[1]
    return this.value(value, false, 0)
  }

  /** @param isOptions it is a map of a driver's options */
  private value(value: unknown, isOptions: boolean, depth: number): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null) return value
    if (depth >= deepest) return redacted
    if (Array.isArray(value)) {
      const list = withoutBuildArguments(value)
      for (const [at, each] of list.entries()) list[at] = this.value(each, false, depth + 1)
      return list
    }
    const record = value as Record<string, unknown>
    for (const name of Object.keys(record)) {
      const before = record[name]
      const after = this.field(name, before, isOptions, depth)
      if (after !== before) record[name] = after
    }
    return record
  }

  private field(name: string, value: unknown, isOptions: boolean, depth: number): unknown {
    const kind = this.kind(name)
    if (kind === 'any') return this.value(value, false, depth + 1)
    if (kind === 'secret' || kind === this.secretHere) return hidden(value)
    if (kind === 'env' && this.env) return valuesHidden(value)
    if (typeof value === 'string') {
      if (kind === 'mount options') return this.text(withoutMountSecrets(value))
      if (isOptions && (kind === 'secret option' || kind === 'auth')) return hidden(value)
    }
    return this.value(value, kind === 'options', depth + 1)
  }

  private kind(name: string): Kind {
    let kind = this.kinds.get(name)
    if (kind !== undefined) return kind
    kind = kindOf(fold(name))
    if (this.kinds.size >= maxNames) this.kinds.clear()
    if (name.length <= longestName) this.kinds.set(name, kind)
    return kind
  }

  private text(text: string): string {
    // What an image keeps of RUN with build arguments, and of ENV.
    const [, before] = /^((?:RUN )?\|\d+ )/.exec(text) ?? []
    if (before !== undefined) return before + redacted
    // BuildKit writes there what an argument was given, or is by default.
    if (argument.test(text)) return text.replace(/=.*/s, `=${redacted}`)
    if (this.env && /^(?:\S+ -c )?(?:#\(nop\) +)?ENV\s/.test(text))
      return text.replace(/(ENV\s+).*/s, `$1${redacted}`)
    return withoutCredentials(text)
  }
}

/** @param folded a name as `fold` writes it */
function kindOf(folded: string): Kind {
  if (isSecretName(folded)) return 'secret'
  switch (folded) {
    case 'auth':
    case 'data':
    case 'env':
      return folded
    case 'o':
      return 'mount options'
    case 'options':
    case 'driveropts':
    case 'config':
      return 'options'
    default:
      return secretOption.test(folded) ? 'secret option' : 'any'
  }
}

/** Of the command of a RUN with build arguments: how many there are, they, and the command itself. */
function withoutBuildArguments(list: unknown[]): unknown[] {
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
