import { EventEmitter, once } from 'node:events'
import { type ErrorReport, intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { byHand, ok, request } from './docker-calls.js'
import { setUpWith } from './matrix.js'

describe('a layer that fails open', () => {
  it('is not left out once its client has left: no layer behind it sees the call', async () => {
    const reports: ErrorReport[] = []
    const seen: string[] = []
    const events = new EventEmitter()
    const waiting = once(events, 'waiting')
    const settled = once(events, 'settled')
    const layers = intermediate({ onError: (report) => reports.push(report) })
      .use('GET /info', (call, next) => next(call).finally(() => events.emit('settled')))
      .use(
        'GET /info',
        async function waits(call) {
          const left = once(call.signal, 'abort')
          events.emit('waiting')
          await left
          throw new Error('broken')
        },
        { onError: 'open' },
      )
      .use('GET /info', async function behind(call, next) {
        seen.push('behind')
        return next(call)
      })
    await using to = await setUpWith(layers, 'tcp', byHand)
    const client = await to.client()
    await client.send(request('GET /info'))
    await waiting
    client.reset()
    await settled
    expect(seen).toEqual([])
    expect(reports).toEqual([])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('is not left out where what it waited for failed: the call is not sent twice', async () => {
    const layers = intermediate({ onError: () => {} }).use(
      'POST /containers/:id/restart',
      (call, next) => next(call),
      { onError: 'open' },
    )
    await using to = await setUpWith(layers, 'unix', async (connection) => {
      await connection.request()
      connection.destroy()
    })
    await using client = await to.client()
    await client.send(request('POST /containers/web/restart'))
    expect((await client.response()).status).toBe(502)
    expect(to.upstream.requests).toHaveLength(1)
  })

  it('stays so in an intermediate that is used with other options', async () => {
    const inner = intermediate().use(
      'GET /info',
      async () => {
        throw new Error('broken')
      },
      { name: 'broken', onError: 'open' },
    )
    const layers = intermediate({ onError: () => {} }).use(inner, { name: 'outer' })
    expect(layers.layers).toEqual([{ name: 'outer/broken', endpoints: ['GET /info'] }])
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(200)
  })
})
