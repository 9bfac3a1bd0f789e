import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonValues, parsed } from './json-values.js'

function read(text: string, lengths: readonly number[], limit = 10_000): unknown[] {
  const seen: unknown[] = []
  const values = new JsonValues(limit, (text) => seen.push(parsed(text)))
  const bytes = Buffer.from(text)
  let at = 0
  for (const length of [...lengths, bytes.length])
    if (at < bytes.length) values.take(bytes.subarray(at, (at += length)))
  return seen
}

const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 })
const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))
const between = fc.constantFrom('', '\n', '\r\n', '\x1e', ' ')

it('values are read alike wherever they are cut and whatever stands between them', () => {
  fc.assert(
    fc.property(fc.array(value), between, cuts, (sent, mark, lengths) => {
      const texts = sent.map((each) => JSON.stringify(each))
      expect(read(texts.map((text) => mark + text).join(''), lengths)).toEqual(
        texts.map((text) => JSON.parse(text) as unknown),
      )
    }),
  )
})

it('one that is too large is left out, one that is malformed is none, and the next is there', () => {
  expect(read('{"a":1}{"b":"xxxxxxxxxx"}{"c":2}', [3, 9], 10)).toEqual([{ a: 1 }, { c: 2 }])
  expect(read('{"a":}\n{"c":2}', [])).toEqual([undefined, { c: 2 }])
})
