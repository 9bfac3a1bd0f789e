import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { itemsTransform } from './items-transform.js'
import type { ChangeItem } from './items-transform.js'
import type { ItemPlace } from './json-items.js'

const list: ItemPlace = { kind: 'list' }
const volumes: ItemPlace = { kind: 'field', name: 'Volumes' }
const stream: ItemPlace = { kind: 'stream' }

async function changed(place: ItemPlace, text: string, change: ChangeItem): Promise<string> {
  const transform = itemsTransform(place, change)
  const [bytes] = await Promise.all([
    buffer(transform),
    pipeline(Readable.from([Buffer.from(text)]), transform),
  ])
  return bytes.toString()
}

const drop =
  (...dropped: unknown[]): ChangeItem =>
  (item) =>
    dropped.includes(item) ? undefined : item

describe('what is left is a reply of its kind', () => {
  test.each([
    [list, '[ 1 ,\n2 ,\n3 ]\n', [], '[ 1 ,\n2 ,\n3 ]\n'],
    [list, '[ 1 ,\n2 ,\n3 ]\n', [1], '[ \n2 ,\n3 ]\n'],
    [list, '[ 1 ,\n2 ,\n3 ]\n', [2], '[ 1 ,\n3 ]\n'],
    [list, '[ 1 ,\n2 ,\n3 ]\n', [1, 2], '[ \n3 ]\n'],
    [list, '[ 1 ,\n2 ,\n3 ]\n', [3], '[ 1 ,\n2 ]\n'],
    [list, '[ 1 ,\n2 ,\n3 ]\n', [1, 2, 3], '[ ]\n'],
    [list, '[]', [], '[]'],
    [list, 'null', [], 'null'],
    [volumes, '{"Volumes":[1,2],"Warnings":null}\n', [1, 2], '{"Volumes":[],"Warnings":null}\n'],
    [volumes, '{"Volumes":null,"Warnings":null}\n', [1], '{"Volumes":null,"Warnings":null}\n'],
    [stream, '1\n2\n3\n', [1], '2\n3\n'],
    [stream, '1\r\n2\r\n3\r\n', [2], '1\r\n3\r\n'],
    [stream, '\x1e1\n\x1e2\n\x1e3\n', [2], '\x1e1\n\x1e3\n'],
    [stream, '\n1 2', [1, 2], '\n'],
    [stream, '1"a"2', ['a'], '1\n2'],
  ])('%j %j without %j', async (place, text, dropped, left) => {
    expect(await changed(place, text, drop(...dropped))).toBe(left)
  })

  test('whichever of the items go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.jsonValue(), fc.boolean())), fc.nat(4), async (items, indent) => {
        const values = items.map(([value]) => value)
        const kept = items.filter(([, isKept]) => isKept).map(([value]) => value)
        let at = 0
        const text = await changed(list, JSON.stringify(values, null, indent), (item) =>
          items[at++]?.[1] ? item : undefined,
        )
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(kept))
      }),
    )
  })
})

test('an item leaves as it was read, and a changed one as it was changed', async () => {
  const text = '{"timeNano":1700000000123456789,"x":1.0,"__proto__":{}}'
  expect(await changed(stream, `${text}\n`, (item) => item)).toBe(`${text}\n`)
  expect(await changed(list, '[{"a":1},{"a":2}]', (item) => ({ was: item }))).toBe(
    '[{"was":{"a":1}},{"was":{"a":2}}]',
  )
})

test('a change may take its time, and the order stays', async () => {
  let running = 0
  const text = await changed(list, '[3,1,2]', async (item) => {
    expect(++running).toBe(1)
    for (let turn = Number(item); turn > 0; turn--) await new Promise(setImmediate)
    running--
    return item === 1 ? undefined : item
  })
  expect(text).toBe('[3,2]')
})

