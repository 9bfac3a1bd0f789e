import { PassThrough, pipeline, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Call } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { byHand, nobodyLeft, ok, request } from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

type Build = Call<'POST /build'>

const endless = () => new Readable({ read() {} })

/** What a layer makes of a body of which the rest never comes. */
const bodies: Record<string, (call: Build) => Readable> = {
  'pipes it through a stream': (call) => call.body.pipe(new PassThrough()),
  'builds a pipeline of it': (call) => pipeline(call.body, new PassThrough(), () => {}),
  'sends another that has no end': endless,
}

const half = 'POST /build HTTP/1.1\r\nHost: docker\r\nContent-Length: 100\r\n\r\nhalf'

describe.each(transports)('a client that leaves inside a body, over %s', (transport) => {
  it.each(Object.entries(bodies))('takes everything with it where a layer %s', async (_, bodyOf) => {
    const streams: Readable[] = []
    const layers = intermediate({ onError: () => {} }).use('POST /build', async (call, next) => {
      const body = bodyOf(call)
      streams.push(body)
      call.body = body
      return next(call)
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(half)
    const engine = await to.upstream.connection(0)
    await engine.head()
    client.destroy()
    await engine.closed()
    await nobodyLeft(to)
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true])
  })
})

describe('a client that ends its side inside a body', () => {
  it.each(Object.entries(bodies))('is told so where a layer %s', async (_, bodyOf) => {
    const layers = intermediate({ onError: () => {} }).use('POST /build', async (call, next) => {
      call.body = bodyOf(call)
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(half)
    const engine = await to.upstream.connection(0)
    await engine.head()
    await client.end()
    expect((await client.response()).body.toString()).toBe(
      '{"message":"POST /build came to no reply: the client ended its side inside a body."}\n',
    )
    await engine.closed()
    await client.closed()
  })

  it('before its call goes on is told so, and nothing goes on', async () => {
    let ended!: () => void
    const end = new Promise<void>((resolve) => (ended = resolve))
    const layers = intermediate({ onError: () => {} }).use('POST /build', async (call, next) => {
      call.signal.addEventListener('abort', () => ended())
      const taken = call.body
      call.body = taken.pipe(new PassThrough())
      await end
      await finished(taken).catch(() => {})
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(half)
    await client.end()
    expect((await client.response()).status).toBe(400)
    await client.closed()
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('behind it is answered', async () => {
    const layers = intermediate().use('POST /build', async (call, next) => {
      call.body = call.body.pipe(new PassThrough())
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /build', [], 'whole'))
    await client.end()
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(to.upstream.requests[0]!.body.toString()).toBe('whole')
  })
})
