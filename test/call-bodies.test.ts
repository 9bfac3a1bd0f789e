import { Transform } from 'node:stream'
import { intermediate, type Layer, reply } from '@intermediate/core'
import { answer, neverAnswer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import type { meanwhile } from './docker-calls.js'
import { execBody, execStart, ok, request, upgrade, byHand, upgraded } from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

const json = 'Content-Type: application/json'
const create = (body: string, fields: readonly string[] = []) =>
  request('POST /v1.45/containers/create?name=web', [json, ...fields], body)

const reads: Layer = async function reads(call, next) {
  await call.json()
  return next(call)
}

function with1(layer: Layer) {
  return intermediate({ onError: () => {} }).use('POST /containers/create', layer)
}

describe.each(transports)('the body of a call, over %s', (transport) => {
  it('that a layer has read is sent as what was read, not as it came', async () => {
    await using to = await setUpWith(with1(reads), transport, answer(ok))
    await using client = await to.client()
    await client.send(
      create('{ "hostconfig" : {"privileged":true, "Memory": 9007199254740993},\n "x": 1.0 }'),
    )
    await client.response()
    const [sent] = to.upstream.requests
    expect(sent!.body.toString()).toBe('{"HostConfig":{"Privileged":true,"Memory":9007199254740993},"x":1.0}')
    expect(sent!.header('content-length')).toBe(String(sent!.body.length))
    expect(sent!.header('content-type')).toBe('application/json')
  })

  it('is one object for all layers, and what is in it in the end is sent', async () => {
    const layers = intermediate()
      .use('POST /containers/create', async (call, next) => {
        const body = (await call.json()) as { Labels?: object }
        body.Labels = { ...body.Labels, team: 'core' }
        return next(call)
      })
      .use('POST /containers/create', async (call, next) => {
        expect(await call.json()).toEqual({ Image: 'busybox', Labels: { team: 'core' } })
        return next(call)
      })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(create('{"Image":"busybox"}'))
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests[0]!.body.toString()).toBe('{"Image":"busybox","Labels":{"team":"core"}}')
  })

  it('comes in chunks, and is sent with its length', async () => {
    await using to = await setUpWith(with1(reads), transport, answer(ok))
    await using client = await to.client()
    await client.send(
      `POST /containers/create HTTP/1.1\r\nHost: d\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
    )
    await meanwhile2(to)
    await client.send('2\r\n1}\r\n0\r\n\r\n')
    await client.response()
    const [sent] = to.upstream.requests.filter(({ method }) => method === 'POST')
    expect(sent!.header('transfer-encoding')).toBeUndefined()
    expect(sent!.body.toString()).toBe('{"a":1}')
  })

  it.each([
    ['no JSON', 'no', 400, /cannot be read as JSON/],
    ['a key twice', '{"a":1,"a":2}', 400, /twice in one object/],
    ['a field in two cases', '{"Image":"a","image":"b"}', 400, /both "Image" and "image"/],
    ['a field of HostConfig at the top', '{"Privileged":true}', 400, /HostConfig\.Privileged/],
    ['more than is read', `{"a":"${'x'.repeat(9_000_000)}"}`, 413, /8388608 bytes/],
  ])('with %s is refused, and nothing is forwarded', async (_, body, status, message) => {
    await using to = await setUpWith(with1(reads), transport, answer(ok))
    await using client = await to.client()
    void client.send(create(body)).catch(() => {})
    const refused = await client.response()
    expect(refused.status).toBe(status)
    expect((JSON.parse(refused.body.toString()) as { message: string }).message).toMatch(message)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('is an empty object where there is none, and stays none', async () => {
    const seen: unknown[] = []
    const layers = with1(async (call, next) => {
      seen.push(await call.json())
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    const bare = request('POST /containers/create')
    await client.send(bare)
    await client.response()
    expect(seen).toEqual([{}])
    expect(to.upstream.requests[0]!.raw.toString()).toBe(bare)
  })

  it('waits for no client that waits: 100 Continue comes from here, and Expect goes no further', async () => {
    await using to = await setUpWith(with1(reads), transport, answer(ok))
    await using client = await to.client()
    const whole = create('{"a":1}', ['Expect: 100-continue'])
    await client.send(whole.slice(0, -7))
    expect((await client.response()).status).toBe(100)
    await client.send('{"a":1}')
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests[0]!.header('expect')).toBeUndefined()
  })

  it('may be another: text, an object, or a stream, which goes in chunks', async () => {
    const bodies = ['text', { a: 1 }, Buffer.from([1, 2, 3])]
    const layers = with1(async (call, next) => {
      const body = bodies.shift()
      if (body === undefined)
        call.body = call.body.pipe(
          new Transform({
            transform: (bytes: Buffer, _, done) => done(null, bytes.toString().toUpperCase()),
          }),
        )
      else call.body = body
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    for (let n = 0; n < 4; n++) {
      await client.send(create('{"a":"b"}'))
      expect((await client.response()).status).toBe(200)
    }
    expect(to.upstream.requests.map(({ body }) => body.toString('latin1'))).toEqual([
      'text',
      '{"a":1}',
      '\x01\x02\x03',
      '{"A":"B"}',
    ])
    expect(to.upstream.requests[3]!.header('transfer-encoding')).toBe('chunked')
    expect(to.upstream.connections).toHaveLength(1)
  })

  it('that a layer took and did not replace is not sent at all', async () => {
    const layers = with1(async (call, next) => {
      call.body.resume()
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(create('{}'))
    expect((await client.response()).status).toBe(500)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('that was read can be sent again', async () => {
    const layers = with1(async (call, next) => {
      await call.json()
      await (await next(call)).json()
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok.replace('OK', '{}').replace(/OK$/, '{}')))
    await using client = await to.client()
    await client.send(create('{"a":1}'))
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests.map(({ body }) => body.toString())).toEqual(['{"a":1}', '{"a":1}'])
  })

  it('is lost when the client leaves inside it, and the layer is told', async () => {
    let told: ((error: Error) => void) | undefined
    const error = new Promise<Error>((resolve) => (told = resolve))
    const layers = with1(async (call, next) => {
      await call.json().catch((reason: unknown) => {
        told!(reason as Error)
        throw reason
      })
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(create('{"a":1}').slice(0, -3))
    await client.end()
    expect((await error).message).toMatch(/client/)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('of a hijacking call that was read goes with its head in one write, and the tunnel opens', async () => {
    const layers = intermediate().use('POST /exec/:id/start', reads)
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(execStart)
    const engine = await to.upstream.connection(0)
    expect((await engine.request()).body.toString()).toBe(execBody)
    await engine.send(upgraded)
    expect(await client.head()).toMatch(/^HTTP\/1.1 101 /)
    await client.send('stdin')
    await engine.until('stdin')
    await client.end()
    await engine.send('stdout')
    await engine.end()
    expect((await client.ended()).toString()).toMatch(/stdout$/)
  })

  it('is no form, from which the engine would take its query', async () => {
    await using to = await setUpWith(with1(reads), transport, answer(ok))
    for (const type of [
      'application/x-www-form-urlencoded',
      'Application/X-WWW-Form-Urlencoded; charset=utf-8',
    ]) {
      await using client = await to.client()
      await client.send(request('POST /containers/create?name=a', [`Content-Type: ${type}`], 'name=b'))
      expect((await client.response()).status).toBe(415)
    }
    expect(to.upstream.connections).toHaveLength(0)
  })
})

describe('a call that is changed', () => {
  it('has another query, and what was not changed stays as it was written', async () => {
    const layers = intermediate().use('POST /images/create', async (call, next) => {
      call.query.fromImage = `mirror.local/${call.query.fromImage}`
      call.query.tag = undefined
      call.query.platform = 'linux/amd64'
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(
      request('POST /v1.45/images/create?a=%41+x&fromImage=busy%62ox&tag=1&a=2&fromImage=other'),
    )
    await client.response()
    expect(to.upstream.requests[0]!.target).toBe(
      '/v1.45/images/create?a=%41+x&fromImage=mirror.local%2Fbusybox&a=2&platform=linux%2Famd64',
    )
  })

  it('has other fields, in their places; those of the wire are not for layers', async () => {
    const layers = intermediate().use('POST /images/create', async (call, next) => {
      call.headers.delete('x-registry-auth')
      call.headers.set('user-agent', 'me')
      call.headers.set('X-New', '1')
      for (const name of ['Content-Length', 'transfer-encoding', 'Host', 'Upgrade'])
        expect(() => call.headers.set(name, '1')).toThrow(TypeError)
      expect(() => call.headers.set('X-A', 'a\r\nX-B: b')).toThrow(TypeError)
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(
      'POST /images/create HTTP/1.1\r\nUser-Agent:docker\r\nX-Registry-Auth: secret\r\nHost: d\r\nContent-Length: 3\r\n\r\nabc',
    )
    await client.response()
    expect(to.upstream.requests[0]!.raw.toString()).toBe(
      'POST /images/create HTTP/1.1\r\nuser-agent: me\r\nHost: d\r\nContent-Length: 3\r\nX-New: 1\r\n\r\nabc',
    )
  })
})

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
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    await client.response({ head: true })
    expect(errors.map(String)).toEqual([
      expect.stringMatching(/^TypeError: .*its parameters make another path of it$/),
      'TypeError: GET /containers/:id/json needs the parameter id',
    ])
    expect(to.upstream.connections).toHaveLength(0)
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

describe('a layer with a deadline', () => {
  const slow = () => new Promise<never>(() => {})

  it('is over when it is, and the call is not forwarded', async () => {
    const layers = intermediate({ onError: () => {} }).use('GET /info', slow, { name: 'slow', deadline: 20 })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    const late = await client.response()
    expect(late.status).toBe(504)
    expect(JSON.parse(late.body.toString())).toEqual({
      message: 'GET /info: the layer "slow" took longer than its deadline of 20 ms.',
    })
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('does not pay for the time of others', async () => {
    const layers = intermediate()
      .use('GET /info', (call, next) => next(call), { deadline: 20 })
      .use('GET /info', async (call, next) => {
        await new Promise((resolve) => setTimeout(resolve, 60))
        return next(call)
      })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(200)
  })
})

describe('a layer that fails open', () => {
  it('is left out, and whoever runs it is told', async () => {
    const reports: unknown[] = []
    const broken: Layer = async () => {
      throw new Error('broken')
    }
    const layers = intermediate({ onError: ({ error }) => reports.push(String(error)) })
      .use('GET /info', broken, { name: 'first', onError: 'open' })
      .use(
        'GET /info',
        async (call, next) => {
          await next(call)
          throw new Error('broken after')
        },
        { name: 'second', onError: 'open' },
      )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(reports).toEqual([
      'Error: the layer "first" failed and was left out',
      'Error: the layer "second" failed and was left out',
    ])
  })
})

describe('where a policy is stacked', () => {
  const policy = intermediate().use('POST /containers/create', (call, next) => next(call), { policy: true })

  it.each([
    [request('GET /v1.45/containers//json'), 403],
    [request('GET /Containers/json'), 403],
    [request('BREW /info'), 403],
    [request('GET /v1.23/info'), 400],
    [request('GET /v1./info'), 400],
    [request('POST /grpc', upgrade), 403],
    [request('GET /v1.24/info'), 200],
  ])('%j gets %i', async (call, status) => {
    await using to = await setUpWith(policy, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(call)
    expect((await client.response()).status).toBe(status)
    expect(to.upstream.connections).toHaveLength(status === 200 ? 1 : 0)
  })

  it('grpc passes that a policy names', async () => {
    const layers = intermediate().use('POST /grpc', (call, next) => next(call), { policy: true })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('POST /grpc', upgrade))
    await (await to.upstream.connection(0)).request()
  })
})

/** Another call goes through meanwhile, so that the first half has arrived. */
async function meanwhile2(to: Parameters<typeof meanwhile>[0]): Promise<void> {
  await using other = await to.client()
  await other.send(request('GET /_ping'))
  await other.response()
}
