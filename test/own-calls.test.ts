import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Call } from '@intermediate/core'
import { intermediate, reply } from '@intermediate/core'
import { answer, neverAnswer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, ok, request, response, upgraded } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const json = 'Content-Type: application/json'
const isOver =
  'IntermediateError: GET /info is over, and with it what layers ask and read for it: await that before you return the reply.'

describe('a call of a layer itself', () => {
  it('goes to the layers behind it and the engine, and its reply to the layer alone', async () => {
    const seen: string[] = []
    const layers = intermediate()
      .use(async function before(call, next) {
        seen.push(`before ${call.endpoint}`)
        return next(call)
      })
      .use('POST /containers/:id/exec', async function asks(call, next) {
        const inspected = await call.ask('GET /containers/:id/json', { params: { id: call.params.id } })
        const { Config } = (await inspected.json()) as { Config: { Labels: { owner: string } } }
        return Config.Labels.owner === 'me' ? next(call) : reply(403, { message: 'not yours' })
      })
      .use(async function behind(call, next) {
        seen.push(`behind ${call.endpoint}`)
        return next(call)
      })
    const owners: Record<string, string> = {
      '/v1.45/containers/a%20b/json': 'me',
      '/v1.45/containers/b/json': 'you',
    }
    const engine = answer(({ target }) => {
      const owner = owners[target]
      const body = owner === undefined ? '{"Id":"1"}' : `{"Config":{"Labels":{"owner":"${owner}"}}}`
      return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    })
    await using to = await setUpWith(layers, 'unix', engine)
    await using client = await to.client()
    await client.send(request('POST /v1.45/containers/a%20b/exec', [json], '{"Cmd":["true"]}'))
    expect((await client.response()).body.toString()).toBe('{"Id":"1"}')
    await client.send(request('POST /v1.45/containers/b/exec', [json], '{"Cmd":["true"]}'))
    expect((await client.response()).status).toBe(403)
    expect(seen).toEqual([
      'before POST /containers/:id/exec',
      'behind GET /containers/:id/json',
      'behind POST /containers/:id/exec',
      'before POST /containers/:id/exec',
      'behind GET /containers/:id/json',
    ])
    expect(to.upstream.requests.map(({ target }) => target)).toEqual([
      '/v1.45/containers/a%20b/json',
      '/v1.45/containers/a%20b/exec',
      '/v1.45/containers/b/json',
    ])
  })

  it('may go on in the place of the one that came', async () => {
    const layers = intermediate().use('GET /containers/:id/json', (call, next) =>
      next(call.to('GET /images/:name/json', { params: { name: `library/${call.params.id}` } })),
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /containers/web/json', ['User-Agent: docker', 'X-Secret: 1']))
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(to.upstream.requests[0]!.raw.toString()).toBe(
      'GET /images/library/web/json HTTP/1.1\r\nHost: docker\r\nUser-Agent: docker\r\n\r\n',
    )
  })

  it.each([
    ['its request', ['Connection: close'], ok],
    ['its reply', [], response('200 OK', '{}', ['Connection: close', 'Content-Length: 2'])],
  ])('goes on no connection that ends with the reply before, as %s says', async (_, fields, first) => {
    const layers = intermediate().use('GET /info', async (call, next) => {
      const replied = await next(call)
      await text(replied.body)
      return call.ask('GET /version')
    })
    const upstream = answer(({ target }) => (target === '/info' ? first : ok))
    await using to = await setUpWith(layers, 'unix', upstream)
    await using client = await to.client()
    await client.send(request('GET /info', fields))
    expect((await client.response()).body.toString()).toBe('OK')
    expect(to.upstream.connections.map(({ requests }) => requests.map(({ target }) => target))).toEqual([
      ['/info'],
      ['/version'],
    ])
  })

  it('names an endpoint, and parameters that make no other of it', async () => {
    const errors: unknown[] = []
    const layers = intermediate().use('GET /info', async (call) => {
      await call
        .ask('GET /containers/:id/json', { params: { id: '..' } })
        .catch((error: unknown) => errors.push(error))
      await call
        .ask('GET /containers/:id/json', { params: { id: '' } })
        .catch((error: unknown) => errors.push(error))
      await call
        .ask('GET /containers/:id/json', { params: {} as never })
        .catch((error: unknown) => errors.push(error))
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    await client.response({ head: true })
    expect(errors.map(String)).toEqual([
      expect.stringMatching(/^IntermediateError: .*its parameters make another path of it\.$/),
      expect.stringMatching(/^IntermediateError: .*its parameters make another path of it\.$/),
      'TypeError: GET /containers/:id/json needs the parameter id',
    ])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('whose body fails is no call, and leaves nothing behind', async () => {
    const errors: string[] = []
    const layers = intermediate().use('GET /info', async (call, next) => {
      const body = Readable.from(
        (async function* () {
          yield 'begun'
          throw new Error('broken')
        })(),
        { objectMode: false },
      )
      await call.ask('POST /images/load', { body }).catch((error: unknown) => errors.push(String(error)))
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(errors).toEqual(['Error: broken'])
    expect(to.upstream.connections).toHaveLength(2)
  })

  it('that is answered before its body is sent shares its connection with no other', async () => {
    const layers = intermediate().use('GET /info', async (call, next) => {
      const body = new Readable({ read() {} })
      body.push('endless')
      await (await call.ask('POST /images/load', { body })).json()
      return next(call)
    })
    const early = response('200 OK', '{}')
    await using to = await setUpWith(layers, 'unix', async (connection) => {
      await connection.head()
      await connection.send(early)
      await connection.ended()
    })
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toBe(early)
    expect(to.upstream.connections).toHaveLength(2)
  })

  it('whose client ended its side meanwhile leaves the next ones a connection on which they can be sent', async () => {
    const layers = intermediate().use('GET /info', async (call, next) => {
      for (const endpoint of ['GET /version', 'HEAD /_ping'] as const) await (await call.ask(endpoint)).json()
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('GET /info'))
    const first = await to.upstream.connection(0)
    await first.request()
    await client.end()
    await first.ended()
    await first.send(response('200 OK', '{}'))
    const second = await to.upstream.connection(1)
    expect((await second.request()).target).toBe('/_ping')
    await second.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n')
    const third = await to.upstream.connection(2)
    expect((await third.request()).target).toBe('/info')
    await third.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('in the place of one that hijacks does not, and the one that came still may', async () => {
    const layers = intermediate().use('POST /containers/:id/attach', async (call, next) => {
      await (await next(call.to('GET /info'))).json()
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    expect((await engine.request()).target).toBe('/v1.45/info')
    await engine.send(response('200 OK', '{}'))
    await engine.request()
    await engine.send(upgraded)
    expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /)
  })

  it('ends with the call that it was made for', async () => {
    const errors: unknown[] = []
    let told!: () => void
    const isTold = new Promise<void>((resolve) => (told = resolve))
    const layers = intermediate().use('GET /info', async (call) => {
      const asked = call.ask('GET /containers/json')
      asked.catch((error: unknown) => errors.push(error)).finally(told)
      await (await to.upstream.connection(0)).head()
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response({ head: true })).status).toBe(204)
    await isTold
    await (await to.upstream.connection(0)).closed()
    expect(errors.map(String)).toEqual([isOver])
  })

  it('whose reply is lost before its end is 502, which says whose it was', async () => {
    const layers = intermediate({ onError: () => {} }).use('GET /info', async (call) =>
      reply(200, await (await call.ask('GET /containers/json')).json()),
    )
    await using to = await setUpWith(layers, 'unix', async (connection) => {
      await connection.request()
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[')
      connection.destroy()
    })
    await using client = await to.client()
    await client.send(request('GET /info'))
    const { status, body } = await client.response()
    expect([status, body.toString()]).toEqual([
      502,
      expect.stringMatching(/GET \/containers\/json: the reply of unix:\S+ was lost before its end\./),
    ])
  })

  it('whose reply is read when the call that it was made for is over is cut', async () => {
    const errors: unknown[] = []
    let told!: () => void
    const isTold = new Promise<void>((resolve) => (told = resolve))
    const layers = intermediate().use('GET /info', async (call) => {
      const replied = await call.ask('GET /containers/json')
      replied
        .json()
        .catch((error: unknown) => errors.push(error))
        .finally(told)
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', async (connection) => {
      await connection.head()
      await connection.send(`${response('200 OK', '', ['Content-Length: 100'])}[`)
      await connection.closed()
    })
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response({ head: true })).status).toBe(204)
    await isTold
    expect(errors.map(String)).toEqual([isOver])
  })

  it('is refused when the call that it would be made for is over', async () => {
    const kept: Call[] = []
    const layers = intermediate().use(async (call) => {
      kept.push(call)
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    for (let calls = 0; calls < 2; calls++) {
      await client.send(request('GET /info'))
      await client.response({ head: true })
    }
    await expect(kept[0]!.ask('GET /containers/json')).rejects.toThrow(isOver.slice(isOver.indexOf('GET')))
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('goes on while the reply of its call is sent', async () => {
    const layers = intermediate().use('GET /containers/json', async (call, next) => {
      const replied = await next(call)
      if (replied.ok) replied.items(async (item) => ((await call.ask('GET /_ping')).ok ? item : undefined))
      return replied
    })
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', '[{"Id":"a"},{"Id":"b"}]')))
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    expect((await client.response()).body.toString()).toBe('[{"Id":"a"},{"Id":"b"}]')
  })

  it('ends when the client leaves', async () => {
    const layers = intermediate({ onError: () => {} }).use('GET /info', async (call) => {
      await call.ask('GET /containers/json')
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', neverAnswer())
    await using client = await to.client()
    await client.send(request('GET /info'))
    const engine = await to.upstream.connection(0)
    await engine.head()
    client.destroy()
    await engine.ended()
  })
})
