import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IntermediateError } from '../errors.js'
import type { JsonObject, JsonValue } from './json-value.js'
import { parseJson } from './parse-json.js'

const read = (text: string): JsonValue => parseJson(Buffer.from(text))

describe('what JSON.parse reads', () => {
  test('is read alike, and what it refuses is refused', () => {
    fc.assert(
      fc.property(jsonText(), (text) => {
        const theirs = attempt(() => JSON.parse(text) as unknown)
        const ours = attempt(() => read(text))
        if (ours instanceof IntermediateError && /twice|larger than a double/.test(ours.message)) return
        if (theirs instanceof Error) expect(ours).toBeInstanceOf(IntermediateError)
        else expect(ours).toEqual(asRead(theirs))
      }),
      { numRuns: 5000 },
    )
  })

  test('is read without a prototype', () => {
    const value = read('{"__proto__":{"a":1},"constructor":2,"toString":{}}') as JsonObject
    expect(Object.entries(value)).toEqual([
      ['__proto__', { a: 1 }],
      ['constructor', 2],
      ['toString', {}],
    ])
    for (const each of [value, value['__proto__'], value['toString']])
      expect(Object.getPrototypeOf(each)).toBeNull()
  })
})

describe('numbers', () => {
  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['1e3', 1000],
    ['1.0', 1],
    ['1e22', 1e22],
    ['-0', -0],
    ['5e-324', 5e-324],
    ['1e-400', 0],
    ['0.1000000000000000055', 0.1],
  ])('%s is read as %s', (text, value) => {
    expect(read(`[${text}]`)).toEqual([value])
  })

  test.each(['1e309', '-1e309', `1${'0'.repeat(309)}`])('%s is no number of anybody’s', (text) => {
    expect(() => read(`{"a":${text}}`)).toThrow(
      /has a number larger than a double can hold at character 6\.$/,
    )
  })
})

describe('text', () => {
  test.each([
    ['a lone surrogate', '"a\\ud800b"', 'a\uFFFDb'],
    ['two first halves', '"\\ud83d\\ud83d\\ude00"', '\uFFFD😀'],
    ['a pair in the wrong order', '"\\ude00\\ud83d"', '\uFFFD\uFFFD'],
    ['a pair', '"\\uD83D\\uDE00"', '😀'],
    ['every escape', '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9"', '"\\/\b\f\n\r\t\0é'],
    ['separators of lines', '"\u2028\u2029"', '\u2028\u2029'],
    ['a delete character', '"\x7f"', '\x7f'],
  ])('%s', (_, text, value) => {
    expect(read(text)).toBe(value)
    expect(read(`{${text}:0}`)).toEqual({ [value]: 0 })
  })

  test.each([
    ['a byte that begins nothing', [0xff], 1],
    ['a character that is cut off', [0xe2, 0x82], 2],
    ['a surrogate', [0xed, 0xa0, 0x80], 3],
    ['a form that is too long', [0xc0, 0x80], 2],
    ['a character past the last', [0xf4, 0x90, 0x80, 0x80], 4],
    ['a continuation alone', [0x80], 1],
  ])('%s becomes a U+FFFD for each byte', (_, bytes, count) => {
    const body = Buffer.concat([Buffer.from('"é'), Buffer.from(bytes), Buffer.from('😀"')])
    expect(parseJson(body)).toBe(`é${'\uFFFD'.repeat(count)}😀`)
  })
})

