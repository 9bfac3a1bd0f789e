import { expect, it } from 'vitest'
import { Log } from './log.js'

const never = new AbortController().signal

function texts(lines: Iterable<{ bytes: Buffer }>): string[] {
  return Array.from(lines, ({ bytes }) => bytes.toString())
}

it('parts what is written into lines, each stream by itself', () => {
  const log = new Log()
  log.append(1, Buffer.from('one\ntw'))
  log.append(2, Buffer.from('err\n'))
  log.append(1, Buffer.from('o\n'))
  expect(texts(log.lines())).toEqual(['one\n', 'err\n', 'two\n'])
})

it('a line without a newline is one when nothing more comes', () => {
  const log = new Log()
  log.append(1, Buffer.from('end'))
  expect(texts(log.lines())).toEqual([])
  log.flush()
  expect(texts(log.lines())).toEqual(['end'])
})

it('cuts long lines', () => {
  const log = new Log()
  log.append(1, Buffer.alloc(40_000, 'x'))
  log.flush()
  expect(Array.from(log.lines(), ({ bytes }) => bytes.length)).toEqual([16_384, 16_384, 7_232])
})

it('gives the last lines', () => {
  const log = new Log()
  for (const text of ['a\nb\n', 'c\nd\n']) log.append(1, Buffer.from(text))
  expect(texts(log.last(3, () => true))).toEqual(['b\n', 'c\n', 'd\n'])
  expect(log.last(0, () => true)).toEqual([])
})

it('who follows gets each line once', async () => {
  const log = new Log()
  log.append(1, Buffer.from('a\n'))
  const first = await log.from(0, () => false, never)
  const second = log.from(first.next, () => false, never)
  log.append(1, Buffer.from('b\n'))
  expect(texts(first.lines)).toEqual(['a\n'])
  expect(texts((await second).lines)).toEqual(['b\n'])
})

it('keeps the newest of more than it can hold, and who follows misses only what is gone', async () => {
  const log = new Log()
  const megabyte = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(1024))
  for (let count = 0; count < 100; count++) log.append(1, megabyte)
  log.append(1, Buffer.from('last\n'))
  const size = Array.from(log.lines()).reduce((sum, { bytes }) => sum + bytes.length, 0)
  expect(size).toBeLessThan(65 * 1024 * 1024)
  expect(size).toBeGreaterThan(40 * 1024 * 1024)
  const { lines, next } = await log.from(0, () => true, never)
  expect(lines.at(-1)?.bytes.toString()).toBe('last\n')
  expect((await log.from(next, () => true, never)).lines).toEqual([])
})
