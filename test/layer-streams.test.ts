import { addAbortSignal, Duplex, PassThrough, Readable, Transform } from 'node:stream'
import type { ErrorReport, Layer, Reply } from '@intermediate/core'
import { decodeFrames, intermediate, reply, tunnel } from '@intermediate/core'
import { answer, closeMidReply } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import {
  attach,
  byHand,
  hijackedMultiplexed,
  meanwhile,
  nobodyLeft,
  ok,
  plainAttach,
  request,
  response,
  upgraded,
} from './docker-calls.js'
import { setUpWith } from './matrix.js'

const json = 'Content-Type: application/json'
const notBytes = /gave an object, where bytes or text are due/
const frame = Buffer.from('\u0001\0\0\0\0\0\0\u0005hello')

/** Layers, and what they report. */
function told(layer: Layer) {
  const reports: ErrorReport[] = []
  const layers = intermediate({ onError: (report) => void reports.push(report) }).use(layer)
  return { layers, reports }
}

/** A reply whose items are changed one by one, whatever it answers. */
function itemwise(replied: Reply, change = (item: unknown) => item): Reply {
  const { items } = replied as unknown as { items(change: (item: unknown) => unknown): void }
  items.call(replied, change)
  return replied
}

/** Gives this, and then nothing more. */
function giving(...items: unknown[]): Readable {
  return Readable.from(items)
}

