import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { giveBack, ReadBuffers } from './read-buffers.js'

const small = 8 * 1024
const medium = 64 * 1024
const large = 256 * 1024

describe('the memory that is read into', () => {
  test('is the same again where what it held is needed no more', () => {
    const buffers = new ReadBuffers()
    const { current } = buffers
    for (const length of [1, 100, small - 1]) buffers.turn(length, true)
    expect(buffers.current).toBe(current)
  })

  test('is another where what it holds is still needed', () => {
    const buffers = new ReadBuffers()
    const { current } = buffers
    buffers.turn(100, false)
    expect(buffers.current).not.toBe(current)
    expect(buffers.current).toHaveLength(small)
  })

  test('grows with every read that fills it, up to a limit', () => {
    const buffers = new ReadBuffers()
    expect(lengthsAfter(buffers, [small, medium, large, large])).toEqual([medium, large, large, large])
  })

  test('shrinks at once to what would have been enough', () => {
    const buffers = new ReadBuffers()
    lengthsAfter(buffers, [small, medium])
    expect(lengthsAfter(buffers, [medium + 1, large - 1, medium])).toEqual([large, large, medium])
    expect(lengthsAfter(buffers, [small + 1, small, 1])).toEqual([medium, small, small])
    lengthsAfter(buffers, [small, medium])
    expect(lengthsAfter(buffers, [1])).toEqual([small])
  })

  test('grows and shrinks likewise where it is still needed', () => {
    const buffers = new ReadBuffers()
    expect(lengthsAfter(buffers, [small, medium, 1], false)).toEqual([medium, large, small])
  })
})

describe('memory that is given back', () => {
  test('is where somebody else reads next', () => {
    const buffers = new ReadBuffers()
    const { current } = buffers
    buffers.turn(100, false)
    giveBack(current)
    expect(new ReadBuffers().current).toBe(current)
  })

  test('is what is left behind in growing, if it is free', () => {
    const left = new ReadBuffers()
    const { current } = left
    left.turn(small, true)
    expect(new ReadBuffers().current).toBe(current)
    const needed = new ReadBuffers()
    const { current: kept } = needed
    needed.turn(small, false)
    expect(new ReadBuffers().current).not.toBe(kept)
  })

  test('is forgotten where much is given back', () => {
    const given = new Set<Buffer>(Array.from({ length: 100 }, () => Buffer.allocUnsafeSlow(small)))
    for (const buffer of given) giveBack(buffer)
    const taken = Array.from({ length: 100 }, () => new ReadBuffers().current)
    expect(taken.filter((buffer) => given.has(buffer))).toHaveLength(16)
  })

  test('is forgotten where it is of another length', () => {
    const odd = Buffer.allocUnsafeSlow(small - 1)
    giveBack(odd)
    expect(new ReadBuffers().current).not.toBe(odd)
  })
})

test('nobody reads into memory that another has or needs, whatever the order', () => {
  const step = fc.record({
    who: fc.nat(5),
    length: fc.constantFrom(1, small, small + 1, medium, medium + 1, large),
    free: fc.boolean(),
    back: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const readers = Array.from({ length: 6 }, () => new ReadBuffers())
      const needed: Buffer[] = []
      for (const { who, length, free, back } of steps) {
        const reader = readers[who]!
        if (!free) needed.push(reader.current)
        reader.turn(Math.min(length, reader.current.length), free)
        if (back && needed.length > 0) giveBack(needed.shift()!)
        const inUse = [...needed, ...readers.map(({ current }) => current)]
        expect(new Set(inUse.map(({ buffer }) => buffer)).size).toBe(inUse.length)
      }
    }),
  )
})

/** How long the memory is after each of these reads. */
function lengthsAfter(buffers: ReadBuffers, reads: readonly number[], free = true): number[] {
  return reads.map((length) => {
    buffers.turn(length, free)
    return buffers.current.length
  })
}
