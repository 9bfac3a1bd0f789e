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
  response,
  upgraded,
} from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'

const detachedExecStart = execStart.replace('false', 'true ')

describe.each(everyWay)('client bytes before the reply, over $transport with $stack', (way) => {
  it.each([
    { form: 'attach with Upgrade', call: attach, reply: upgraded },
    { form: 'attach without Upgrade', call: plainAttach, reply: hijacked },
    { form: 'exec with a body', call: execStart, reply: upgraded },
  ])('$form: they wait until the tunnel is open', async ({ call, reply }) => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(`${call}early`)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await client.send(' bird')
    await meanwhile(to)
    // An engine that gets them with the head, or before it has answered, loses them.
    expect(engine.receivedText).toBe(call)
    await engine.send(reply)
    expect(await client.head()).toBe(reply)
    await client.send(' sings')
    await engine.until('sings')
    expect(engine.receivedText).toBe(`${call}early bird sings`)
  })

  it.each([
    {
      form: 'an error',
      call: attach,
      reply: response('404 Not Found', '{"message":"No such container: web"}'),
    },
    { form: 'a conflict', call: execStart, reply: response('409 Conflict', '{"message":"not running"}') },
    {
      form: 'a detached exec',
      call: detachedExecStart,
      reply: response('200 OK', '', ['Content-Length: 0']),
    },
    {
      form: 'an empty chunked body',
      call: attach,
      reply: response('200 OK', '0\r\n\r\n', ['Transfer-Encoding: chunked']),
    },
  ])('$form is no tunnel: they are the next request', async ({ call, reply }) => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(call + ping)
    const engine = await to.upstream.connection(0)
    expect((await engine.request()).raw.toString()).toBe(call)
    await meanwhile(to)
    expect(engine.receivedText).toBe(call)
    await engine.send(reply)
    expect((await client.response()).raw.toString()).toBe(reply)
    expect((await engine.request()).raw.toString()).toBe(ping)
    await engine.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('after a body that ends where the connection does, nothing more is read', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(attach + ping)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(response('400 Bad Request', 'no', []))
    await engine.end()
    expect((await client.response()).body.toString()).toBe('no')
    await engine.closed()
    expect(engine.receivedText).toBe(attach)
  })

  it('what cannot be read as a request is refused, after the reply', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(`${attach}ls -l\n`)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(response('404 Not Found', '{}'))
    expect((await client.response()).status).toBe(404)
    expect((await client.response()).status).toBe(400)
    await client.closed()
    expect(engine.receivedText).toBe(attach)
  })
})
