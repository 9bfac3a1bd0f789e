import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IntermediateError } from '../errors.js'
import { JsonItems } from './json-items.js'
import type { ItemPlace, Piece } from './json-items.js'

const list: ItemPlace = { kind: 'list' }
const volumes: ItemPlace = { kind: 'field', name: 'Volumes' }
const stream: ItemPlace = { kind: 'stream' }

function split(place: ItemPlace, parts: readonly Buffer[], limit?: number): Piece[] {
  const items = new JsonItems(place, limit)
  return [...parts.flatMap((part) => [...items.write(part)]), ...items.end()]
}

/** What the pieces are, with neighbours of one kind as one, which is all that depends on where parts are cut. */
function told(pieces: readonly Piece[]): string[] {
  const result: string[] = []
  let last: string | undefined
  for (const piece of pieces) {
    const text = piece.bytes.toString('latin1')
    if (piece.kind === 'item') result.push(`${piece.before.toString('latin1')}<${text}>`)
    else if (piece.kind === last) result.push(`${result.pop()}${text}`)
    else result.push(text)
    last = piece.kind
  }
  return result
}

const itemsOf = (place: ItemPlace, text: string): string[] => told(split(place, [Buffer.from(text)]))

const bytesOf = (pieces: readonly Piece[]): Buffer =>
  Buffer.concat(
    pieces.flatMap((piece) => (piece.kind === 'item' ? [piece.before, piece.bytes] : piece.bytes)),
  )

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 2 })
const value = fc.oneof(
  { weight: 4, arbitrary: fc.json({ stringUnit: 'binary', maxDepth: 3 }) },
  fc.constantFrom('"\\"]}"', '"\\\\"', '{"a":"\\\\\\""}', '"é€😀"', '1.5e-3', 'null', '[[],{}]', '"\\u005d"'),
)
const values = fc.array(value, { maxLength: 6 })
const listText = fc
  .tuple(values, space, space)
  .map(([items, a, b]) => ({ items, text: `[${a}${items.join(`${b},${a}`)}${b}]` }))
const marks = fc.constantFrom(['', '\n'], ['', '\r\n'], ['\x1e', '\n'], ['', ' '])

const documents = fc.oneof(
  fc
    .record({ list: listText, before: space, after: space })
    .map(({ list: { items, text }, before, after }) => ({
      place: list,
      items,
      text: before + text + after,
    })),
  fc
    .record({
      list: listText,
      name: fc.constantFrom('Volumes', 'volumes', 'V\\u006flumes'),
      other: value,
      a: space,
      first: fc.boolean(),
    })
    .map(({ list: { items, text }, name, other, a, first }) => {
      const members = [
        `"${name}"${a}:${a}${text}`,
        `${a}"Other \\"${a ? 'Volumes' : ''}\\""${a}:${other}${a}`,
      ]
      return { place: volumes, items, text: `{${a}${(first ? members : members.toReversed()).join(',')}}\n` }
    }),
  fc.tuple(values, marks).map(([items, [before, after]]) => ({
    place: stream,
    items,
    text: items.map((item) => `${before}${item}${after}`).join(''),
  })),
)

test('items are whole and all else is kept, wherever the parts are cut', () => {
  fc.assert(
    fc.property(documents, fc.array(fc.nat(), { maxLength: 12 }), ({ place, items, text }, cuts) => {
      const bytes = Buffer.from(text)
      const pieces = split(place, cutAt(bytes, cuts))
      expect(bytesOf(pieces)).toEqual(bytes)
      const found = pieces.flatMap((piece) => (piece.kind === 'item' ? [piece.bytes.toString()] : []))
      expect(found).toEqual(items.map((item) => Buffer.from(item).toString()))
    }),
    { numRuns: 2000 },
  )
})

test('a part of one byte at a time changes nothing', () => {
  fc.assert(
    fc.property(documents, ({ place, text }) => {
      const bytes = Buffer.from(text)
      const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))
      expect(told(split(place, single))).toEqual(told(split(place, [bytes])))
    }),
  )
})

test('what is cut off is refused, wherever it is', () => {
  fc.assert(
    fc.property(documents, fc.nat(), ({ place, text }, cut) => {
      const bytes = Buffer.from(text.trimEnd())
      fc.pre(place !== stream && bytes.length > 0)
      expect(() => split(place, [bytes.subarray(0, cut % bytes.length)])).toThrow(/ends too early/)
    }),
    { numRuns: 500 },
  )
})

describe('a list', () => {
  test.each([
    ['[]\n', ['[]\n']],
    ['null\n', ['null\n']],
    ['null', ['null']],
    ['[\n 1 ,\n {} ]', ['[', '\n <1>', ' ,\n <{}>', ' ]']],
  ])('%j', (text, pieces) => {
    expect(itemsOf(list, text)).toEqual(pieces)
  })
})

