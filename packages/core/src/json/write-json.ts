import { IntermediateError } from '../errors.js'
import { deepest } from './json-value.js'
import type { JsonValue } from './json-value.js'
import { shownName } from './shown-name.js'
import { sourceOf, sourcesOf } from './source-numbers.js'

/**
 * A value as the bytes of a body, from which Go's encoding/json reads that very value: numbers are exact, and one that
 * `parseJson` read is written as it was. Half of a surrogate pair is written as U+FFFD, which is what Go would read.
 * Members that are undefined are left out.
 * @param end what stands behind it
 * @throws IntermediateError 500, with the place of what JSON does not have: an instance of a class (a Date, a Map), a
 * function, NaN, undefined in a list, what contains itself. JSON.stringify sends something else for most of them, which
 * no layer has seen.
 */
export function writeJson(value: unknown, end = ''): Buffer {
  return Buffer.from(new Writer().document(value) + end)
}

/** A list or object that is being written. */
interface Open {
  readonly holder: Readonly<Record<string | number, JsonValue | undefined>>
  /** The keys of an object; undefined in a list. */
  readonly keys: readonly string[] | undefined
  readonly length: number
  readonly sources: ReturnType<typeof sourcesOf>
  /** The place of the value that is being written. */
  at: number
  isEmpty: boolean
}

class Writer {
  private readonly open: Open[] = []
  /** What is open: to come to one of them again is to go in a circle. */
  private readonly around = new Set<unknown>()

  /** Without recursion, so that whatever could be read can be written. */
  document(root: unknown): string {
    let text = this.begin(root)
    for (let last = this.open.at(-1); last; last = this.open.at(-1)) text += this.goOn(last)
    return text
  }

  /** What is in there, until something in it opens, or to its end. */
  private goOn(last: Open): string {
    const { holder, keys, sources } = last
    const depth = this.open.length
    let text = ''
    while (++last.at < last.length) {
      const key = keys ? (keys[last.at] as string) : last.at
      const value = holder[key]
      if (keys && value === undefined) continue
      const separator = last.isEmpty ? '' : ','
      last.isEmpty = false
      const name = keys ? `${this.name(key as string)}:` : ''
      text +=
        separator + name + ((sources && sourceOf(sources, key, value as JsonValue)) ?? this.begin(value))
      if (this.open.length > depth) return text
    }
    this.open.pop()
    this.around.delete(holder)
    return text + (keys ? '}' : ']')
  }

  /** All of a value, or the beginning of a list or object, which is open then. */
  private begin(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return quoted(value)
      case 'number':
        return this.number(value)
      case 'bigint':
      case 'boolean':
        return String(value)
      case 'object':
        return value === null ? 'null' : this.beginHolder(value)
      case 'undefined':
        return this.fail('is undefined')
      default:
        return this.fail(`is a ${typeof value}`)
    }
  }

  private beginHolder(holder: object): string {
    const isList = Array.isArray(holder)
    if (!isList && !isPlain(holder)) this.fail(`is an instance of ${String(holder.constructor?.name)}`)
    if (this.around.has(holder)) this.fail('contains itself')
    if (this.open.length === deepest) this.fail(`is nested more than ${deepest} deep`)
    const keys = isList ? undefined : Object.keys(holder)
    const length = isList ? holder.length : (keys?.length ?? 0)
    this.open.push({
      holder: holder as Open['holder'],
      keys,
      length,
      sources: sourcesOf(holder),
      at: -1,
      isEmpty: true,
    })
    this.around.add(holder)
    return isList ? '[' : '{'
  }

  private number(value: number): string {
    if (!Number.isFinite(value)) this.fail(`is ${value}`)
    if (Object.is(value, -0)) return '-0'
    // JavaScript rounds the digits of large integers to those that tell doubles apart: 2 ** 60 ends in 7000.
    const isLarge = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21
    return isLarge ? String(BigInt(value)) : String(value)
  }

  private name(key: string): string {
    if (surrogate.test(key) && Buffer.from(key).toString() !== key)
      this.fail('has a key with half of a surrogate pair in it')
    return quoted(key)
  }

  private fail(what: string): never {
    const place = this.open.map(({ keys, at }) => (keys ? `.${keys[at]}` : `[${at}]`)).join('')
    const subject = place === '' ? 'it' : shownName(place.replace(/^\./, ''))
    throw new IntermediateError('ERR_LAYER', 500, `The body cannot be sent as JSON: ${subject} ${what}.`)
  }
}

const special = /["\\\u0000-\u001F\uD800-\uDFFF]/
const surrogate = /[\uD800-\uDFFF]/

function quoted(text: string): string {
  if (!special.test(text)) return `"${text}"`
  return JSON.stringify(surrogate.test(text) ? Buffer.from(text).toString() : text)
}

/** True for what `{}` makes, in whatever realm, and for objects without a prototype. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
