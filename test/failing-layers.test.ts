import { EventEmitter, once } from 'node:events'
import {
  type ErrorReport,
  intermediate,
  IntermediateError,
  type Call,
  type Handler,
  type Layer,
  reply,
  type Reply,
} from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, request, response } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const create = (body: string) => request('POST /v1.45/containers/create', [], body)

describe('a layer that fails open', () => {
  const reports: ErrorReport[] = []
  const guarded = () =>
    intermediate({ onError: (report) => reports.push(report) }).use(
      'POST /containers/create',
      async function namesOnly(call, next) {
        if (call.query.name === 'evil') return reply(403, { message: 'not this name' })
        const { Image } = await call.json()
        return Image === 'evil' ? reply(403, { message: 'not this image' }) : next(call)
      },
      { onError: 'open' },
    )

  it.each([
    ['a query that cannot be read', 'POST /containers/create?name=evil&x=%zz', '{}', 400],
    ['a name of the query with two values', 'POST /containers/create?name=evil&name=good', '{}', 400],
    ['a body that is no JSON', 'POST /containers/create', '{"Image":"evil"', 400],
  ])('does not for what is wrong with the call: %s', async (_, line, body, status) => {
    await using to = await setUpWith(guarded(), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request(line, [], body))
    expect((await client.response()).status).toBe(status)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('cannot be a policy', () => {
    const pass: Layer = (call, next) => next(call)
    expect(() => intermediate().use(pass, { name: 'guard', policy: true, onError: 'open' })).toThrow(
      'The layer guard is a policy, which cannot be left out: take away onError: "open".',
    )
    const guard = intermediate().use(pass, { name: 'guard', policy: true })
    expect(() => intermediate().use(guard, { onError: 'open' })).toThrow('is a policy')
  })

  it('nor can one that is idle', () => {
    const idles: Layer = Object.assign((call: Call, next: Handler) => next(call), {
      idle: () => true,
    })
    expect(() => intermediate().use(idles, { name: 'guard', policy: true })).toThrow(
      'The layer guard is a policy, which cannot be left out: take away idle.',
    )
    expect(() => intermediate().use(intermediate().use(idles), { policy: true })).toThrow('is a policy')
  })
})

describe('a layer that reads a body and does something else first', () => {
  it.each([
    ['is no JSON', '{bad', 400],
    ['is too large', `{"Image":"${'x'.repeat(100)}"}`, 413],
  ])('fails its call and nothing else, where the body %s', async (_, body, status) => {
    const layers = intermediate().use('POST /containers/create', async (call, next) => {
      const reading = call.json({ limit: 50 })
      await call.ask('GET /info')
      await reading
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create(body))
    expect((await client.response()).status).toBe(status)
    await client.end()
  })
})

describe('a refusal', () => {
  const saying = (reason: string): Layer =>
    Object.assign((async () => reply(403, { message: reason })) satisfies Layer, {
      policy: true,
      reasons: async () => [reason],
    })

  it('that is no message of Docker stays as it is', async () => {
    const text = Object.assign((async () => reply(403, 'no')) satisfies Layer, {
      policy: true,
      reasons: async () => [],
    })
    await using to = await setUpWith(intermediate().use(text).use(saying('b')), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    const { status, body } = await client.response()
    expect([status, body.toString()]).toEqual([403, 'no'])
  })

  it('that a layer gives to every call gathers nothing of others', async () => {
    const always = reply(403, { message: 'a' })
    const first = Object.assign((async () => always) satisfies Layer, {
      policy: true,
      reasons: async () => ['a'],
    })
    const second = Object.assign((async () => reply(403)) satisfies Layer, {
      policy: true,
      reasons: async ({ path }: { path: string }) => [path],
    })
    await using to = await setUpWith(intermediate().use(first).use(second), 'unix', answer(ok))
    await using client = await to.client()
    for (const path of ['/info', '/version']) {
      await client.send(request(`GET ${path}`))
      const { body } = await client.response()
      expect(JSON.parse(body.toString())).toEqual({ message: `a; ${path}` })
    }
  })
})

describe('a layer whose time is over', () => {
  it('asks nothing any more', async () => {
    const done = new EventEmitter()
    const over = once(done, 'over')
    const asked = once(done, 'asked')
    const layers = intermediate({ onError: () => {} }).use(
      'GET /info',
      async (call) => {
        await over
        const asking = call.ask('POST /containers/:id/stop', { params: { id: 'web' } })
        done.emit('asked', await asking.catch(String))
        return reply(204)
      },
      { deadline: 10 },
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(504)
    done.emit('over')
    expect(await asked).toEqual([expect.stringContaining('took longer than its deadline of 10 ms')])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('after the call was forwarded says so', async () => {
    const layers = intermediate({ onError: () => {} }).use(
      'GET /info',
      async function slow(call, next) {
        await next(call)
        return new Promise<never>(() => {})
      },
      { deadline: 10 },
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    const { body } = await client.response()
    expect(JSON.parse(body.toString())).toEqual({
      message:
        'GET /info: the layer "slow" took longer than its deadline of 10 ms. The call was forwarded before that, so the engine may have acted on it.',
    })
  })
})

describe('whoever runs a layer that throws', () => {
  it('is told which one, also of one without a name', async () => {
    const reports: ErrorReport[] = []
    const layers = intermediate({ onError: (report) => reports.push(report) })
      .use('GET /info', async () => {
        throw new Error('fetch failed')
      })
      .use(['GET /version', 'GET /_ping'], async () => {
        throw new IntermediateError('ERR_LAYER', 200, 'no success')
      })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    for (const line of ['GET /info', 'GET /version']) {
      await client.send(request(line))
      expect((await client.response()).status).toBe(500)
    }
    expect(reports.map(({ path, layer }) => [path, layer])).toEqual([['/info', 'for GET /info']])
    expect(layers.layers.map(({ name }) => name)).toEqual(['for GET /info', 'for GET /version and 1 more'])
  })
})

describe('a reply', () => {
  it('of another call is none', async () => {
    let kept: Reply | undefined
    const layers = intermediate({ onError: () => {} }).use('GET /info', async (call, next) => {
      const before = kept
      kept = await next(call)
      return before ?? kept
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(200)
    await client.send(request('GET /info'))
    const { status, body } = await client.response()
    expect([status, body.toString()]).toEqual([500, expect.stringContaining('failed in the layer')])
  })

  it('in a coding that nobody here takes away is not read, but passed on', async () => {
    const coded = response('200 OK', 'xx', ['Content-Encoding: zstd', 'Content-Length: 2'])
    const layers = intermediate({ onError: () => {} }).use('GET /containers/json', async (call, next) => {
      const inner = await next(call)
      if (inner.ok && call.query.all !== undefined) inner.items((item) => item)
      return inner
    })
    await using to = await setUpWith(layers, 'unix', answer(coded))
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    expect((await client.response()).body.toString()).toBe('xx')
    await client.send(request('GET /containers/json?all=1'))
    const { status, body } = await client.response()
    expect([status, JSON.parse(body.toString())]).toEqual([
      502,
      { message: 'GET /containers/json: the reply is coded as zstd, which is not read here.' },
    ])
  })
})

describe("the reply to a call in the client's place", () => {
  const other = (line: 'GET /_ping' | 'HEAD /_ping') =>
    intermediate().use(['GET /_ping', 'HEAD /_ping'], (call, next) => next(call.to(line)))

  it('has no body for a HEAD', async () => {
    await using to = await setUpWith(other('GET /_ping'), 'unix', answer(ok))
    await using client = await to.client()
    for (let time = 0; time < 2; time++) {
      await client.send(request('HEAD /_ping'))
      expect((await client.response({ head: true })).status).toBe(200)
    }
    expect(to.upstream.requests.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  it('to a HEAD is empty for a GET', async () => {
    await using to = await setUpWith(
      other('HEAD /_ping'),
      'unix',
      answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n'),
    )
    await using client = await to.client()
    for (let time = 0; time < 2; time++) {
      await client.send(request('GET /_ping'))
      expect((await client.response()).body.toString()).toBe('')
    }
  })

  it('is asked for in HTTP/1.0 for a client that speaks it', async () => {
    await using to = await setUpWith(other('GET /_ping'), 'unix', answer(ok))
    await using client = await to.client()
    await client.send('HEAD /_ping HTTP/1.0\r\n\r\n')
    await client.response({ head: true })
    expect(to.upstream.connections[0]!.received.toString()).toMatch(/^GET \/_ping HTTP\/1\.0\r\n/)
  })
})

describe('a body of very many values', () => {
  it('is refused where it is read as JSON', async () => {
    const layers = intermediate().use('POST /containers/create', async (call, next) => {
      await call.json()
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create(`{"Env":[${'1,'.repeat(100_000)}1]}`))
    const { status, body } = await client.response()
    expect([status, JSON.parse(body.toString())]).toEqual([
      400,
      { message: expect.stringMatching(/^POST \/v1\.45\/containers\/create: .* more values than are read/) },
    ])
    expect(to.upstream.connections).toHaveLength(0)
  })
})
