import { Readable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { intermediate, type Layer, reply } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, ok, ping, request, response, upgraded } from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

const info = request('GET /info')
const json = 'Content-Type: application/json'

function ofInfo(layer: Layer) {
  return intermediate({ onError: () => {} }).use('GET /info', layer)
}

const changes = ofInfo(async function changes(call, next) {
  const answered = await next(call)
  const body = (await answered.json()) as { Name?: string }
  body.Name = 'changed'
  return answered
})

const bytes = (head: string, body: Buffer) => Buffer.concat([Buffer.from(head), body])
const text = '{"Name": "engine", "MemTotal": 9007199254740993}'
const changed = '{"Name":"changed","MemTotal":9007199254740993}\n'

describe.each(transports)('the body of a reply, over %s', (transport) => {
  it.each([
    ['with a length', response('200 OK', text, [json, `Content-Length: ${text.length}`])],
    [
      'in chunks',
      response(
        '200 OK',
        `10\r\n${text.slice(0, 16)}\r\n${(text.length - 16).toString(16)}\r\n${text.slice(16)}\r\n0\r\nX: y\r\n\r\n`,
        [json, 'Transfer-Encoding: chunked', 'Trailer: X'],
      ),
    ],
    ['to the end of the connection', response('200 OK', text, [json])],
    [
      'compressed with gzip',
      bytes(
        `HTTP/1.1 200 OK\r\n${json}\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n`,
        chunk(gzipSync(text)),
      ),
    ],
    [
      'compressed with deflate',
      bytes(
        `HTTP/1.1 200 OK\r\n${json}\r\nContent-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n`,
        chunk(deflateSync(text)),
      ),
    ],
    [
      'compressed with br',
      bytes(
        `HTTP/1.1 200 OK\r\n${json}\r\nContent-Encoding: BR\r\nTransfer-Encoding: chunked\r\n\r\n`,
        chunk(brotliCompressSync(text)),
      ),
    ],
  ])('%s is read, and what the layer made of it is sent with its length', async (how, sent) => {
    await using to = await setUpWith(changes, transport, async (connection) => {
      for await (const _ of connection.eachRequest()) {
        await connection.send(sent)
        if (how.startsWith('to the end')) await connection.end()
      }
    })
    await using client = await to.client()
    for (let n = 0; n < 2; n++) {
      await client.send(info)
      const { status, body, header } = await client.response()
      expect([status, body.toString()]).toEqual([200, changed])
      expect(header('content-length')).toBe(String(changed.length))
      for (const name of ['transfer-encoding', 'content-encoding', 'trailer', 'connection'])
        expect(header(name)).toBeUndefined()
    }
  })

  it('is read on one connection as often as it is asked for, and nothing piles up', async () => {
    const warnings: Error[] = []
    const warned = (warning: Error) => warnings.push(warning)
    process.on('warning', warned)
    try {
      await using to = await setUpWith(
        changes,
        transport,
        answer(response('200 OK', text, [json, `Content-Length: ${text.length}`])),
      )
      await using client = await to.client()
      for (let n = 0; n < 20; n++) {
        await client.send(info)
        await client.response()
      }
      expect(to.upstream.connections).toHaveLength(1)
      expect(warnings).toEqual([])
    } finally {
      process.off('warning', warned)
    }
  })

  it('of HEAD, 204 and 304 is none, and the head stays as it was', async () => {
    const reads = intermediate().use(async (call, next) => {
      const answered = await next(call)
      expect(await answered.json()).toEqual({})
      return answered
    })
    const heads = [
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
      'HTTP/1.1 204 No Content\r\nX: y\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
    ]
    let n = 0
    await using to = await setUpWith(
      reads,
      transport,
      answer(() => heads[n++]!),
    )
    await using client = await to.client()
    for (const [index, call] of [
      request('HEAD /_ping'),
      request('POST /containers/a/start'),
      request('POST /containers/a/start'),
    ].entries()) {
      await client.send(call)
      expect((await client.response({ head: true })).raw.toString()).toBe(heads[index])
    }
    expect(to.upstream.connections).toHaveLength(1)
  })

  it('may be a stream, of which the client takes what it wants', async () => {
    const layers = intermediate().use('GET /info', async () =>
      reply(200, Readable.from(['one', '', 'two'], { objectMode: false })),
    )
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    for (let n = 0; n < 2; n++) {
      await client.send(info)
      const { body, header } = await client.response()
      expect([body.toString(), header('transfer-encoding')]).toEqual(['onetwo', 'chunked'])
    }
    await client.send('GET /info HTTP/1.0\r\n\r\n')
    const { body, header } = await client.response()
    expect([body.toString(), header('transfer-encoding')]).toEqual(['onetwo', undefined])
    await client.ended()
  })

  it('that ends in an error ends the connection: nothing is appended', async () => {
    const layers = intermediate().use('GET /info', async () => {
      return reply(
        200,
        Readable.from(
          (async function* () {
            yield 'begun'
            throw new Error('broken')
          })(),
          { objectMode: false },
        ),
      )
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(info)
    expect((await client.closed()).toString()).toMatch(/begun\r\n$/)
  })

  it('may be changed as it comes', async () => {
    const layers = ofInfo(async (call, next) => {
      const answered = await next(call)
      answered.body = Readable.from(upper(answered.body), { objectMode: false })
      return answered
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(info)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour')
    await client.until('FOUR')
    await engine.send('more')
    await client.until('MORE\r\n0\r\n\r\n')
    await client.send(ping)
    await engine.request()
  })

  it.each([
    ['is not JSON', response('200 OK', 'no'), /is not what it should be/],
    ['is more than is read', response('200 OK', `"${'x'.repeat(9_000_000)}"`), /more than the 8388608 bytes/],
  ])('that %s is 502', async (_, sent, message) => {
    await using to = await setUpWith(changes, transport, answer(sent))
    await using client = await to.client()
    await client.send(info)
    const failure = await client.response()
    expect(failure.status).toBe(502)
    expect((JSON.parse(failure.body.toString()) as { message: string }).message).toMatch(message)
    await client.send(ping)
  })

  it('that is lost on the way is 502, as long as nothing was sent', async () => {
    await using to = await setUpWith(changes, transport, async (connection) => {
      await connection.request()
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half')
      connection.destroy()
    })
    await using client = await to.client()
    await client.send(info)
    const failure = await client.response()
    expect(failure.status).toBe(502)
    expect((JSON.parse(failure.body.toString()) as { message: string }).message).toMatch(
      /^GET \/info: the reply of \S+ was lost before its end\.$/,
    )
  })
})

describe.each(transports)('the items of a reply, over %s', (transport) => {
  const mine = intermediate()
    .use('GET /containers/json', async function mine(call, next) {
      const answered = await next(call)
      if (answered.ok) answered.items((item) => (item.Labels?.['owner'] === 'me' ? item : undefined))
      return answered
    })
    .use('GET /events', async function named(call, next) {
      const answered = await next(call)
      if (answered.ok)
        answered.items((event) => {
          event.scope = 'here'
          return event
        })
      return answered
    })

  it('are dropped from a list that comes in pieces', async () => {
    const list = '[{"Id":"1","Labels":{"owner":"me"}}, {"Id":"2"},{"Id":"3","Labels":{"owner":"me"},"n":1.0}]'
    await using to = await setUpWith(mine, transport, byHand)
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(
      `HTTP/1.1 200 OK\r\n${json}\r\nContent-Length: ${list.length}\r\n\r\n${list.slice(0, 50)}`,
    )
    await client.until('{"Id":"1"')
    await engine.send(list.slice(50))
    await client.until('\r\n0\r\n\r\n')
    const chunks = client.receivedText.split('\r\n').filter((line) => /^[^\s]*\{|^[[\]]/.test(line))
    expect(chunks.join('').replaceAll(/\s/g, '')).toBe(
      '[{"Id":"1","Labels":{"owner":"me"}},{"Id":"3","Labels":{"owner":"me"},"n":1.0}]',
    )
  })

  it('of a stream are sent one by one, as they come', async () => {
    await using to = await setUpWith(mine, transport, byHand)
    await using client = await to.client()
    await client.send(request('GET /events'))
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`HTTP/1.1 200 OK\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n`)
    await client.until('\r\n\r\n')
    for (const id of ['1', '2']) {
      await engine.send(`b\r\n{"id":"${id}"}\n\r\n`)
      await client.until(`{"id":"${id}","scope":"here"}`)
    }
    await client.end()
    await engine.ended()
  })

  it('are none in an error, which passes as it came', async () => {
    const gone = response('404 Not Found', '{"message":"no"}')
    await using to = await setUpWith(mine, transport, answer(gone))
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    expect((await client.response()).raw.toString()).toBe(gone)
  })
})

describe('a reply', () => {
  it('has other fields, and its body is spliced', async () => {
    const layers = ofInfo(async (call, next) => {
      const answered = await next(call)
      answered.headers.set('Server', 'mine')
      answered.headers.delete('x-secret')
      return answered
    })
    await using to = await setUpWith(
      layers,
      'unix',
      answer('HTTP/1.1 200 OK\r\nserver: d\r\nX-Secret: 1\r\nContent-Length: 2\r\n\r\nOK'),
    )
    await using client = await to.client()
    await client.send(info)
    expect((await client.response()).raw.toString()).toBe(
      'HTTP/1.1 200 OK\r\nServer: mine\r\nContent-Length: 2\r\n\r\nOK',
    )
  })

  it.each(['untouched', 'touched', 'wrapped'] as const)(
    'has other fields, and its tunnel is %s',
    async (how) => {
      const layers = intermediate().use('POST /containers/:id/attach', async (call, next) => {
        const answered = await next(call)
        answered.headers.set('X-New', 'y')
        const { tunnel } = answered
        if (how === 'touched') tunnel!.write('from the layer,')
        return how === 'wrapped' ? answered.withTunnel(tunnel!) : answered
      })
      await using to = await setUpWith(layers, 'unix', byHand)
      await using client = await to.client()
      await client.send(attach)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(upgraded)
      expect(await client.head()).toMatch(/^HTTP\/1\.1 101 .*X-New: y\r\n\r\n$/s)
      await client.send('stdin')
      await engine.until(how === 'touched' ? 'from the layer,stdin' : 'stdin')
    },
  )

  it('is ok for 2xx only, and says what is wrong otherwise', async () => {
    const seen: unknown[] = []
    const layers = ofInfo(async (call, next) => {
      const answered = await next(call)
      seen.push(answered.ok, await answered.json())
      return answered
    })
    await using to = await setUpWith(layers, 'unix', answer(response('404 Not Found', '{"message":"none"}')))
    await using client = await to.client()
    await client.send(info)
    expect((await client.response()).body.toString()).toBe('{"message":"none"}\n')
    expect(seen).toEqual([false, { message: 'none' }])
  })

  it('to a question of the layer may be the reply to its call', async () => {
    const layers = ofInfo((call) => call.ask('GET /version'))
    await using to = await setUpWith(
      layers,
      'unix',
      answer(({ target }) => response('200 OK', target, [json, `Content-Length: ${target.length}`])),
    )
    await using client = await to.client()
    await client.send(info)
    const { body, header } = await client.response()
    expect([body.toString(), header('content-type')]).toEqual(['/version', 'application/json'])
  })
})

async function* upper(body: Readable) {
  for await (const piece of body) yield (piece as Buffer).toString().toUpperCase()
}

function chunk(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
}
