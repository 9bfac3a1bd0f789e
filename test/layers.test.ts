import { type ErrorReport, intermediate, reply } from '@intermediate/core'
import { answer, neverAnswer, type Transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { setUpWith } from './matrix.js'

const ok = answer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')
const create = 'POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n{}'

async function messageOf(client: Transcript): Promise<[number, string]> {
  const response = await client.response()
  return [response.status, (JSON.parse(response.body.toString()) as { message: string }).message]
}

describe('a call', () => {
  it('says what the client asked for, as the engine reads it', async () => {
    const seen: unknown[] = []
    const layers = intermediate().use('GET /images/:name/json', (call, next) => {
      const { endpoint, method, path, version, params, query } = call
      seen.push({ endpoint, method, path, version, params: { ...params }, query: { ...query } })
      seen.push(call.headers.get('x-registry-auth'), [...call.headers].length, call.client)
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    await client.send(
      'GET /v1.45/images/library%2Fnginx:1/json?a=1&a=1&b=x+%C3%A9&c HTTP/1.1\r\nHost: d\r\nX-Registry-Auth: e30=\r\n\r\n',
    )
    await client.response()
    expect(seen).toEqual([
      {
        endpoint: 'GET /images/:name/json',
        method: 'GET',
        path: '/images/library/nginx:1/json',
        version: '1.45',
        params: { name: 'library/nginx:1' },
        query: { a: '1', b: 'x é', c: '' },
      },
      'e30=',
      2,
      { address: undefined, certificate: undefined },
    ])
  })

  it('is refused where the engine could read another query than the layer that asks', async () => {
    const layers = intermediate().use('GET /info', (call, next) => {
      void call.query
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    for (const query of ['a=%zz', 'a=1;b=2', 'a=%ff']) {
      await client.send(`GET /info?${query} HTTP/1.1\r\nHost: d\r\n\r\n`)
      const [status, message] = await messageOf(client)
      expect(status).toBe(400)
      expect(message).toContain(JSON.stringify(query.slice(2)))
    }
    expect(to.upstream.connections).toHaveLength(0)
  })

  it("says who makes it: over TLS, by the client's certificate", async () => {
    const names: unknown[] = []
    const layers = intermediate().use((call, next) => {
      names.push(call.client.address, call.client.certificate?.subject.CN)
      return next(call)
    })
    await using to = await setUpWith(layers, 'tls', ok)
    await using client = await to.client()
    await client.send('GET /_ping HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await client.response()
    expect(names).toEqual(['127.0.0.1', expect.any(String)])
  })

  it.each(['end', 'destroy'] as const)(
    'has a signal that aborts when the client leaves (%s)',
    async (leave) => {
      let aborted: Promise<void> | undefined
      const { script, begun } = neverButTold()
      const layers = intermediate({ onError: () => {} }).use((call, next) => {
        aborted = new Promise((resolve) => call.signal.addEventListener('abort', () => resolve()))
        return next(call)
      })
      await using to = await setUpWith(layers, 'unix', script)
      await using client = await to.client()
      await client.send('POST /containers/web/wait HTTP/1.1\r\nHost: d\r\n\r\n')
      await begun
      await client[leave]()
      await aborted
      await to.upstream.connections[0]!.ended()
    },
  )

  it('may be forwarded twice where it has no body, and once where it has', async () => {
    const layers = intermediate({ onError: () => {} }).use(async function twice(call, next) {
      await next(call)
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', ok)
    await using client = await to.client()
    await client.send('GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n')
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests).toHaveLength(2)
    await client.send(create)
    const [status, message] = await messageOf(client)
    expect(status).toBe(500)
    expect(message).toMatch(
      /^POST \/containers\/create failed in the layer "twice" \(error \w+ in the intermediate's log\)\. The call was forwarded before that, so the engine may have acted on it\.$/,
    )
  })
})

describe('a layer that fails', () => {
  const failing = (fail: (next: () => Promise<unknown>) => Promise<unknown>, reports: ErrorReport[]) =>
    intermediate({ onError: (report) => reports.push(report) })
      .use((call, next) => next(call))
      .use('POST /containers/create', async function broken(call, next) {
        return (await fail(() => next(call))) as never
      })

  it('before next keeps the call from the engine, and its error from the client', async () => {
    const reports: ErrorReport[] = []
    const secret = new Error('the password is 1234')
    await using to = await setUpWith(
      failing(() => Promise.reject(secret), reports),
      'unix',
      ok,
    )
    await using client = await to.client()
    await client.send(create)
    const [status, message] = await messageOf(client)
    expect(status).toBe(500)
    expect(reports).toEqual([
      {
        id: expect.any(String),
        method: 'POST',
        path: '/containers/create',
        layer: 'broken',
        error: secret,
      },
    ])
    expect(message).toBe(
      `POST /containers/create failed in the layer "broken" (error ${reports[0]!.id} in the intermediate's log). The call was not forwarded.`,
    )
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('after next says that the engine may have acted', async () => {
    const reports: ErrorReport[] = []
    const late = async (next: () => Promise<unknown>) => {
      await next()
      throw new Error('too late')
    }
    await using to = await setUpWith(failing(late, reports), 'unix', ok)
    await using client = await to.client()
    await client.send(create)
    const [status, message] = await messageOf(client)
    expect(status).toBe(500)
    expect(message).toContain('The call was forwarded before that, so the engine may have acted on it.')
    expect(reports).toHaveLength(1)
  })

  it.each([undefined, null, {}, 'OK', new Response('OK')])('by returning %s is told so', async (nonsense) => {
    const reports: ErrorReport[] = []
    await using to = await setUpWith(
      failing(() => Promise.resolve(nonsense), reports),
      'unix',
      ok,
    )
    await using client = await to.client()
    await client.send(create)
    expect((await messageOf(client))[0]).toBe(500)
    expect(String(reports[0]!.error)).toBe(
      'TypeError: it returned something that is not a reply: return what next() gave, or reply(…)',
    )
  })

  it('does not end what comes after it on the connection', async () => {
    await using to = await setUpWith(
      failing(() => Promise.reject(new Error('no')), []),
      'unix',
      ok,
    )
    await using client = await to.client()
    await client.send(create)
    await client.response()
    await client.send('GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n')
    expect((await client.response()).status).toBe(200)
  })
})

describe('a reply of its own', () => {
  it.each([
    [reply(204), 'HTTP/1.1 204 No Content\r\n\r\n'],
    [
      reply(200, 'yes'),
      'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nyes',
    ],
    [
      reply(201, { Id: '1' }),
      'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"Id":"1"}\n',
    ],
    [reply(200, Buffer.from('é')), 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xc3\xa9'],
    [
      reply(403, {}, { 'content-type': 'a/b', X: 'y' }),
      'HTTP/1.1 403 Forbidden\r\ncontent-type: a/b\r\nX: y\r\nContent-Length: 3\r\n\r\n{}\n',
    ],
  ])('is framed (%#)', async (own, bytes) => {
    await using to = await setUpWith(
      intermediate().use(() => Promise.resolve(own)),
      'unix',
      neverAnswer(),
    )
    await using client = await to.client()
    await client.send('GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n')
    expect((await client.response()).raw.toString('latin1')).toBe(bytes)
  })

  it('to HEAD has no body, and the length that it would have', async () => {
    await using to = await setUpWith(
      intermediate().use(() => Promise.resolve(reply(200, 'yes'))),
      'unix',
      neverAnswer(),
    )
    await using client = await to.client()
    await client.send('HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\nGET /_ping HTTP/1.1\r\nHost: d\r\n\r\n')
    const response = await client.response({ head: true })
    expect(response.header('content-length')).toBe('3')
    expect((await client.response()).body.toString()).toBe('yes')
  })

  it('may not set what follows from the body', () => {
    expect(() => reply(200, 'yes', { 'content-length': '4' })).toThrow(
      'content-length is not for a layer to set',
    )
  })

  it('with a field that HTTP cannot hold is an error, and never a second head', async () => {
    const split = () => Promise.resolve(reply(200, 'yes', { X: 'a\r\nSet-Cookie: b' }))
    await using to = await setUpWith(intermediate({ onError: () => {} }).use(split), 'unix', neverAnswer())
    await using client = await to.client()
    await client.send('GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n')
    expect((await messageOf(client))[0]).toBe(500)
  })
})

describe('use()', () => {
  it.each([
    [
      () => intermediate().use('GET /nothing' as 'GET /info', (call, next) => next(call)),
      /^No endpoint of the Docker API/,
    ],
    [() => intermediate().use({} as never), /^use\(\) takes a layer/],
    [
      () => intermediate().use((call, next) => next(call), { nmae: 'x' } as never),
      /was given the option nmae, which does not exist/,
    ],
    [() => intermediate({ upsteram: 'x' } as never), /was given the option upsteram, which does not exist/],
    [() => intermediate({ headTimeout: 0 }), /^headTimeout is 0: give it in ms/],
  ])('says what is wrong at once (%#)', (use, message) => {
    expect(use).toThrow(message)
  })

  it('intersects the endpoints with those that the layer brings', () => {
    const layer = Object.assign(async () => reply(204), { endpoints: ['GET /info', 'GET /version'] })
    expect(intermediate().use(['GET /info', 'GET /_ping'], layer).layers[0]!.endpoints).toEqual(['GET /info'])
    expect(() => intermediate().use('GET /_ping', layer)).toThrow(
      'None of GET /_ping is wanted by the layer for GET /info and 1 more (for GET /info, GET /version).',
    )
  })
})

/** Never answers; `begun` resolves when a request was read. */
function neverButTold() {
  let tell = () => {}
  const begun = new Promise<void>((resolve) => (tell = resolve))
  const script: Parameters<typeof setUpWith>[2] = async (connection) => {
    await connection.request()
    tell()
    await connection.closed({ deadline: Infinity })
  }
  return { script, begun }
}
