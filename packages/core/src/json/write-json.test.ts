import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from './json-value.js'
import { parseJson } from './parse-json.js'
import { writeJson } from './write-json.js'

const read = (text: string): JsonValue => parseJson(Buffer.from(text))
const written = (value: unknown): string => writeJson(value).toString()

test('what is written is read as that value', () => {
  fc.assert(
    fc.property(jsonValue(), (value) => {
      expect(parseJson(writeJson(value))).toEqual(value)
    }),
    { numRuns: 500 },
  )
})

test('where JSON.stringify is exact, the bytes are the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      fc.pre(!/-0|[^\d.]\d{17}/.test(JSON.stringify(value)) && !hasMinusZero(value))
      expect(written(value)).toBe(JSON.stringify(value))
    }),
  )
})

describe('a number that was read', () => {
  const texts = [
    '1.0',
    '-0',
    '-0.0',
    '1e3',
    '1E+03',
    '0.10',
    '0.1000000000000000055',
    '1e-400',
    '1e22',
    '9223372036854775808',
  ]

  test.each(texts)('%s is written as it was', (text) => {
    for (const body of [`[${text}]`, `{"a":[0,${text}],"b":{"c":${text}}}`])
      expect(written(read(body))).toBe(body)
  })

  test('is written as it is after a change', () => {
    const value = read('{"a":1.0,"b":1.0,"c":[2.0,3.0]}') as { a: number; b: number; c: number[] }
    value.a = 2
    value.c.reverse()
    expect(written(value)).toBe('{"a":2,"b":1.0,"c":[3,2]}')
  })

  test('is the same number in a copy', () => {
    expect(written({ ...(read('{"a":1.0,"b":1e3,"c":-0}') as JsonObject) })).toBe('{"a":1,"b":1000,"c":-0}')
  })
})

describe('a value that a layer made', () => {
  test.each([
    ['a power of two', 2 ** 60, '1152921504606846976'],
    ['a large number', 1e21, '1e+21'],
    ['a bigint', -(2n ** 64n), '-18446744073709551616'],
    ['a member that is undefined', { a: undefined, b: 1, c: undefined }, '{"b":1}'],
    ['a key like any other', JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ['half of a character', { a: 'x😀'.slice(0, 2) }, '{"a":"x\uFFFD"}'],
    ['separators of lines', '\u2028\u2029', '"\u2028\u2029"'],
    ['control characters', '\0\x1f\x7f', '"\\u0000\\u001f\x7f"'],
    ['one object in two places', twin(), '[{},{}]'],
  ])('%s', (_, value, text) => {
    expect(written(value)).toBe(text)
  })

  test.each([
    [{ HostConfig: { Memory: Number.NaN } }, '"HostConfig.Memory" is NaN'],
    [{ a: [1, Infinity] }, '"a[1]" is Infinity'],
    [{ a: [1, undefined] }, '"a[1]" is undefined'],
    [undefined, 'it is undefined'],
    [{ a: () => 1 }, '"a" is a function'],
    [{ a: Symbol('s') }, '"a" is a symbol'],
    [{ Labels: { at: new Date(0) } }, '"Labels.at" is an instance of Date'],
    [new Map(), 'it is an instance of Map'],
    [[Buffer.from('a')], '"[0]" is an instance of Buffer'],
    [{ a: { toJSON: () => 1 } }, '"a.toJSON" is a function'],
    [circle(), '"a.b" contains itself'],
    [circleFrom(40), `"${'x.'.repeat(40)}back" contains itself`],
    [circleWithin(40), `"${'x.'.repeat(40)}self" contains itself`],
    [{ '\uD800': 1 }, '"\\ud800" has a key with half of a surrogate pair in it'],
  ])('that JSON does not have: %o', (value, what) => {
    expect(() => writeJson(value)).toThrow(
      expect.objectContaining({ status: 500, message: `The body cannot be sent as JSON: ${what}.` }),
    )
  })

  test('with one object in many places, however deep', () => {
    const one = { a: {} }
    let value: unknown = [one, one]
    for (let depth = 0; depth < 40; depth++) value = [value]
    expect(written(value)).toBe(`${'['.repeat(41)}{"a":{}},{"a":{}}${']'.repeat(41)}`)
  })

  test('with a getter that writes JSON itself', () => {
    const value = {
      before: 'a',
      get written() {
        return written({ inner: ['b', 1] })
      },
    }
    expect(written([value, value])).toBe(JSON.stringify([value, value]))
  })

  test('as deep as it can be read, and no deeper', () => {
    let value: JsonValue = []
    for (let depth = 1; depth < 10_000; depth++) value = depth % 2 === 0 ? [value] : { a: value }
    expect(writeJson(parseJson(writeJson(value)))).toEqual(writeJson(value))
    expect(() => writeJson([value])).toThrow(/is nested more than 10000 deep/)
  })
})

test.each([0, 1, 40, 47, 48, 49, 100, 1000, 300_000])(
  'text of %d characters, whatever is in it',
  (length) => {
    for (const one of [
      'a',
      '"',
      '\\',
      '\n',
      '\x7f',
      '\x80',
      'ß',
      '€',
      '😀'.slice(0, length % 2 === 0 ? 2 : 0),
    ]) {
      const text = one.repeat(length)
      const ended = `${'a'.repeat(length)}${one}`
      expect(written([text, { [text]: ended }])).toBe(JSON.stringify([text, { [text]: ended }]))
    }
    const half = `${'a'.repeat(length)}\uD83D`
    expect(written(half)).toBe(`"${'a'.repeat(length)}\uFFFD"`)
    expect(() => writeJson({ [half]: 1 })).toThrow(/half of a surrogate pair/)
  },
)

test('what was written keeps its bytes when more is written', () => {
  const first = writeJson(['first', 1])
  const large = writeJson('l'.repeat(400_000))
  writeJson(['other', 2])
  expect(first.toString()).toBe('["first",1]')
  expect(large.toString()).toBe(`"${'l'.repeat(400_000)}"`)
})

/** Values as `parseJson` makes them. */
function jsonValue(): fc.Arbitrary<JsonValue> {
  const text = fc.string({ unit: 'binary' })
  const large = fc
    .bigInt()
    .filter((value) => value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
  const number = fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21)
  const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, false),
      fc.integer(),
      number,
      large,
      text,
      fc.array(tie('value')),
      fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'constructor', '1')), tie('value'), {
        noNullPrototype: false,
      }),
    ),
  }))
  return value
}

function hasMinusZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasMinusZero)
  return Object.is(value, -0)
}

function twin(): unknown {
  const one = {}
  return [one, one]
}

function circle(): unknown {
  const value: { a: { b?: unknown } } = { a: {} }
  value.a.b = value
  return value
}

/** An object that holds itself this deep inside. */
function circleFrom(depth: number): unknown {
  const value: Record<string, unknown> = {}
  value['x'] = nested(depth - 1, { back: value })
  return value
}

/** An object that holds, this deep inside, one that holds itself. */
function circleWithin(depth: number): unknown {
  const inner: Record<string, unknown> = {}
  inner['self'] = inner
  return nested(depth, inner)
}

function nested(depth: number, inner: unknown): unknown {
  let value = inner
  for (let left = depth; left > 0; left--) value = { x: value }
  return value
}
