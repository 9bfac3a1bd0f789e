import { describe, expect, it, vi } from 'vitest'
import type { Passed } from './tap.js'
import { tapped, TapFeed } from './tap.js'

describe('a tap', () => {
  it('keeps what it is given, whatever becomes of the memory', () => {
    const given: Buffer[] = []
    const feed = new TapFeed({ data: (bytes) => given.push(bytes), end: () => {} })
    const memory = Buffer.from('one')
    feed.give(memory)
    memory.write('two')
    feed.give(memory)
    expect(given.map(String)).toEqual(['one', 'two'])
  })

  it('is given no more than its limit, and told of all', () => {
    const given: string[] = []
    const ends: Passed[] = []
    const feed = new TapFeed({
      limit: 4,
      data: (bytes) => given.push(String(bytes)),
      end: (passed) => ends.push(passed),
    })
    for (const text of ['abc', '', 'def', 'ghi']) feed.give(Buffer.from(text))
    feed.end(true)
    feed.end(false)
    expect(given).toEqual(['abc', 'd'])
    expect(ends).toEqual([{ bytes: 9, whole: true }])
  })

  it('that throws is heard of outside, and keeps nothing from passing', () => {
    const later: (() => void)[] = []
    const queue = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((work) => later.push(work))
    try {
      const fail = (what: string) => () => {
        throw new Error(what)
      }
      const written: string[] = []
      const sink = tapped(
        {
          write: (bytes) => written.push(String(bytes)) > 0,
          end: () => written.push('end'),
          writableLength: 0,
        },
        [new TapFeed({ data: fail('data'), end: fail('end') })],
      )
      sink.write(Buffer.from('text'))
      sink.end()
      expect(written).toEqual(['text', 'end'])
      expect(later.map((work) => expect(work).toThrow())).toHaveLength(2)
    } finally {
      queue.mockRestore()
    }
  })
})
