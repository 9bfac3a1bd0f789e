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
    await client.send(
      request('POST /v1.45/images/create?a=%41+x&fromImage=busy%62ox&tag=1&a=2&fromImage=other'),
    )
    await client.response()
    expect(to.upstream.requests[0]!.target).toBe(
      '/v1.45/images/create?a=%41+x&fromImage=mirror.local%2Fbusybox&a=2&platform=linux%2Famd64',
    )
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
