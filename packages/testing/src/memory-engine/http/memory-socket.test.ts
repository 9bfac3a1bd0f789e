import { once } from 'node:events'
import { expect, it } from 'vitest'
import { MemorySocket } from './memory-socket.js'

it('carries bytes both ways, and each direction ends on its own', async () => {
  const [a, b] = MemorySocket.pair()
  a.end('question')
  expect(await text(b)).toBe('question')
  const both = [closed(a), closed(b)]
  b.end('answer')
  expect(await text(a)).toBe('answer')
  await Promise.all(both)
})

it('who writes waits for who reads', async () => {
  const [a, b] = MemorySocket.pair()
  let written = 0
  while (a.write(Buffer.alloc(16_384))) written += 16_384
  expect(written).toBeLessThan(1_000_000)
  const drained = once(a, 'drain')
  b.resume()
  await drained
  b.on('error', () => {})
  a.destroy()
  await closed(b)
})

it('a destroyed end is an error for the other', async () => {
  const [a, b] = MemorySocket.pair()
  const failed = once(b.resume(), 'error')
  a.destroy()
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
})

it('writing to an end that is gone is an error', async () => {
  const [a, b] = MemorySocket.pair()
  b.end()
  await once(a.resume(), 'end')
  b.destroy()
  const failed = once(a, 'error')
  a.write('x')
  expect((await failed)[0]).toMatchObject({ code: 'EPIPE' })
})

it('connects on the next turn', async () => {
  const [a] = MemorySocket.pair()
  expect(a.connecting).toBe(true)
  await once(a, 'connect')
  expect(a.connecting).toBe(false)
})

async function text(socket: MemorySocket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (bytes: Buffer) => chunks.push(bytes))
  await new Promise((resolve) => socket.on('end', resolve))
  return Buffer.concat(chunks).toString()
}

function closed(socket: MemorySocket): Promise<unknown> {
  return new Promise((resolve) => socket.on('close', resolve))
}
