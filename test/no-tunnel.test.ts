import { describe, expect, it } from 'vitest'
import {
  attach,
  byHand,
  execStart,
  hijacked,
  meanwhile,
  ok,
  ping,
  plainAttach,
  request,
  response,
  upgrade,
  upgraded,
} from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const halfSentExec = request('POST /exec/3fa1/start', upgrade, 'x'.repeat(100_000)).slice(0, -1)
const quiet = { onError: () => {} }

describe.each(everyWay)('only a reply opens a tunnel, over $transport with $stack', (way) => {
  it.each([
    { what: 'on an attach that asked for none', call: plainAttach },
    { what: 'on an ordinary call that asked for one', call: request('GET /info', upgrade) },
    { what: 'on an ordinary call', call: ping },
    { what: 'while the body of the call is still coming', call: halfSentExec },
  ])('a 101 $what is refused, and nothing passes', async ({ call }) => {
    await using to = await setUp(way, byHand, quiet)
    await using client = await to.client()
    await client.send(call)
    const engine = await to.upstream.connection(0)
    await engine.bytes(call.length)
    await engine.send(`${upgraded}psst`)
    const refusal = await client.response()
    expect(refusal.status).toBe(502)
    expect(JSON.parse(refusal.body.toString()).message).toMatch(
      /^(GET|POST) \/\S+: the reply of (unix|tcp):\S+ switches protocols on a call that did not ask for it\.$/,
    )
    await engine.gone()
    expect(client.receivedText).not.toContain('psst')
  })

  it('an Upgrade on a call that follows its log opens none: what the client sends is the next request', async () => {
    const logs = request('GET /containers/web/logs?follow=1&stdout=1', upgrade)
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(`${logs}not for the engine`)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`${hijacked}a line\n`)
    await client.until('a line\n')
    await meanwhile(to)
    await engine.send('another\n')
    await engine.end()
    await client.until('another\n')
    await client.closed()
    expect(engine.receivedText).toBe(logs)
  })

  it.each([
    {
      what: 'an error',
      call: attach,
      reply: response('404 Not Found', '{"message":"No such container: web"}'),
    },
    { what: 'a conflict', call: execStart, reply: response('409 Conflict', '{"message":"not running"}') },
    { what: 'a detached exec', call: execStart, reply: response('200 OK') },
    {
      what: 'the type of a stream with a length',
      call: attach,
      reply: response('200 OK', '{}', [
        'Content-Type: application/vnd.docker.raw-stream',
        'Content-Length: 2',
      ]),
    },
    {
      what: 'the type of a stream in chunks',
      call: attach,
      reply: response('200 OK', '2\r\n{}\r\n0\r\n\r\n', [
        'Content-Type: application/vnd.docker.raw-stream',
        'Transfer-Encoding: chunked',
      ]),
    },
    {
      what: 'the type of a stream without content',
      call: attach,
      reply: response('204 No Content', '', ['Content-Type: application/vnd.docker.raw-stream']),
    },
    { what: 'a 304', call: attach, reply: response('304 Not Modified', '', []) },
  ])('$what opens none, and the connection goes on', async ({ call, reply }) => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    const engine = to.upstream.connection(0)
    for (const [sent, answered] of [
      [call, reply],
      [ping, ok],
    ] as const) {
      await client.send(sent)
      expect((await (await engine).request()).raw.toString()).toBe(sent)
      await (await engine).send(answered)
      expect((await client.response()).raw.toString()).toBe(answered)
    }
    expect(to.upstream.connections).toHaveLength(1)
    await client.send('ls -l\n')
    expect((await client.response()).status).toBe(400)
  })

  it('a stream without length or of another type ends with the connection, and nothing goes the other way', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(`${attach}stdin`)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(response('200 OK', 'text', ['Content-Type: text/plain']))
    await engine.end()
    expect((await client.response()).body.toString()).toBe('text')
    await engine.closed()
    expect(engine.receivedText).toBe(attach)
  })

  it('a HEAD has no tunnel, whatever its reply says', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(request('HEAD /unknown'))
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(hijacked)
    expect((await client.response({ head: true })).raw.toString()).toBe(hijacked)
    await client.send('ls -l\n')
    expect((await client.response()).status).toBe(400)
  })

  it('a call that the API does not have may open one, until somebody judges it', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(request('POST /moby/next', upgrade))
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    expect(await client.head()).toBe(upgraded)
    await client.send('stdin')
    await engine.until('stdin')
  })
})
