import type { Layer, Reply } from '@intermediate/core'
import { intermediate, reply } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, meanwhile, ok, ping, request, upgraded } from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

const info = request('GET /info')
const load = request('POST /images/load', [], 'begin').slice(0, -3)

function withLayer(layer: Layer) {
  return intermediate({ onError: () => {} }).use('GET /info', layer)
}

describe.each(transports)('a layer, over %s', (transport) => {
  it('may try again when the engine was lost', async () => {
    const layers = withLayer(async (call, next) => {
      try {
        return await next(call)
      } catch {
        return next(call)
      }
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(info)
    const engine = await to.upstream.connection(0)
    await engine.request()
    engine.destroy()
    const next = await to.upstream.connection(1)
    expect((await next.request()).raw.toString()).toBe(info)
    await next.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('that asks again gives up the reply that it had', async () => {
    const layers = withLayer(async (call, next) => {
      const replied = await next(call)
      await next(call)
      return replied
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(info)
    for (const n of [0, 1]) {
      const engine = await to.upstream.connection(n)
      await engine.request()
      await engine.send(ok)
    }
    const failure = await client.response()
    expect(failure.status).toBe(502)
    expect(JSON.parse(failure.body.toString()).message).toMatch(
      /^GET \/info: the reply of \S+ was lost before it could be sent on\.$/,
    )
  })

  it('that asks again before it was answered is told so', async () => {
    const errors: string[] = []
    const layers = withLayer(async (call, next) => {
      const first = next(call)
      await next(call).catch((error: unknown) => errors.push(String(error)))
      return first
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(info)
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(errors).toEqual(['Error: the call is on its way, and not answered yet'])
  })

  it('that does not wait for what it asked is no danger to others', async () => {
    const layers = withLayer(async (call, next) => {
      void next(call)
      void next(call)
      return reply(200, 'mine')
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(info)
    expect((await client.response()).body.toString()).toBe('mine')
    await client.send(ping)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('cannot ask any more once the call is answered', async () => {
    let late: (() => Promise<Reply>) | undefined
    const layers = withLayer(async (call, next) => {
      late = () => next(call)
      return reply(200, 'mine')
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(info)
    await client.response()
    await client.send(load)
    const engine = await to.upstream.connection(0)
    await engine.until('be')
    await expect(late!()).rejects.toThrow('the call is over: it was answered, or its client has left')
    await client.send('gin')
    expect((await engine.bytes(3)).toString()).toBe('gin')
    expect(to.upstream.connections).toHaveLength(1)
  })
})

// A unix socket knows no reset: its end says only that nothing more comes.
describe.each(['tcp', 'tls'] as const)(
  'a reply whose connection is lost while a layer has it, over %s',
  (transport) => {
    it.each([
      { what: 'as it is', change: (replied: Reply) => replied },
      { what: 'with its tunnel', change: (replied: Reply) => replied.withTunnel(replied.tunnel!) },
    ])('$what it is a 502', async ({ change }) => {
      let goOn = () => {}
      const going = new Promise<void>((resolve) => (goOn = resolve))
      const layers = intermediate({ onError: () => {} }).use(
        'POST /containers/:id/attach',
        async (call, next) => {
          const replied = await next(call)
          await going
          return change(replied)
        },
      )
      await using to = await setUpWith(layers, transport, byHand)
      await using client = await to.client()
      await client.send(attach)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(upgraded)
      await meanwhile(to)
      engine.reset()
      await meanwhile(to)
      goOn()
      const failure = await client.response()
      expect(failure.status).toBe(502)
      expect(JSON.parse(failure.body.toString()).message).toMatch(/ was lost before it could be sent on\.$/)
    })
  },
)
