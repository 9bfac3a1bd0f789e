import { Duplex, PassThrough, Transform } from 'node:stream'
import type { ErrorReport, Reply } from '@intermediate/core'
import { intermediate, reply } from '@intermediate/core'
import { describe, expect, it } from 'vitest'
import { attach, byHand, meanwhile, nobodyLeft, ok, ping, response, upgraded } from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

/** A layer that makes another reply of one with a tunnel. */
function changing(change: (reply: Reply, tunnel: Duplex) => Reply) {
  return intermediate().use('POST /containers/:id/attach', async (call, next) => {
    const replied = await next(call)
    return replied.tunnel === undefined ? replied : change(replied, replied.tunnel)
  })
}

const looking = changing((replied, tunnel) => (tunnel.readable ? replied : reply(500)))
const returning = changing((replied, tunnel) => replied.withTunnel(tunnel))
const tapping = (notes: string[]) =>
  changing((replied, tunnel) => {
    tunnel.on('data', (bytes: Buffer) => notes.push(bytes.toString()))
    return replied
  })
const wrapping = (wrap: (tunnel: Duplex) => Duplex) =>
  changing((replied, tunnel) => replied.withTunnel(wrap(tunnel)))

/** The output in capitals, the input as it comes. */
function shouting(tunnel: Duplex): Duplex {
  const shout = new Transform({
    transform: (bytes, _encoding, done) => done(null, String(bytes).toUpperCase()),
  })
  return Duplex.from({ readable: tunnel.pipe(shout), writable: tunnel })
}

const ways = [
  { how: 'looks at it', layers: looking },
  { how: 'reads along', layers: tapping([]) },
  { how: 'returns it again', layers: returning },
  { how: 'puts a stream around it', layers: wrapping(shouting) },
]

describe.each(transports)("a layer at the engine's tunnel, over %s", (transport) => {
  describe.each(ways)('that $how', ({ layers }) => {
    it('lets the output come after the end of stdin', async () => {
      await using to = await setUpWith(layers, transport, byHand)
      await using client = await to.client()
      await client.send(`${attach}early`)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(`${upgraded}PROMPT`)
      expect(await client.head()).toBe(upgraded)
      expect((await client.bytes(6)).toString()).toBe('PROMPT')
      await client.end()
      expect((await engine.ended()).toString()).toBe('early')
      await engine.send('OUTPUT')
      await engine.end()
      expect((await client.ended()).toString()).toBe('OUTPUT')
      await nobodyLeft(to)
    })

    it('lets stdin come after the end of the output', async () => {
      await using to = await setUpWith(layers, transport, byHand)
      await using client = await to.client()
      await client.send(attach)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(upgraded)
      await engine.end()
      expect(await client.head()).toBe(upgraded)
      await client.ended()
      await client.send('input')
      await client.end()
      expect((await engine.ended()).toString()).toBe('input')
      await nobodyLeft(to)
    })

    it("passes the end of stdin on that came before the engine's reply", async () => {
      await using to = await setUpWith(layers, transport, byHand)
      await using client = await to.client()
      await client.send(attach)
      await client.end()
      const engine = await to.upstream.connection(0)
      await engine.ended()
      await engine.send(upgraded)
      await engine.send('OUTPUT')
      await engine.end()
      await client.until('OUTPUT')
      await client.ended()
      await nobodyLeft(to)
    })

    it('does not keep it when the client leaves', async () => {
      await using to = await setUpWith(layers, transport, byHand)
      const client = await to.client()
      await client.send(attach)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(upgraded)
      await client.head()
      client.reset()
      await engine.closed()
    })

    it('survives the loss of the engine', async () => {
      await using to = await setUpWith(layers, transport, byHand)
      await using client = await to.client()
      await client.send(attach)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(upgraded)
      await client.head()
      await client.send('input')
      await engine.until('input')
      engine.reset()
      await client.closed()
      await meanwhile(to)
    })
  })

  it('can change what passes', async () => {
    await using to = await setUpWith(wrapping(shouting), transport, byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`${upgraded}hush`)
    expect(await client.head()).toBe(upgraded)
    expect((await client.bytes(4)).toString()).toBe('HUSH')
    await client.send('psst')
    expect((await engine.bytes(4)).toString()).toBe('psst')
  })

  it('can read along', async () => {
    const notes: string[] = []
    await using to = await setUpWith(tapping(notes), transport, byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`${upgraded}one `)
    await client.until('one ')
    await engine.send('two')
    await client.until('two')
    expect(notes.join('')).toBe('one two')
  })

  it("is told of the end of stdin that came before the engine's reply", async () => {
    let told = () => {}
    const ended = new Promise<void>((resolve) => (told = resolve))
    const layers = wrapping((tunnel) => shouting(tunnel).on('finish', told))
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(attach)
    await client.end()
    const engine = await to.upstream.connection(0)
    await engine.ended()
    await engine.send(upgraded)
    await ended
  })

  it('has its tunnel closed when the client leaves', async () => {
    let close = () => {}
    const closed = new Promise<void>((resolve) => (close = resolve))
    const layers = wrapping((tunnel) => shouting(tunnel.on('close', close)))
    await using to = await setUpWith(layers, transport, byHand)
    const client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    await client.head()
    client.reset()
    await Promise.all([engine.closed(), closed])
  })

  it('cannot put one where the engine opened none', async () => {
    const reports: ErrorReport[] = []
    const layers = intermediate({ onError: (report) => reports.push(report) })
    layers.use('POST /containers/:id/attach', async (call, next) =>
      (await next(call)).withTunnel(new PassThrough()),
    )
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(response('404 Not Found', '{"message":"No such container: web"}'))
    expect((await client.response()).status).toBe(500)
    expect(reports.map(({ error }) => String(error))).toEqual([
      'TypeError: a reply without a tunnel cannot take another: answer with tunnel(…) instead',
    ])
  })

  it('may answer something else', async () => {
    await using to = await setUpWith(
      changing(() => reply(403, { message: 'no shells here' })),
      transport,
      byHand,
    )
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`${upgraded}prompt`)
    expect((await client.response()).status).toBe(403)
    await engine.closed()
    await client.send(ping)
    const second = await to.upstream.connection(1)
    expect((await second.request()).raw.toString()).toBe(ping)
    await second.send(ok)
    expect((await client.response()).status).toBe(200)
  })
})
