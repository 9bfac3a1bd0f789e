import { describe, expect, it } from 'vitest'
import { byHand, ok, request, response } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const goOn = response('100 Continue', '', [])
const hints = response('103 Early Hints', '', ['Link: </style.css>; rel=preload'])
const load = request('POST /images/load', ['Expect: 100-continue', 'Content-Length: 4'])

describe.each(everyWay)('informational replies, over $transport with $stack', (way) => {
  it('100 reaches the client that waits for it', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(load)
    const engine = await to.upstream.connection(0)
    expect(await engine.head()).toBe(load)
    expect(client.received).toHaveLength(0)
    await engine.send(goOn)
    expect((await client.response()).raw.toString()).toBe(goOn)
    await client.send('file')
    await engine.until('file')
    await engine.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('a refusal reaches it as well, and it need not send the body', async () => {
    const refusal = response('417 Expectation Failed', '', ['Connection: close', 'Content-Length: 0'])
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(load)
    const engine = await to.upstream.connection(0)
    await engine.head()
    await engine.send(refusal)
    expect((await client.response()).raw.toString()).toBe(refusal)
    await client.ended()
  })

  it('others pass as they come, before their reply', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(request('GET /info'))
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(hints)
    expect((await client.response()).raw.toString()).toBe(hints)
    await engine.send(hints + hints + ok)
    expect((await client.response()).raw.toString()).toBe(hints)
    expect((await client.response()).raw.toString()).toBe(hints)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('no client of HTTP/1.0 gets one', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send('POST /exec/3fa1/start HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}')
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(goOn + hints + ok)
    expect((await client.closed()).toString()).toBe(ok)
  })
})