describe('what a stream of a layer gives that is neither bytes nor text', () => {
  it('fails the call that it was given to', async () => {
    const { layers, reports } = told(async function objects(call, next) {
      call.body = giving({ a: 1 })
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /images/load', [], 'tar'))
    const { status, body } = await client.response()
    expect(status).toBe(500)
    expect(body.toString()).toMatch(/failed in the layer \\"objects\\"/)
    expect(reports).toMatchObject([{ layer: 'objects', error: { message: expect.stringMatching(notBytes) } }])
    expect(to.upstream.requests).toEqual([])
  })

  it('fails a call of its own', async () => {
    const { layers, reports } = told(async (call) => {
      await call.ask('POST /images/load', { body: giving('tar', { a: 1 }) })
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(500)
    expect(reports).toMatchObject([{ error: { message: expect.stringMatching(notBytes) } }])
  })

  it('cuts the reply that it is the body of', async () => {
    const { layers, reports } = told(async function objects() {
      return reply(200, giving('begun', { a: 1 }))
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.closed()).toString()).toMatch(/\r\n\r\n5\r\nbegun\r\n$/)
    expect(reports).toMatchObject([{ layer: 'objects', error: { message: expect.stringMatching(notBytes) } }])
    await nobodyLeft(to)
  })

  it('is not read as JSON or as items', async () => {
    const { layers, reports } = told(async (call, next) => {
      const replied = await next(call)
      replied.body = giving({ a: 1 })
      if (call.endpoint === 'GET /info') await replied.json()
      else itemwise(replied)
      return replied
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    for (const path of ['/info', '/containers/json']) {
      await using client = await to.client()
      await client.send(request(`GET ${path}`, ['Connection: close']))
      await client.closed()
    }
    expect(reports).toHaveLength(2)
    for (const { error } of reports) expect(String(error)).toMatch(notBytes)
  })

  const objectTunnels: Record<string, (inner: Duplex) => Duplex> = {
    'one half': (inner) => Duplex.from({ readable: inner.pipe(decodeFrames()), writable: inner }),
    'a whole stream': (inner) => inner.pipe(decodeFrames()),
  }
  it.each(Object.entries(objectTunnels))('cuts the tunnel that it comes from: %s', async (_, wrap) => {
    const { layers, reports } = told(async (call, next) => {
      const replied = await next(call)
      return replied.tunnel === undefined ? replied : replied.withTunnel(wrap(replied.tunnel))
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(plainAttach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(hijackedMultiplexed)
    await client.head()
    await engine.send(frame)
    expect((await client.closed()).toString()).toBe('')
    await engine.closed()
    expect(reports).toMatchObject([{ error: { message: expect.stringMatching(notBytes) } }])
    await nobodyLeft(to)
  })

  it('is not what a stream in object mode gives that gives text and bytes', async () => {
    const { layers, reports } = told(async (call, next) => {
      if (call.endpoint === 'GET /info')
        return reply(200, giving('te', Buffer.from('x'), new Uint8Array([116])))
      call.body = giving('{"a"', Buffer.from(':1}'))
      await call.json()
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).body.toString()).toBe('text')
    await client.send(request('POST /containers/create', [json], '{}'))
    await client.response()
    expect(to.upstream.requests[0]!.body.toString()).toBe('{"a":1}')
    expect(reports).toEqual([])
  })

  it('a tunnel in object mode takes and gives bytes', async () => {
    const echo = () => new PassThrough({ objectMode: true })
    await using to = await setUpWith(told(async () => tunnel(echo())).layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(`${attach}hello`)
    await client.head()
    expect((await client.bytes(5)).toString()).toBe('hello')
    await client.end()
    await client.ended()
    await nobodyLeft(to)
  })
})

describe('what goes wrong while a reply is sent is told to whoever runs this', () => {
  it('where the change of an item throws', async () => {
    const { layers, reports } = told(async function broken(call, next) {
      return itemwise(await next(call), () => {
        throw new TypeError('of the author')
      })
    })
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', '[{"Id":"a"}]')))
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    await client.closed()
    expect(reports).toMatchObject([
      {
        id: undefined,
        method: 'GET',
        path: '/containers/json',
        layer: 'broken',
        error: { message: 'of the author' },
      },
    ])
  })

  it('with the name of the layer that it came up in, and not of one further out', async () => {
    const reports: ErrorReport[] = []
    const layers = intermediate({ onError: (report) => void reports.push(report) })
      .use(async function outer(call, next) {
        return itemwise(await next(call))
      })
      .use(async function inner(call, next) {
        return itemwise(await next(call), () => {
          throw new TypeError('of the author')
        })
      })
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', '[{"Id":"a"}]')))
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    await client.closed()
    expect(reports).toMatchObject([{ layer: 'inner', error: { message: 'of the author' } }])
  })

  it('where a stream fails, or ends too early', async () => {
    const failing = new Readable({ read: () => failing.destroy(new Error('of the author')) })
    const ending = new Readable({ read: () => ending.destroy() })
    const { layers, reports } = told(async function broken(call) {
      return reply(200, call.endpoint === 'GET /info' ? failing : ending)
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    for (const path of ['/info', '/version']) {
      await using client = await to.client()
      await client.send(request(`GET ${path}`))
      await client.closed()
    }
    expect(reports).toMatchObject([
      { layer: 'broken', path: '/info', error: { message: 'of the author' } },
      { layer: 'broken', path: '/version', error: { message: 'the stream was destroyed before its end' } },
    ])
  })

  it('where the body of a call fails whose reply is on its way', async () => {
    const body = new PassThrough()
    const { layers, reports } = told(async (call, next) => {
      call.body = body
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('POST /build', [], 'tar'))
    const engine = await to.upstream.connection(0)
    await engine.head()
    await engine.send(response('200 OK', '', ['Transfer-Encoding: chunked']))
    await client.head()
    body.destroy(new Error('of the author'))
    await client.closed()
    expect(reports).toMatchObject([{ error: { message: 'of the author' } }])
  })

  const brokenTunnels: Record<string, () => Duplex> = {
    fails: () => new Transform({ transform: (_bytes, _encoding, done) => done(new Error('of the author')) }),
    throws: () =>
      new Transform({
        transform() {
          throw new Error('of the author')
        },
      }),
  }
  it.each(Object.entries(brokenTunnels))('where a tunnel %s', async (_, broken) => {
    const { layers, reports } = told(async function faulty() {
      return tunnel(broken())
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(`${attach}input`)
    await client.closed()
    expect(reports).toMatchObject([{ layer: 'faulty', error: { message: 'of the author' } }])
    await nobodyLeft(to)
  })

  it('where a tunnel ends too early', async () => {
    const stream = new PassThrough()
    const { layers, reports } = told(async () => tunnel(stream))
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    stream.destroy()
    await client.closed()
    expect(reports).toMatchObject([{ error: { message: 'the stream was destroyed before its end' } }])
  })

  it('on stderr where nobody else listens', async () => {
    const written: string[] = []
    const { write } = process.stderr
    process.stderr.write = (text: string | Uint8Array) => written.push(String(text)) > 0
    try {
      const layers = intermediate().use(async function broken() {
        return reply(200, giving({ a: 1 }))
      })
      await using to = await setUpWith(layers, 'unix', byHand)
      await using client = await to.client()
      await client.send(request('GET /info'))
      await client.closed()
    } finally {
      process.stderr.write = write
    }
    expect(written.join('')).toMatch(/^intermediate: GET \/info in the layer "broken": /)
  })
})

describe('nobody is told', () => {
  it('of a client that has left', async () => {
    const { layers, reports } = told(async (call, next) => {
      if (call.endpoint === 'POST /containers/:id/attach') return tunnel(new PassThrough())
      if (call.endpoint === 'GET /info') return reply(200, addAbortSignal(call.signal, new PassThrough()))
      return itemwise(await next(call))
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    for (const call of [request('GET /info'), request('GET /events'), attach]) {
      await using client = await to.client()
      await client.send(call)
      if (call.includes('/events')) {
        const engine = await to.upstream.connection(0)
        await engine.request()
        await engine.send(`${response('200 OK', '', ['Transfer-Encoding: chunked'])}1\r\n{\r\n`)
      }
      await client.head()
      client.destroy()
      for (const engine of to.upstream.connections) {
        await engine.ended()
        engine.destroy()
      }
      await nobodyLeft(to)
    }
    expect(reports).toEqual([])
  })

  it('of an engine that died inside its reply', async () => {
    const { layers, reports } = told(async (call, next) => {
      return itemwise(await next(call))
    })
    const begun = `${response('200 OK', '', ['Content-Length: 100'])}[{"Id":"a"},`
    await using to = await setUpWith(layers, 'unix', closeMidReply(begun))
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    await client.closed()
    await nobodyLeft(to)
    expect(reports).toEqual([])
  })

  it('of an engine whose tunnel is reset', async () => {
    const { layers, reports } = told(async (call, next) => {
      const replied = await next(call)
      const inner = replied.tunnel!
      const same = new PassThrough()
      return replied.withTunnel(Duplex.from({ readable: inner.pipe(same), writable: inner }))
    })
    await using to = await setUpWith(layers, 'tcp', byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    await client.head()
    engine.socket.resetAndDestroy()
    await client.closed()
    await nobodyLeft(to)
    expect(reports).toEqual([])
  })
})

describe('a stream that a layer replies with', () => {
  it('goes on after its client has ended its side', async () => {
    const stream = new PassThrough()
    const layers = intermediate().use('GET /events', async () => reply(200, stream))
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('GET /events'))
    await client.head()
    await client.end()
    await meanwhile(to)
    stream.end('still here')
    expect((await client.ended()).toString()).toContain('still here')
    await nobodyLeft(to)
  })
})
