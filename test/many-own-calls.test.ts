import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Reply } from '@intermediate/core'
import { intermediate, reply } from '@intermediate/core'
import type { Script } from '@intermediate/testing'
import { answer } from '@intermediate/testing'
import { describe, expect, it, vi } from 'vitest'
import { request, response } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const kib = 1024
const mib = 1024 * kib
const inspected = response('200 OK', JSON.stringify({ Id: 'a', Config: { Image: 'x'.repeat(4 * kib) } }))
const large = response('200 OK', JSON.stringify({ Id: 'x'.repeat(mib) }))

/** What a layer does with what it is told. */
const uses: Record<string, (told: Reply) => Promise<unknown>> = {
  'whose status alone is read': async ({ ok: found }) => found,
  'that are read': (told) => told.json(),
}

describe('calls of a layer that it makes for one call', () => {
  it.each(Object.entries(uses))(
    'take no more connections and memory however many: %s',
    async (_, use) => {
      const heap: number[] = []
      const layers = intermediate().use('GET /events', async (call) => {
        for (let asked = 1; asked <= 10_000; asked++) {
          await use(await call.ask('GET /containers/:id/json', { params: { id: 'a' } }))
          if (asked % 5000 === 0) heap.push(heapNow())
        }
        return reply(204)
      })
      await using to = await setUpWith(layers, 'unix', inspecting)
      await using client = await to.client()
      await client.send(request('GET /events'))
      await client.response({ head: true, deadline: 60_000 })
      expect(to.upstream.connections.length).toBeLessThan(10)
      expect(heap[1]! - heap[0]!).toBeLessThan(2 * mib)
    },
    60_000,
  )

  it('need not wait for the reply that they are made for, of which all has come', async () => {
    const layers = intermediate().use('GET /containers/json', async (call, next) => {
      const replied = await next(call)
      if (!replied.ok) return replied
      replied.items(async (item) => {
        const { Id = '' } = item
        return (await call.ask('GET /containers/:id/json', { params: { id: Id ?? '' } })).ok
          ? item
          : undefined
      })
      return replied
    })
    const list = JSON.stringify(Array.from({ length: 2000 }, (_, n) => ({ Id: `c${n}` })))
    const engine = answer(({ target }) => response('200 OK', target === '/containers/json' ? list : '{}'))
    await using to = await setUpWith(layers, 'unix', engine)
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    expect((await client.response({ deadline: 30_000 })).body.toString()).toBe(list)
  })

  it('go on behind a large reply that nobody reads, of which all has come', async () => {
    const body = `"${'x'.repeat(64 * kib)}"`
    const layers = intermediate().use('GET /info', async (call) => {
      for (let asked = 0; asked < 100; asked++)
        await call.ask('GET /images/:name/json', { params: { name: 'a' } })
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', body)))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response({ head: true })).status).toBe(204)
  })

  it('can be read long after others were made', async () => {
    const layers = intermediate().use('GET /info', async (call) => {
      const told = []
      for (let asked = 0; asked < 20; asked++)
        told.push(await call.ask('GET /images/:name/json', { params: { name: 'a' } }))
      collectGarbage()
      const read = await Promise.all(told.map(async (each) => (await each.json()) as { Id: string }))
      return reply(200, String(read.every(({ Id }) => Id.length === mib)))
    })
    await using to = await setUpWith(layers, 'unix', answer(large))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).body.toString()).toBe('true')
  })

  it('whose large replies nobody reads let go of their connections', async () => {
    const layers = intermediate().use('GET /info', async (call) => {
      for (let asked = 0; asked < 20; asked++)
        await call.ask('GET /images/:name/json', { params: { name: 'a' } })
      await vi.waitFor(() => {
        collectGarbage()
        expect(to.upstream.connections.filter(({ isClosed }) => !isClosed).length).toBeLessThan(5)
      })
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(large))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response({ head: true })).status).toBe(204)
  })

  it('whose reply is closed unread lets go of its connection', async () => {
    const layers = intermediate().use('GET /info', async (call) => {
      const told = await call.ask('GET /images/:name/json', { params: { name: 'a' } })
      told.body.destroy()
      await (await to.upstream.connection(0)).closed()
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(large))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response({ head: true })).status).toBe(204)
  })
})

/** Answers without keeping the requests, as `answer` does. */
const inspecting: Script = async ({ socket }) => {
  socket.on('data', (bytes: Buffer) => {
    for (let heads = bytes.toString('latin1').split('\r\n\r\n').length; heads > 1; heads--)
      socket.write(inspected)
  })
}

function heapNow(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
