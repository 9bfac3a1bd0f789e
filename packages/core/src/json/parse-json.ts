import { deepest, emptyObject } from './json-value.js'
import type { JsonObject, JsonValue } from './json-value.js'
import { knownName } from './known-names.js'
import { fromClient, notJson } from './not-json.js'
import type { JsonSource } from './not-json.js'
import { shownName } from './shown-name.js'
import { keepSource } from './source-numbers.js'
import { utf8Text } from './utf8-text.js'

/**
 * The one JSON value of a body (RFC 8259), as Go's encoding/json reads it: bytes that are not UTF-8 and lone surrogates
 * become U+FFFD, a byte order mark is an error. Objects have no prototype; integers past 2^53 are bigint, and every
 * number leaves in `writeJson` as it was written.
 *
 * Stricter than the engine where its reading cannot be followed: anything after the value (some endpoints ignore it),
 * one key twice in an object (Go merges what they hold), a number past what a double can hold (Go refuses it wherever
 * it looks at it).
 * @param source whose text it is. Default the client's
 * @param mostValues how many values it may have. Default: any number
 * @throws IntermediateError with the source's status (the client's: 400), a sentence that says where
 */
export function parseJson(bytes: Buffer, source = fromClient, mostValues = Infinity): JsonValue {
  return new Reader(utf8Text(bytes), source, mostValues).document()
}

type Holder = JsonObject | JsonValue[]

/** A list or object that has not ended yet, and where in it the next value goes. */
interface Open {
  readonly holder: Holder
  name: string
}

/** Character codes; what is read past the end is NaN, which equals none of them. */
const [quote, backslash, comma, colon, minus, dot] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x2e]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]
const [zero, nine, upperE, lowerE] = [0x30, 0x39, 0x45, 0x65]

const numberForm = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const words = [
  { initial: 0x66, word: 'false', value: false },
  { initial: 0x6e, word: 'null', value: null },
  { initial: 0x74, word: 'true', value: true },
] as const

class Reader {
  private readonly text: string
  private readonly from: JsonSource
  private at = 0
  private readonly open: Open[] = []
  /** The text of the number that was read last, where a double would write it in another way. */
  private source: string | undefined
  /** How many values more there may be. */
  private left: number

  constructor(text: string, from: JsonSource, mostValues: number) {
    this.text = text
    this.from = from
    this.left = mostValues
  }

  /** Without recursion: a body may be nested deeper than the stack of a program is. */
  document(): JsonValue {
    for (;;) {
      let value = this.begin()
      while (value !== undefined) {
        const last = this.open.at(-1)
        if (!last) return this.end(value)
        this.put(last, value)
        value = this.goOn(last)
      }
    }
  }

  /** All of a value; undefined where a list or object was opened, and the first value in it comes next. */
  private begin(): JsonValue | undefined {
    const code = this.skipSpace()
    if (code !== openList && code !== openObject) return this.scalar(code)
    if (this.open.length === deepest) this.fail(`nests lists and objects more than ${deepest} deep`)
    this.at++
    const holder = code === openList ? [] : emptyObject()
    if (this.skipSpace() === closing(holder)) {
      this.at++
      return holder
    }
    this.open.push({ holder, name: Array.isArray(holder) ? '' : this.memberName(holder) })
    return undefined
  }

  /** What follows a value in a list or object: its end, and then it is a value itself, or a comma. */
  private goOn(last: Open): JsonValue | undefined {
    const { holder } = last
    const code = this.skipSpace()
    if (code !== comma && code !== closing(holder))
      this.unexpected(Array.isArray(holder) ? 'a comma or ]' : 'a comma or }')
    this.at++
    if (code !== comma) {
      this.open.pop()
      return holder
    }
    if (!Array.isArray(holder)) {
      this.skipSpace()
      last.name = this.memberName(holder)
    }
    return undefined
  }

  private put({ holder, name }: Open, value: JsonValue): void {
    if (--this.left < 0) this.fail('has more values than are read of one body,')
    if (this.source !== undefined) {
      keepSource(holder, Array.isArray(holder) ? holder.length : name, this.source)
      this.source = undefined
    }
    if (Array.isArray(holder)) holder.push(value)
    else holder[name] = value
  }

