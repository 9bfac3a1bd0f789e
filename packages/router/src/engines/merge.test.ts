import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { Merge } from './merge.js'

const minute = 60_000

it('has a source wait once 256 of its lines wait for another source', async () => {
  const merge = new Merge(minute)
  merge.begin('a')
  merge.begin('b')
  for (let n = 1; n < 256; n++) await merge.offer('a', BigInt(n), Buffer.from('a'))
  let isGone = false
  const last = merge.offer('a', 256n, Buffer.from('a')).then(() => (isGone = true))
  await setImmediate()
  expect(isGone).toBe(false)
  merge.finish('b')
  await last
  merge.end()
  expect(Buffer.concat(await merge.output.toArray()).toString()).toBe('a'.repeat(256))
})

it('has sources wait for a reader that is slow', async () => {
  const merge = new Merge(minute)
  merge.begin('a')
  const large = Buffer.alloc(64 * 1024)
  let gone = 0
  const all = Array.from({ length: 300 }, async (_, n) => {
    await merge.offer('a', BigInt(n), large)
    gone++
  })
  await setImmediate()
  expect(gone).toBeLessThan(300)
  merge.finish('a')
  merge.end()
  expect(Buffer.concat(await merge.output.toArray())).toHaveLength(300 * large.length)
  await Promise.all(all)
})