describe('what is refused, and where', () => {
  test.each([
    ['', 'ends where a value is due, at character 1'],
    [' ', 'ends where a value is due, at character 2'],
    ['\uFEFF{}', 'has "\uFEFF" where a value is due, at character 1'],
    ['[1 2]', 'has "2" where a comma or ] is due, at character 4'],
    ['[1}', 'has "}" where a comma or ] is due, at character 3'],
    ['[1,]', 'has "]" where a value is due, at character 4'],
    ['[1', 'ends where a comma or ] is due, at character 3'],
    ['{"a":1]', 'has "]" where a comma or } is due, at character 7'],
    ['{"a" 1}', 'has "1" where a colon is due, at character 6'],
    ['{"a":1,}', 'has "}" where a name in quotes is due, at character 8'],
    ['{a:1}', 'has "a" where a name in quotes is due, at character 2'],
    ['{,}', 'has "," where a name in quotes is due, at character 2'],
    ['nul', 'has "n" where a value is due, at character 1'],
    ['\u00A01', 'has "\u00A0" where a value is due, at character 1'],
    ['1\f', 'goes on after its end at character 2'],
    ['{} {}', 'goes on after its end at character 4'],
    ['{}}', 'goes on after its end at character 3'],
    ['1\0', 'goes on after its end at character 2'],
    ['"a', 'ends within a string at character 3'],
    ['"\\', 'has a bad escape at character 2'],
    ['"\\\'"', 'has a bad escape at character 2'],
    ['"\\u12g4"', 'has a bad escape at character 2'],
    ['"a\nb"', 'has a control character in a string at character 3'],
    ['"\\n\u001f"', 'has a control character in a string at character 4'],
    ['01', 'has a number with a leading zero at character 1'],
    ['-', 'ends where a digit is due, at character 2'],
    ['-a', 'has "a" where a digit is due, at character 2'],
    ['+1', 'has "+" where a value is due, at character 1'],
    ['1.', 'has a number that is not complete at character 2'],
    ['1e+', 'has a number that is not complete at character 2'],
    ['😀', 'has "😀" where a value is due, at character 1'],
  ])('%j', (text, what) => {
    const error = attempt(() => read(text))
    expect(error).toMatchObject({ status: 400, message: `The body cannot be read as JSON: it ${what}.` })
  })

  test.each([
    ['{"a":1,"a":1}', '"a"', 8],
    ['[{"b":{"a":1,"\\u0061":null}}]', '"a"', 14],
    ['{"\\ud800":1,"\\ud801":1}', '"\uFFFD"', 13],
  ])('a key that comes twice: %s', (text, key, at) => {
    expect(() => read(text)).toThrow(`it has ${key} twice in one object, the second time at character ${at}.`)
  })

  test('a key too long to be shown', () => {
    const key = 'k'.repeat(500)
    expect(() => read(`{"${key}":1,"${key}":1}`)).toThrow(`"${'k'.repeat(100)}…" twice`)
  })

  test('more lists in one another than Go reads', () => {
    expect(read(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)).toHaveLength(1)
    expect(() => read(`${'{"a":'.repeat(10_001)}1${'}'.repeat(10_001)}`)).toThrow(
      'nests lists and objects more than 10000 deep at character 50001.',
    )
  })
})

/** JSON, near-JSON, and numbers and escapes of every form. */
function jsonText(): fc.Arbitrary<string> {
  const space = fc.stringMatching(/^[ \n\r\t]{0,2}$/)
  const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/)
  const escapes = fc.stringMatching(/^"(😀|[ a~é]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4})){0,5}"$/)
  const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      digits,
      escapes,
      fc.constantFrom('true', 'false', 'null', '[]', '{}'),
      tie('list'),
      tie('object'),
    ),
    list: fc
      .array(fc.tuple(space, tie('value'), space))
      .map((items) => `[${items.map((item) => item.join('')).join()}]`),
    object: fc
      .array(fc.tuple(space, escapes, space, tie('value')))
      .map(
        (members) =>
          `{${members.map(([before, name, after, item]) => `${before}${name}${after}:${item}`).join()}}`,
      ),
  }))
  const broken = fc
    .tuple(value, fc.nat(), fc.nat(2), fc.constantFrom(...Array.from('"\\{}[],:019.eE+-tfnu \n\0\uFEFF'), ''))
    .map(([text, at, cut, put]) => {
      const characters = Array.from(text)
      characters.splice(at % (characters.length + 1), cut, put)
      return characters.join('')
    })
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(space, value, space).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: broken },
  )
}

/** What JSON.parse made, with the differences that are meant. */
function asRead(value: unknown): unknown {
  if (typeof value === 'string') return Buffer.from(value).toString()
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    return expect.toSatisfy((read: number | bigint) => Number(read) === value)
  if (Array.isArray(value)) return value.map(asRead)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [Buffer.from(key).toString(), asRead(item)]),
  )
}

function attempt(what: () => unknown): unknown {
  try {
    return what()
  } catch (error) {
    return error
  }
}
