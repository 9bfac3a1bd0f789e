import { intermediate } from '@intermediate/core'
import { filter, refuse, type Verdict } from '@intermediate/filter'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, request, response } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const create = (body: string) => request('POST /v1.45/containers/create', [], body)

describe('a filter', () => {
  it('lets pass what its judge says true to, as it was judged', async () => {
    const layers = intermediate().use(
      filter('POST /containers/create', ({ body }) => body.HostConfig?.Privileged !== true),
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create('{ "image": "busybox", "size": 12.50 }'))
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests[0]!.body.toString()).toBe('{"Image":"busybox","size":12.50}')
  })

  it.each<[verdict: string, said: unknown, status: number, message: string]>([
    ['a reason', 'not on a Friday', 403, 'not on a Friday'],
    ['reasons', ['not on a Friday', 'nor tomorrow'], 403, 'not on a Friday; nor tomorrow'],
    ['a refusal', refuse(404, 'No such container: web'), 404, 'No such container: web'],
    ['false', false, 403, 'POST /containers/create is not allowed here'],
    ['nothing', undefined, 403, 'POST /containers/create is not allowed here'],
    ['an empty reason', '', 403, 'POST /containers/create is not allowed here'],
    ['no reasons', [], 403, 'POST /containers/create is not allowed here'],
    ['reasons of which one is empty', ['a', ''], 403, 'POST /containers/create is not allowed here'],
    ['reasons that are none', ['a', 5], 403, 'POST /containers/create is not allowed here'],
    ['a truthy number', 1, 403, 'POST /containers/create is not allowed here'],
  ])('of which the judge says %s refuses, and the engine never sees it', async (_, said, status, message) => {
    const layers = intermediate().use(filter('POST /containers/create', () => said as Verdict))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create('{}'))
    const refused = await client.response()
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([status, { message }])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('whose judge throws denies', async () => {
    const layers = intermediate({ onError: () => {} }).use(
      filter('GET /info', () => {
        throw new Error('no idea')
      }),
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(500)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('is a policy: what nobody can judge is refused with it', async () => {
    const layers = intermediate().use(filter('GET /info', () => true))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /containers//json'))
    expect((await client.response()).status).toBe(403)
  })

  it('refuses together with the filters right behind it, so that everything is said at once', async () => {
    const asked: string[] = []
    const no = (reason: string) =>
      filter('POST /containers/create', () => {
        asked.push(reason)
        return reason
      })
    const layers = intermediate()
      .use(no('a'))
      .use(filter('GET /info', () => 'not asked'))
      .use(no('b'))
      .use(filter('POST /containers/create', () => true))
      .use(filter('POST /containers/create', () => refuse(404, 'hidden')))
      .use(no('c'))
      .use((call, next) => next(call))
      .use(no('behind a layer that may change the call'))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create('{}'))
    const refused = await client.response()
    expect(JSON.parse(refused.body.toString())).toEqual({ message: 'a; b; c' })
    expect(asked).toEqual(['a', 'b', 'c'])
  })

  it('is named in the record of the calls that it answered', async () => {
    const records: unknown[] = []
    const layers = intermediate({
      onCall: ({ status, answeredBy }) => records.push([status, answeredBy]),
    }).use(
      filter('GET /info', function noInfo() {
        return 'no'
      }),
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    for (const line of ['GET /info', 'GET /version']) {
      await client.send(request(line))
      await client.response()
    }
    expect(records).toEqual([
      [403, 'noInfo'],
      [200, undefined],
    ])
  })
})

describe('a filter of items', () => {
  it('leaves out of lists and streams what it does not keep', async () => {
    const list = '[{"Id":"1","Labels":{"team":"core"}},{"Id":"2","Labels":null},null]\n'
    const events = '{"Action":"start","Actor":{"ID":"1"}}\n{"Action":"die","Actor":{"ID":"2"}}\n'
    const layers = intermediate()
      .use(filter.items('GET /containers/json', (container) => container?.Labels?.['team'] === 'core'))
      .use(filter.items('GET /events', (event) => event.Action === 'die'))
    const upstream = answer(({ target }) => response('200 OK', target.endsWith('events') ? events : list))
    await using to = await setUpWith(layers, 'unix', upstream)
    await using client = await to.client()
    await client.send(request('GET /v1.45/containers/json'))
    expect((await client.response()).body.toString()).toBe('[{"Id":"1","Labels":{"team":"core"}}]\n')
    await client.send(request('GET /events'))
    expect((await client.response()).body.toString()).toBe('{"Action":"die","Actor":{"ID":"2"}}\n')
  })

  it('shows nothing that it could not look at', async () => {
    const layers = intermediate({ onError: () => {} }).use(
      filter.items('GET /containers/json', ({ Labels }) => Labels!['team'] === 'core'),
    )
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', '[{"Id":"secret"}]')))
    await using client = await to.client()
    await client.send(request('GET /containers/json'))
    expect((await client.ended()).toString()).not.toContain('secret')
  })
})
