import { intermediate, type Layer } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ok, request } from './docker-calls.js'
import { setUpWith } from './matrix.js'

afterEach(() => vi.useRealTimers())

describe('a layer with a deadline', () => {
  const slow = () => new Promise<never>(() => {})

  it('is over when it is, and the call is not forwarded', async () => {
    const layers = intermediate({ onError: () => {} }).use('GET /info', slow, { name: 'slow', deadline: 20 })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    const late = await client.response()
    expect(late.status).toBe(504)
    expect(JSON.parse(late.body.toString())).toEqual({
      message: 'GET /info: the layer "slow" took longer than its deadline of 20 ms.',
    })
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('does not pay for the time of others', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const layers = intermediate()
      .use('GET /info', (call, next) => next(call), { deadline: 20 })
      .use('GET /info', async (call, next) => {
        // By then the other layer has been called, and its time would run.
        await new Promise(setImmediate)
        vi.advanceTimersByTime(60)
        return next(call)
      })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(200)
  })
})

describe('a layer that fails open', () => {
  it('is left out, and whoever runs it is told', async () => {
    const reports: unknown[] = []
    const broken: Layer = async () => {
      throw new Error('broken')
    }
    const layers = intermediate({ onError: ({ error }) => reports.push(String(error)) })
      .use('GET /info', broken, { name: 'first', onError: 'open' })
      .use(
        'GET /info',
        async (call, next) => {
          await next(call)
          throw new Error('broken after')
        },
        { name: 'second', onError: 'open' },
      )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(reports).toEqual([
      'Error: the layer "first" failed and was left out',
      'Error: the layer "second" failed and was left out',
    ])
  })
})

describe('the options of an intermediate that is used', () => {
  const inner = () =>
    intermediate().use('GET /info', async function broken() {
      throw new Error('broken')
    })

  it('are for each of its layers', async () => {
    const open = intermediate({ onError: () => {} }).use(inner(), { name: 'inner', onError: 'open' })
    expect(open.layers).toEqual([{ name: 'inner/broken', endpoints: ['GET /info'] }])
    const policy = intermediate().use(inner(), { policy: true })
    for (const [layers, line, status] of [
      [open, 'GET /info', 200],
      [policy, 'GET /unknown', 403],
    ] as const) {
      await using to = await setUpWith(layers, 'unix', answer(ok))
      await using client = await to.client()
      await client.send(request(line))
      expect((await client.response()).status).toBe(status)
    }
  })

  it.each([
    [{ deadline: 0 }, 'was given the deadline 0: give it in ms, as a whole number from 1 to 2147483647.'],
    [{ onError: 'ajar' }, 'was given the onError ajar: say "closed" or "open".'],
    [{ policy: 1 }, 'was given the policy 1: say true or false.'],
    [{ dealine: 1 }, 'was given the option dealine, which does not exist.'],
  ])('are refused if they cannot be: %j', (options, message) => {
    expect(() => intermediate().use(inner(), options as never)).toThrow(`The layer broken ${message}`)
    expect(() => intermediate().use((call, next) => next(call), options as never)).toThrow(message)
  })
})
