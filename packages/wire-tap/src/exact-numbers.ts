import { randomUUID } from 'node:crypto'

/** The digits of integers that a double does not hold, by the list or object that they are in, and their place in it. */
const digitsIn = new WeakMap<object, Map<string, string>>()

/** The documents that have such integers. */
const documents = new WeakSet<object>()

const largeInteger = /(?<![\w.+-])-?\d{16}/
const textOrLargeInteger = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.+-])-?\d{16,}(?![\d.eE])/g

/** What stands in front of digits while JSON.parse and JSON.stringify take them for text. Nobody else can write it. */
const mark = `\0${randomUUID()}:`
const markedDigits = new RegExp(`"\\\\u0000${mark.slice(1)}(-?\\d+)"`, 'g')

/**
 * A JSON document, as JSON.parse reads it. Of integers past 2^53, such as times in nanoseconds, `writeExact` knows what
 * the double does not hold.
 * @throws SyntaxError for what is no JSON
 */
export function parseExact(text: string): unknown {
  if (!largeInteger.test(text)) return JSON.parse(text) as unknown
  let isMarked = false
  const marked = text.replaceAll(textOrLargeInteger, (token) => {
    if (token.startsWith('"') || Number.isSafeInteger(Number(token))) return token
    isMarked = true
    return JSON.stringify(mark + token)
  })
  if (!isMarked) return JSON.parse(text) as unknown
  const value = JSON.parse(marked) as unknown
  if (typeof value === 'object' && value !== null) {
    documents.add(value)
    takeMarks(value)
  }
  return value
}

/** True for a document of `parseExact` that has such integers: others JSON.stringify writes faster. */
export function hasLargeIntegers(document: unknown): boolean {
  return typeof document === 'object' && document !== null && documents.has(document)
}

/** As JSON.stringify writes it, with every digit of the integers in it that `parseExact` read. */
export function writeExact(value: unknown): string {
  const marked = JSON.stringify(value, function (this: object, name: string, each: unknown) {
    const digits = typeof each === 'number' ? digitsIn.get(this)?.get(name) : undefined
    return digits === undefined || Number(digits) !== each ? each : mark + digits
  })
  return marked.replaceAll(markedDigits, '$1')
}

/** Puts numbers in the place of what is marked. A reviver of JSON.parse would take three times as long. */
function takeMarks(holder: object): void {
  const values = holder as Record<string, unknown>
  for (const name of Object.keys(values)) {
    const value = values[name]
    if (typeof value === 'object' && value !== null) takeMarks(value)
    if (typeof value !== 'string' || !value.startsWith(mark)) continue
    const digits = value.slice(mark.length)
    values[name] = Number(digits)
    const known = digitsIn.get(holder)
    if (known === undefined) digitsIn.set(holder, new Map([[name, digits]]))
    else known.set(name, digits)
  }
}