describe('a list in a field', () => {
  test.each([
    ['{}', ['{}']],
    ['{"Volumes":null,"Warnings":["x"]}\n', ['{"Volumes":null,"Warnings":["x"]}\n']],
    ['{"Warnings":[1],"Volumes":[{"a":[2]}]}', ['{"Warnings":[1],"Volumes":[', '<{"a":[2]}>', ']}']],
    ['{"a":{"Volumes":[1]}}', ['{"a":{"Volumes":[1]}}']],
    ['{"a":"Volumes","VOLUMES":[1],"b":null}', ['{"a":"Volumes","VOLUMES":[', '<1>', '],"b":null}']],
  ])('%s', (text, pieces) => {
    expect(itemsOf(volumes, text)).toEqual(pieces)
  })
})

describe('a stream', () => {
  test.each([
    ['', []],
    ['\n', ['\n']],
    ['{"a":1}{"b":2}', ['<{"a":1}>', '<{"b":2}>']],
    ['{"a":1}\r\n{"b":2}\r\n', ['<{"a":1}>', '\r\n', '<{"b":2}>', '\r\n']],
    ['\x1e{"a":1}\n\x1e\x1e {"b":2}\n', ['\x1e<{"a":1}>', '\n', '\x1e\x1e <{"b":2}>', '\n']],
    ['1"a"true 2', ['<1>', '<"a">', '<true>', ' ', '<2>']],
  ])('%j', (text, pieces) => {
    expect(itemsOf(stream, text)).toEqual(pieces)
  })

  test('an item is there with its last byte, and the end of its line as soon as that comes', () => {
    const items = new JsonItems(stream)
    expect(told([...items.write(Buffer.from('{"a":1'))])).toEqual([])
    expect(told([...items.write(Buffer.from('}'))])).toEqual(['<{"a":1}>'])
    expect(told([...items.write(Buffer.from('\n'))])).toEqual(['\n'])
  })
})

describe('what is no such reply is refused', () => {
  test.each([
    [list, '', 'it ends too early at byte 1'],
    [list, '[1', 'it ends too early at byte 3'],
    [list, '[1,', 'it ends too early at byte 4'],
    [list, '[1,]', 'it has "]" where a value is due, at byte 4'],
    [list, '[,1]', 'it has "," where a value is due, at byte 2'],
    [list, '[1 2]', 'it has "2" where a comma or ] is due, at byte 4'],
    [list, '[1]]', 'it goes on after its end at byte 4'],
    [list, '{"message":"no"}', 'it has "{" where a list is due, at byte 1'],
    [list, 'nul', 'it has "n" where a list is due, at byte 1'],
    [list, '\uFEFF[]', 'it has the byte 0xef where a list is due, at byte 1'],
    [list, '\x1e[]', 'it has "\\u001e" where a list is due, at byte 1'],
    [volumes, '[]', 'it has "[" where an object is due, at byte 1'],
    [volumes, '{"Volumes":{}}', 'it has "{" where a list is due, at byte 12'],
    [volumes, '{"Volumes":[],"volumes":[]}', 'it has "volumes" twice, the second time at byte 24'],
    [volumes, '{"Volumes":[]', 'it ends too early at byte 14'],
    [volumes, '{"a":1,}', 'it has "}" where a name in quotes is due, at byte 8'],
    [volumes, '{"a" 1}', 'it has "1" where a colon is due, at byte 6'],
    [volumes, '{"a":1 "b":2}', 'it has "\\"" where a comma or } is due, at byte 8'],
    [volumes, '{"a":}', 'it has "}" where a value is due, at byte 6'],
    [volumes, '{"\\x":1}', 'it has a bad escape at character 2'],
    [stream, '{"a":1', 'it ends too early at byte 7'],
    [stream, '"a', 'it ends too early at byte 3'],
    [stream, '{}\n\x1e', 'it ends too early at byte 5'],
    [stream, '{}]', 'it has "]" where a value is due, at byte 3'],
    [stream, '{},{}', 'it has "," where a value is due, at byte 3'],
  ])('%j %j', (place, text, message) => {
    expect(() => itemsOf(place, text)).toThrow(
      new IntermediateError('ERR_UPSTREAM_PROTOCOL', 502, `The reply cannot be read as JSON: ${message}.`),
    )
  })
})

describe('an item larger than the limit', () => {
  const message = 'The reply cannot be read as JSON: it has an item of more than 16 bytes that ends'
  const item = Buffer.from(JSON.stringify('x'.repeat(20)))

  test.each([
    ['in one part', [Buffer.from('['), item]],
    ['in several', [Buffer.from('['), ...cutAt(item, [3, 9, 15])]],
    ['that has no end yet', [Buffer.from('['), item.subarray(0, 18)]],
  ])('%s', (_, parts) => {
    expect(() => split(list, parts, 16)).toThrow(message)
  })

  test('is one alone: what is around them, and all of them together, may be larger', () => {
    const text = `{"Other":"${'x'.repeat(100)}","Volumes":[${Array(50).fill('"0123456789abcd"').join(',')}]}`
    const pieces = split(volumes, cutAt(Buffer.from(text), [30, 60, 200, 201]), 16)
    expect(pieces.filter(({ kind }) => kind === 'item')).toHaveLength(50)
  })
})