  private end(value: JsonValue): JsonValue {
    if (!Number.isNaN(this.skipSpace())) this.fail('goes on after its end')
    return value
  }

  /** A name and its colon. */
  private memberName(holder: JsonObject): string {
    const start = this.at
    if (this.text.charCodeAt(start) !== quote) this.unexpected('a name in quotes')
    const name = this.name()
    // Nothing that was read is undefined, and an object that was read inherits nothing.
    if (holder[name] !== undefined)
      this.fail(`has ${shownName(name)} twice in one object, the second time`, start)
    if (this.skipSpace() !== colon) this.unexpected('a colon')
    this.at++
    return name
  }

  private scalar(code: number): JsonValue {
    if (code === quote) return this.string()
    if (code === minus || (code >= zero && code <= nine)) return this.number()
    for (const { initial, word, value } of words) {
      if (code !== initial || !this.text.startsWith(word, this.at)) continue
      this.at += word.length
      return value
    }
    return this.unexpected('a value')
  }

  /** A string that is likely to have been read before. */
  private name(): string {
    const { text } = this
    const start = this.at + 1
    for (let at = start; ; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) {
        this.at = at + 1
        return knownName(text, start, at)
      }
      if (code === backslash || !(code >= 0x20)) return this.string()
    }
  }

  private string(): string {
    const start = ++this.at
    for (let at = start; ; at++) {
      const code = this.text.charCodeAt(at)
      if (code === quote) {
        this.at = at + 1
        return this.text.slice(start, at)
      }
      if (code === backslash) return this.escapedString(start, at)
      if (!(code >= 0x20)) this.brokenString(at)
    }
  }

  /** A string whose first backslash is at `at`. */
  private escapedString(start: number, at: number): string {
    let hasCodes = false
    for (; ; at++) {
      const code = this.text.charCodeAt(at)
      if (code === quote) break
      if (!(code >= 0x20)) this.brokenString(at)
      if (code !== backslash) continue
      const letter = this.text.charAt(++at)
      if (letter === 'u' && /^[\da-f]{4}$/i.test(this.text.slice(at + 1, at + 5))) {
        hasCodes = true
        at += 4
      } else if (letter === '' || !'"\\/bfnrt'.includes(letter)) this.fail('has a bad escape', at - 1)
    }
    this.at = at + 1
    const text = JSON.parse(this.text.slice(start - 1, at + 1)) as string
    // Text cannot be sent as bytes with half of a surrogate pair in it: a half becomes U+FFFD, in Go too.
    return hasCodes ? Buffer.from(text).toString() : text
  }

  private brokenString(at: number): never {
    if (at >= this.text.length) this.fail('ends within a string', at)
    this.fail('has a control character in a string', at)
  }

  private number(): number | bigint {
    const start = this.at
    numberForm.lastIndex = start
    if (!numberForm.test(this.text)) {
      this.at++
      this.unexpected('a digit')
    }
    this.at = numberForm.lastIndex
    const text = this.text.slice(start, this.at)
    const next = this.text.charCodeAt(this.at)
    if (next === dot || next === upperE || next === lowerE) this.fail('has a number that is not complete')
    if (next >= zero && next <= nine) this.fail('has a number with a leading zero', start)
    const value = Number(text)
    if (!Number.isFinite(value)) this.fail('has a number larger than a double can hold', start)
    if (!Number.isSafeInteger(value) && /^-?\d+$/.test(text)) return BigInt(text)
    // Minus zero is written as it is read.
    if (String(value) !== text && text !== '-0') this.source = text
    return value
  }

  /** Passes white space, and says what comes then. */
  private skipSpace(): number {
    for (; ; this.at++) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code
    }
  }

  private unexpected(wanted: string): never {
    if (this.at >= this.text.length) this.fail(`ends where ${wanted} is due,`)
    const found = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0)
    this.fail(`has ${JSON.stringify(found)} where ${wanted} is due,`)
  }

  private fail(what: string, at = this.at): never {
    throw notJson(this.from, `${what} at character ${at + 1}`)
  }
}

function closing(holder: Holder): number {
  return Array.isArray(holder) ? closeList : closeObject
}
