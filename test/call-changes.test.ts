import { PassThrough } from 'node:stream'
import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, request } from './docker-calls.js'
import { setUpWith } from './matrix.js'

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
    await client.send(request('POST /v1.45/images/create?a=%41+x&fromImage=busy%62ox&tag=1&a=2'))
    await client.response()
    expect(to.upstream.requests[0]!.target).toBe(
      '/v1.45/images/create?a=%41+x&fromImage=mirror.local%2Fbusybox&a=2&platform=linux%2Famd64',
    )
  })

  it('goes where its parameters say, for the layers behind it too', async () => {
    const seen: unknown[] = []
    const layers = intermediate()
      .use(['POST /containers/:id/rename', 'DELETE /containers/:id'], async (call, next) => {
        call.params.id = `team/${call.params.id}`
        return next(call)
      })
      .use('* /containers/:id{/*rest}', async (call, next) => {
        seen.push([call.endpoint, call.params.id, call.path, call.original])
        return next(call)
      })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /v1.45/containers/%77eb/rename?name=%61+b'))
    await client.response()
    await client.send(request('DELETE /containers/a%2Fb'))
    await client.response()
    expect(to.upstream.requests.map(({ target }) => target)).toEqual([
      '/v1.45/containers/team/web/rename?name=%61+b',
      '/containers/team/a/b',
    ])
    expect(seen).toEqual([
      [
        'POST /containers/:id/rename',
        'team/web',
        '/containers/team/web/rename',
        { path: '/containers/web/rename', params: { id: 'web' } },
      ],
      [
        'DELETE /containers/:id',
        'team/a/b',
        '/containers/team/a/b',
        { path: '/containers/a/b', params: { id: 'a/b' } },
      ],
    ])
  })

  it.each(['', '..', 'a//b', 'web/json', 'a/../b'])(
    'goes nowhere that its endpoint does not: %j for a secret fails closed',
    async (id) => {
      const layers = intermediate({ onError: () => {} }).use('GET /secrets/:id', async (call, next) => {
        call.params.id = id
        return next(call)
      })
      await using to = await setUpWith(layers, 'unix', answer(ok))
      await using client = await to.client()
      await client.send(request('GET /secrets/a'))
      expect((await client.response()).status).toBe(500)
      expect(to.upstream.connections).toHaveLength(0)
    },
  )

  it('shows every value of a name of the query, of which the engine reads all', async () => {
    const seen: (readonly string[])[] = []
    const layers = intermediate().use('GET /images/get', async (call, next) => {
      seen.push(call.queryValues('names'), call.queryValues('platform'))
      call.query.names = 'c'
      seen.push(call.queryValues('names'))
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /images/get?names=a&names=%62'))
    await client.response()
    expect(seen).toEqual([['a', 'b'], [], ['c']])
    expect(to.upstream.requests[0]!.target).toBe('/images/get?names=c')
  })

  it('whose query says a name with several values is refused where a layer reads one', async () => {
    const layers = intermediate().use('POST /commit', async (call, next) => {
      if (call.query.container !== 'web') expect(call.query.changes).toBeDefined()
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    const changes = 'changes=LABEL%20a%3D1&changes=USER%20root'
    await client.send(request(`POST /commit?container=web&${changes}`))
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests[0]!.target).toBe(`/commit?container=web&${changes}`)
    await client.send(request(`POST /commit?container=db&${changes}`))
    const refused = await client.response()
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([
      400,
      {
        message:
          'POST /commit: the query says "changes" several times, and only one value of it is looked at here: say it once.',
      },
    ])
    expect(to.upstream.requests).toHaveLength(1)
  })

  it('that speaks HTTP/1.0 has no body of unknown length', async () => {
    const layers = intermediate().use('POST /images/load', async (call, next) => {
      call.body = call.body.pipe(new PassThrough())
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send('POST /images/load HTTP/1.0\r\nContent-Length: 1\r\n\r\nx')
    const refused = await client.response()
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([
      411,
      {
        message:
          'POST /images/load is HTTP/1.0, in which a body cannot be sent whose length is not known: use HTTP/1.1.',
      },
    ])
    expect(to.upstream.connections).toHaveLength(0)
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
