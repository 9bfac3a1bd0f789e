import { Readable } from 'node:stream'
import { intermediate, reply } from '@intermediate/core'
import { answer, neverAnswer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, ok, request, response, upgraded } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const json = 'Content-Type: application/json'

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