test('an item is sent while the next one takes its time', async () => {
  const transform = itemsTransform(stream, (item) => (item === 2 ? new Promise<undefined>(() => {}) : item))
  transform.write('1\n2\n')
  const [bytes] = (await once(transform, 'data')) as [Buffer]
  expect(bytes.toString()).toBe('1\n')
  transform.destroy()
})

test('what comes in one turn goes on together, without waiting for more', async () => {
  const transform = itemsTransform(stream, drop(2))
  const parts: string[] = []
  transform.on('data', (part: Buffer) => parts.push(part.toString()))
  transform.write('1\n')
  transform.write('2\n')
  transform.write('3\n')
  await once(transform, 'data')
  transform.write('4\n')
  await once(transform, 'data')
  expect(parts).toEqual(['1\n3\n', '4\n'])
})

describe('the stream is destroyed', () => {
  const error = new Error('not this one')

  test.each<[string, ChangeItem]>([
    [
      'a change that throws',
      () => {
        throw error
      },
    ],
    ['a change that rejects', () => Promise.reject(error)],
  ])('with the error of %s', async (_, change) => {
    await expect(changed(stream, '{}\n', change)).rejects.toBe(error)
  })

  test('also where what is thrown is nothing', async () => {
    await expect(
      changed(stream, '{}\n', () => {
        // oxlint-disable-next-line typescript/only-throw-error -- what a layer may do
        throw undefined
      }),
    ).rejects.toThrow('The change of an item threw what is not an error.')
  })

  test('where an item is not JSON', async () => {
    await expect(changed(stream, '{"a":1}{"a" 1}', (item) => item)).rejects.toMatchObject({
      code: 'ERR_UPSTREAM_PROTOCOL',
      status: 502,
      message:
        'An item of the reply cannot be read as JSON: it has "1" where a colon is due, at character 6.',
    })
  })

  test('where the reply is not complete', async () => {
    await expect(changed(list, '[{"a":1}', (item) => item)).rejects.toThrow('it ends too early at byte 9')
  })

  test('where an item cannot be written', async () => {
    await expect(changed(list, '[1]', () => Number.NaN)).rejects.toThrow(
      'The body cannot be sent as JSON: it is NaN.',
    )
  })
})

describe('a slow reader', () => {
  test('holds up the writer', () => {
    const transform = itemsTransform(stream, (item) => item)
    let written = 0
    while (transform.write(`${JSON.stringify('x'.repeat(1000))}\n`) && written < 1000) written++
    expect(written).toBeLessThan(100)
    transform.destroy()
  })

  test('holds up the items of one part, each of which becomes much more', async () => {
    let count = 0
    const large = 'x'.repeat(100_000)
    const transform = itemsTransform(stream, () => {
      count++
      return large
    })
    transform.end('1\n'.repeat(1000))
    await once(transform, 'readable')
    expect(count).toBeLessThan(5)
    let length = 0
    for await (const bytes of transform as AsyncIterable<Buffer>) {
      length += bytes.length
      expect(transform.readableLength).toBeLessThan(1_000_000)
    }
    expect(count).toBe(1000)
    expect(length).toBe(1000 * (large.length + 3))
  })

  test('gets all of it where much is dropped', async () => {
    const items = Array.from({ length: 50_000 }, (_, at) => ({ at, text: 'x'.repeat(at % 50) }))
    const kept = items.filter(({ at }) => Math.floor(at / 7000) % 2 === 0)
    const bytes = Buffer.from(JSON.stringify(items))
    const parts = Readable.from(
      Array.from({ length: 40 }, (_, at) =>
        bytes.subarray((at * bytes.length) / 40, ((at + 1) * bytes.length) / 40),
      ),
    )
    const left = parts.compose(
      itemsTransform(list, (item) =>
        Math.floor((item as { at: number }).at / 7000) % 2 === 0 ? item : undefined,
      ),
    )
    expect(JSON.parse((await buffer(left)).toString())).toEqual(kept)
  })
})
