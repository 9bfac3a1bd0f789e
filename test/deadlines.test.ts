import { EventEmitter, once } from 'node:events'
import { setTimeout as time } from 'node:timers/promises'
import { intermediate, reply } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, request } from './docker-calls.js'
import { setUpWith } from './matrix.js'

describe('the deadline of a layer', () => {
  it('does not run while it asks the engine something', async () => {
    const layers = intermediate({ onError: () => {} }).use(
      'POST /containers/:id/stop',
      async (call, next) => {
        await call.ask('GET /containers/:id/json', { params: call.params })
        return next(call)
      },
      { deadline: 20 },
    )
    layers.use('GET /containers/:id/json', async function slow(call, next) {
      await time(60)
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /containers/web/stop'))
    expect((await client.response()).status).toBe(200)
  })

  it('runs again after it has asked', async () => {
    const layers = intermediate({ onError: () => {} }).use(
      'POST /containers/:id/stop',
      async (call) => {
        await call.ask('GET /info')
        return new Promise<never>(() => {})
      },
      { deadline: 20 },
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /containers/web/stop'))
    expect((await client.response()).status).toBe(504)
  })

  it('once over lets no layer behind it see the call', async () => {
    const seen: string[] = []
    const done = new EventEmitter()
    const over = once(done, 'over')
    const failed = once(done, 'failed')
    const layers = intermediate({ onError: () => {} })
      .use(
        'POST /containers/:id/stop',
        async (call, next) => {
          await over
          done.emit('failed', await next(call).catch(String))
          return reply(204)
        },
        { deadline: 20 },
      )
      .use('POST /containers/:id/stop', async function behind(call, next) {
        seen.push('behind')
        return next(call)
      })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /containers/web/stop'))
    expect((await client.response()).status).toBe(504)
    done.emit('over')
    expect(await failed).toEqual([expect.stringContaining('took longer than its deadline of 20 ms')])
    expect(seen).toEqual([])
    expect(to.upstream.connections).toHaveLength(0)
  })
})
