import { IntermediateError } from '../errors.js'
import { ByteSink } from './byte-sink.js'
import { deepest } from './json-value.js'
import type { JsonValue } from './json-value.js'
import { shownName } from './shown-name.js'
import { sourceOf, sourcesOf } from './source-numbers.js'
import type { NumberSources } from './source-numbers.js'

/**
 * A value as the bytes of a body, from which Go's encoding/json reads that very value: numbers are exact, and one that
 * `parseJson` read is written as it was. Half of a surrogate pair is written as U+FFFD, which is what Go would read.
 * Members that are undefined are left out.
 * @param end what stands behind it, in ASCII
 * @throws IntermediateError 500, with the place of what JSON does not have: an instance of a class (a Date, a Map), a
 * function, NaN, undefined in a list, what contains itself. JSON.stringify sends something else for most of them, which
 * no layer has seen.
 */
export function writeJson(value: unknown, end = ''): Buffer {
  const sink = new ByteSink()
  writeJsonTo(sink, value)
  sink.ascii(end)
  return sink.take()
}

/** The same, put into a sink. Where it throws, the beginning of the value may have been put there. */
export function writeJsonTo(sink: ByteSink, value: unknown): void {
  new Writer(sink).document(value)
}

/** A list or object that is being written. */
interface Open {
  readonly holder: Readonly<Record<string | number, JsonValue | undefined>>
  /** The keys of an object; undefined in a list. */
  readonly keys: readonly string[] | undefined
  readonly length: number
  /** The place of the value that is being written. */
  at: number
  isEmpty: boolean
  /** How its numbers were written; undefined until it is known to have one. */
  sources: NumberSources | undefined
}

class Writer {
  private readonly sink: ByteSink
  private readonly open: Open[] = []
  /** What is open deeper than `searched`: to come to one of them again is to go in a circle. */
  private readonly deep = new Set<unknown>()

  constructor(sink: ByteSink) {
    this.sink = sink
  }

  /** Without recursion, so that whatever could be read can be written. */
  document(root: unknown): void {
    this.value(root)
    for (let last = this.open.at(-1); last; last = this.open.at(-1)) this.goOn(last)
  }

  /** What is in there, until something in it opens, or to its end. */
  private goOn(last: Open): void {
    const { holder, keys, length } = last
    const { sink, open } = this
    const depth = open.length
    for (let at = last.at + 1; at < length; at++) {
      last.at = at
      const key = keys ? (keys[at] as string) : at
      const value = holder[key]
      if (keys && value === undefined) continue
      if (!last.isEmpty) sink.byte(comma)
      last.isEmpty = false
      if (keys) this.name(key as string)
      if (typeof value === 'number') this.numberIn(last, key, value)
      else this.value(value)
      if (open.length > depth) return
    }
    sink.byte(keys ? closeObject : closeList)
    open.pop()
    if (depth > searched) this.deep.delete(holder)
  }

  /** All of a value, or the beginning of a list or object, which is open then. */
  private value(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.sink.jsonString(value)
        return
      case 'number':
        return this.sink.ascii(this.number(value))
      case 'bigint':
      case 'boolean':
        return this.sink.ascii(String(value))
      case 'object':
        return value === null ? this.sink.ascii('null') : this.beginHolder(value)
      case 'undefined':
        return this.fail('is undefined')
      default:
        return this.fail(`is a ${typeof value}`)
    }
  }

  private beginHolder(holder: object): void {
    const isList = Array.isArray(holder)
    if (!isList && !isPlain(holder)) this.fail(`is an instance of ${String(holder.constructor?.name)}`)
    if (this.isOpen(holder)) this.fail('contains itself')
    if (this.open.length === deepest) this.fail(`is nested more than ${deepest} deep`)
    const keys = isList ? undefined : Object.keys(holder)
    const length = isList ? holder.length : (keys?.length ?? 0)
    this.sink.byte(isList ? openList : openObject)
    this.open.push({
      holder: holder as Open['holder'],
      keys,
      length,
      at: -1,
      isEmpty: true,
      sources: undefined,
    })
    if (this.open.length > searched) this.deep.add(holder)
  }

  private isOpen(holder: object): boolean {
    const { open } = this
    const first = Math.min(open.length, searched)
    for (let depth = 0; depth < first; depth++) if (open[depth]?.holder === holder) return true
    return open.length > searched && this.deep.has(holder)
  }

  private numberIn(last: Open, key: string | number, value: number): void {
    last.sources ??= sourcesOf(last.holder) ?? noSources
    const { sources } = last
    const source = sources === noSources ? undefined : sourceOf(sources, key, value)
    this.sink.ascii(source ?? this.number(value))
  }

  private number(value: number): string {
    if (!Number.isFinite(value)) this.fail(`is ${value}`)
    if (Object.is(value, -0)) return '-0'
    // JavaScript rounds the digits of large integers to those that tell doubles apart: 2 ** 60 ends in 7000.
    const isLarge = Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21
    return isLarge ? String(BigInt(value)) : String(value)
  }

  private name(key: string): void {
    if (!this.sink.jsonString(key)) this.fail('has a key with half of a surrogate pair in it')
    this.sink.byte(colon)
  }

  private fail(what: string): never {
    const place = this.open.map(({ keys, at }) => (keys ? `.${keys[at]}` : `[${at}]`)).join('')
    const subject = place === '' ? 'it' : shownName(place.replace(/^\./, ''))
    throw new IntermediateError('ERR_LAYER', 500, `The body cannot be sent as JSON: ${subject} ${what}.`)
  }
}

const noSources: NumberSources = new Map()

/** A search through so many costs less than a set. */
const searched = 16

const [comma, colon] = [0x2c, 0x3a]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** True for what `{}` makes, in whatever realm, and for objects without a prototype. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
