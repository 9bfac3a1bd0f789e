import { describe, expect, it } from 'vitest'
import { byHand, ok, ping, request, response } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const build = request('POST /v1.45/build', ['Content-Type: application/x-tar', 'Content-Length: 100000'])
const half = 'x'.repeat(50_000)
const refusal = response('400 Bad Request', '{"message":"no such Dockerfile"}')
const lastRefusal = response('413 Too Large', '', ['Connection: close', 'Content-Length: 0'])

describe.each(everyWay)('a reply while the body is still coming, over $transport with $stack', (way) => {
  it('arrives at once, and the rest of the body still reaches the engine', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(build + half)
    const engine = await to.upstream.connection(0)
    await engine.head()
    await engine.send(refusal)
    expect((await client.response()).raw.toString()).toBe(refusal)
    await client.send(half + ping)
    expect((await engine.bytes(100_000)).toString()).toBe(half + half)
    expect((await engine.request()).raw.toString()).toBe(ping)
    await engine.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('ends the connection if it says so', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(build + half)
    const engine = await to.upstream.connection(0)
    await engine.head()
    await engine.send(lastRefusal)
    await engine.end()
    expect((await client.response()).raw.toString()).toBe(lastRefusal)
    await client.ended()
    await engine.gone()
  })

  it('arrives though the client never stops sending, and the engine reads no more', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(build.replace('100000', '100000000000'))
    const engine = await to.upstream.connection(0)
    await engine.head()
    const sending = (async () => {
      while (!client.isEnded) await client.send(half)
    })().catch(() => {})
    engine.pause()
    await engine.send(lastRefusal)
    await engine.end()
    expect((await client.response()).raw.toString()).toBe(lastRefusal)
    await client.ended()
    client.destroy()
    await sending
  })

  it('arrives though the engine closes behind it', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(build)
    const engine = await to.upstream.connection(0)
    await engine.head()
    await engine.send(lastRefusal)
    engine.destroy()
    await client.send(half)
    expect((await client.response()).raw.toString()).toBe(lastRefusal)
  })
})
