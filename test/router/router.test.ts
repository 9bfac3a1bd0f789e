import { connect } from 'node:net'
import { intermediate, reply } from '@intermediate/core'
import type { Layer } from '@intermediate/core'
import { router } from '@intermediate/router'
import {
  certificates,
  closeMidReply,
  memoryEngine,
  neverAnswer,
  recordingUpstream,
  temporaryFolder,
} from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { asked, engineSet, routed } from './routed.js'

const create = 'POST /containers/create'

describe('a router', () => {
  it('sends calls where the function says, and others on', async () => {
    await using to = await engineSet('a', 'b', 'rest')
    const { rest, ...named } = to.addresses
    const layer = router(({ endpoint }) => (endpoint === 'GET /info' ? 'a' : undefined), named)
    await using routes = await routed(layer, rest)
    expect((await routes.call('GET /info')).status).toBe(200)
    expect((await routes.call('GET /version')).status).toBe(200)
    expect([asked(to.a), asked(to.b), asked(to.rest)]).toEqual([['GET /info'], [], ['GET /version']])
  })

  it.each([
    {
      by: 'endpoint',
      choose: router.byEndpoint({ '* /volumes{/*rest}': 'a', 'GET /info': 'b', '* /*rest': 'b' }),
      lines: { 'GET /volumes': 'a', 'GET /info': 'b', 'GET /version': 'b' },
    },
    {
      by: 'the name of the container',
      choose: router.byContainer({ 'ci-*': 'a', 'c*': 'b', 'web/db': 'b' }),
      lines: {
        'POST /containers/create?name=ci-1': 'a',
        'POST /containers/create?name=c1': 'b',
        'GET /containers/ci-1/logs': 'a',
        'GET /containers/web/db/json': 'b',
        'DELETE /containers/ci-1': 'a',
        'POST /commit?container=ci-1': 'a',
        'GET /containers/json': 'rest',
        'POST /containers/create': 'rest',
      },
    },
    {
      by: 'the name of the image',
      choose: router.byImage({ 'registry.local/*': 'a', busybox: 'b' }),
      lines: {
        'POST /images/create?fromImage=registry.local%2Fteam%2Fapp': 'a',
        'POST /images/create?fromImage=registry.local%2Fteam%2Fapp&tag=1': 'a',
        'POST /images/create?fromSrc=-&repo=registry.local%2Fteam%2Fapp': 'a',
        'GET /images/registry.local/team/app:1/json': 'a',
        'GET /images/registryxlocal/app/json': 'rest',
        'DELETE /images/busybox': 'b',
        'POST /containers/create': 'b',
      },
    },
    {
      by: 'a label',
      choose: router.byLabel('engine'),
      lines: { 'POST /containers/create': 'a', 'POST /volumes/create': 'a', 'GET /volumes': 'rest' },
    },
    { by: 'the client', choose: router.byClient({ '127.0.0.1': 'b' }), lines: { 'GET /info': 'b' } },
  ])('chooses by $by', async ({ choose, lines }) => {
    await using to = await engineSet('a', 'b', 'rest')
    const { rest, ...named } = to.addresses
    await using routes = await routed(router(choose, named), rest)
    for (const [line, name] of Object.entries(lines)) {
      await routes.call(
        line,
        line.startsWith('POST') ? { Image: 'busybox', Labels: { engine: 'a' } } : undefined,
      )
      const got = (['a', 'b', 'rest'] as const).filter((each) => asked(to[each]).length > 0)
      expect([line, got]).toEqual([line, [name]])
    }
  })

  it('says which names there are where it is given another', async () => {
    await using to = await engineSet('a', 'b')
    await using routes = await routed(router(() => 'c', to.addresses))
    const refused = await routes.call('GET /info')
    expect([refused.status, refused.body.message]).toEqual([
      500,
      'router() was told to go to "c", which is no upstream of it: there is a, b.',
    ])
  })

  it('has no upstream without a name or address', () => {
    const choose = () => 'a'
    expect(() => router(choose, {})).toThrow('router() was given no upstream: name at least one.')
    expect(() => router(choose, { 'a/b': 'tcp://a' })).toThrow(
      'router() was given an upstream called "a/b": use letters, digits, ".", "_" and "-".',
    )
    expect(() => router(choose, { a: 'smoke://signals' })).toThrow(/smoke/)
    expect(() => router.byEndpoint({ 'GET /nothing': 'a' })).toThrow(/selects no endpoint|GET \/nothing/)
  })

  it.each<[string, () => unknown]>([
    [
      'router() was given for "a" undefined: give an address, { address, tls } or an intermediate.',
      () => router(() => 'a', { a: undefined as never }),
    ],
    [
      'router() was given no function for choose, but an object.',
      () => router({} as never, { a: 'tcp://a' }),
    ],
    [
      'router() was given no upstream called "b", which choose names: there is a.',
      () => router(router.byEndpoint({ 'GET /info': 'b' }), { a: 'tcp://a' }),
    ],
    [
      'router() was given no upstream called "b", which choose names: there is a.',
      () => router(router.byClient({ '10.0.0.7': 'a', '10.0.0.8': 'b' }), { a: 'tcp://a' }),
    ],
    [
      'recipientList() was given no function for choose, but a list.',
      () => router.recipientList(['a'] as never, { a: 'tcp://a' }),
    ],
    [
      'recipientList() was given no function for aggregate, but null.',
      () => router.recipientList(() => ['a'], { a: 'tcp://a' }, null as never),
    ],
    ['detour() was given no function for when, but true.', () => router.detour(true as never, 'tcp://a')],
    [
      'detour() was given as its upstream 5: give an address, { address, tls } or an intermediate.',
      () => router.detour(() => true, 5 as never),
    ],
    [
      'router() was given for "a": "foo" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.',
      () => router(() => 'a', { a: 'foo' }),
    ],
    [
      'fallback() was given an upstream called "1": put a letter in it, since JavaScript has whole numbers come first, wherever they are written.',
      () => router.fallback({ b: 'tcp://b', 1: 'tcp://a' }),
    ],
    [
      'router() was given the option folow, which does not exist: there is follow.',
      () => router(() => 'a', { a: 'tcp://a' }, { folow: true } as never),
    ],
    [
      'router() was given follow: 1: say true or false.',
      () => router(() => 'a', { a: 'tcp://a' }, { follow: 1 as never }),
    ],
    [
      "byContainer() was given undefined: give it an object, of what to look for to an upstream's name.",
      () => router.byContainer(undefined as never),
    ],
    [
      'byImage() was given "ci": give it an object, of what to look for to an upstream\'s name.',
      () => router.byImage('ci' as never),
    ],
    [
      "byClient() was given a list: give it an object, of what to look for to an upstream's name.",
      () => router.byClient(['10.0.0.7'] as never),
    ],
    [
      'byEndpoint() was given undefined for "GET /info": give the name of an upstream.',
      () => router.byEndpoint({ 'GET /info': undefined as never }),
    ],
    ['byLabel() was given "": give it the key of a label.', () => router.byLabel('')],
    ['byLabel() was given undefined: give it the key of a label.', () => router.byLabel(undefined as never)],
    [
      'fallback() was given an object as well, for which it has no use.',
      () => router.fallback({ a: 'tcp://a' }, { patience: 1 } as never),
    ],
    [
      'recipientList() was given true as well, for which it has no use.',
      () => router.recipientList(() => ['a'], { a: 'tcp://a' }, undefined, true as never),
    ],
    [
      'detour() was given an object as well, for which it has no use.',
      () => router.detour(() => true, 'tcp://a', {} as never),
    ],
    ['fallback() was given no upstream: name at least one.', () => router.fallback(undefined as never)],
  ])('is not made where %s', (message, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_CONFIGURATION', message }))
  })

  it('reaches upstreams with TLS, and knows clients by the names in their certificates', async () => {
    await using files = await certificates()
    await using to = await engineSet('a', 'b')
    const { ca, cert, key, clientCert, clientKey } = files
    const byName = router(router.byClient({ 'intermediate-test-client': 'b' }), { b: to.addresses.b })
    await using secure = await intermediate({ upstream: to.addresses.a })
      .use(byName)
      .listen({ address: 'tcp://127.0.0.1:0', tls: { ca, cert, key } })
    const tls = { ca, cert: clientCert, key: clientKey }
    await using routes = await routed(router(() => 'far', { far: { address: secure.addresses[0]!, tls } }))
    expect((await routes.call('GET /info')).status).toBe(200)
    expect([asked(to.a), asked(to.b)]).toEqual([[], ['GET /info']])
  })

  it('has missing files known at start', async () => {
    const away = { address: 'tcp://127.0.0.1:2376', tls: { ca: '/nowhere/ca.pem' } }
    await expect(routed(router(() => 'a', { a: away }))).rejects.toThrow('/nowhere/ca.pem')
  })
})

describe('a fallback', () => {
  it('goes to the first that is there, and sends what changes something once', async () => {
    await using folder = await temporaryFolder()
    await using to = await engineSet('b', 'c')
    const gone = `unix://${folder.file('gone.sock')}`
    await using routes = await routed(router.fallback({ gone, ...to.addresses }))
    expect((await routes.call('GET /info')).status).toBe(200)
    expect((await routes.call(create, { Image: 'busybox' })).status).toBe(201)
    expect((await routes.call('POST /images/load', 'not a tar')).status).toBeGreaterThanOrEqual(200)
    const pinged = (endpoint: string) => ['HEAD /_ping', endpoint]
    expect(asked(to.b)).toEqual(['GET /info', create, 'POST /images/load'].flatMap(pinged))
    expect(asked(to.c)).toEqual([])
  })

  it('does not send again what an engine was lost over', async () => {
    await using to = await engineSet('a', 'b')
    await using routes = await routed(router.fallback(to.addresses))
    to.a.misbehave(create, 'reset')
    expect((await routes.call(create, { Image: 'busybox' })).status).toBe(502)
    to.a.misbehave('GET /info', 'reset')
    expect((await routes.call('GET /info')).status).toBe(200)
    expect([asked(to.a), asked(to.b)]).toEqual([
      ['HEAD /_ping', create, 'HEAD /_ping', 'GET /info'],
      ['GET /info'],
    ])
  })

  it('does not send again a call that has a body', async () => {
    await using to = await engineSet('a', 'b')
    await using routes = await routed(router.fallback(to.addresses))
    to.a.misbehave('GET /info', 'reset')
    const client = connect(Number(new URL(routes.address).port), '127.0.0.1')
    client.write('GET /info HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}')
    const answer = (await client.setEncoding('utf8').toArray()).join('')
    expect(answer).toMatch(/^HTTP\/1\.1 502 /)
    expect(asked(to.b)).toEqual([])
  })

  it('is one for an upstream that takes calls and answers none', async () => {
    await using frozen = await recordingUpstream(neverAnswer())
    await using to = await engineSet('b')
    await using routes = await routed(router.fallback({ frozen: frozen.address, ...to.addresses }))
    expect((await routes.call('GET /info')).status).toBe(200)
    expect((await routes.call(create, { Image: 'busybox' })).status).toBe(201)
    expect(asked(to.b)).toEqual(['GET /info', create])
    expect(frozen.connections).toHaveLength(2)
  })

  it('is one for an upstream that speaks something else', async () => {
    await using other = await recordingUpstream(closeMidReply('SSH-2.0-OpenSSH_9.2\r\n'))
    await using to = await engineSet('b')
    await using routes = await routed(router.fallback({ other: other.address, ...to.addresses }))
    expect((await routes.call('GET /info')).status).toBe(200)
    expect((await routes.call(create, { Image: 'busybox' })).status).toBe(201)
    expect(asked(to.b)).toEqual(['GET /info', create])
  })

  it('names the last where none is there', async () => {
    await using routes = await routed(router.fallback({ a: 'unix:///nowhere/a', b: 'unix:///nowhere/b' }))
    const failed = await routes.call('GET /info')
    expect([failed.status, failed.body.message]).toEqual([502, expect.stringContaining('/nowhere/b')])
  })
})

describe('a recipient list', () => {
  it('has a call answered by several, and gives the first answer', async () => {
    await using to = await engineSet('a', 'b', 'c')
    await using routes = await routed(router.recipientList(() => ['b', 'a', 'b'], to.addresses))
    const created = await routes.call('POST /volumes/create', { Name: 'data' })
    expect([created.status, created.body.Name]).toEqual([201, 'data'])
    expect(created.headers.get('warning')).toBeNull()
    const pulled = await routes.call('POST /images/create?fromImage=alpine&tag=latest')
    expect(pulled.status).toBe(200)
    const both = ['POST /volumes/create', 'POST /images/create']
    expect([asked(to.a), asked(to.b), asked(to.c)]).toEqual([both, both, []])
  })

  it('shows partial failure', async () => {
    await using to = await engineSet('a', 'b')
    const all = { ...to.addresses, gone: 'unix:///nowhere/x' }
    await using routes = await routed(router.recipientList(() => ['gone', 'a', 'b'], all))
    to.a.misbehave('POST /volumes/create', { status: 500, message: 'a "full" disk – no' })
    const created = await routes.call('POST /volumes/create', { Name: 'data' })
    expect([created.status, created.body.Name]).toEqual([201, 'data'])
    expect(created.headers.get('warning')).toBe(
      '299 - "gone: POST /volumes/create: cannot reach the Docker engine at unix:///nowhere/x (ENOENT). Check that it is running and that the address is right.", 299 - "a: a \\"full\\" disk ? no"',
    )
    to.b.misbehave('POST /volumes/create', { status: 409, message: 'nor b' })
    const failed = await routes.call('POST /volumes/create', { Name: 'data' })
    expect([failed.status, failed.body]).toEqual([500, { message: 'a "full" disk – no' }])
  })

  it('has all that fails as 502, and goes on where nobody is named', async () => {
    await using engine = await memoryEngine()
    const choose = ({ endpoint }: { endpoint: string }) => (endpoint === 'GET /info' ? [] : ['gone'])
    await using routes = await routed(
      router.recipientList(choose, { gone: 'unix:///nowhere/x' }),
      engine.address,
    )
    expect((await routes.call('GET /info')).status).toBe(200)
    const failed = await routes.call('GET /version')
    expect([failed.status, failed.body.message]).toEqual([502, expect.stringContaining('/nowhere/x')])
  })

  it('has its replies put together by a function', async () => {
    await using to = await engineSet('a', 'b')
    const all = { ...to.addresses, gone: 'unix:///nowhere/x' }
    const layer = router.recipientList(
      () => ['a', 'b', 'gone'],
      all,
      async (answered) =>
        reply(200, Object.fromEntries(answered.map(({ name, reply: each }) => [name, each?.status ?? null]))),
    )
    await using routes = await routed(layer)
    expect((await routes.call('GET /info')).body).toEqual({ a: 200, b: 200, gone: null })
  })

  it('takes bodies up to 8 MiB', async () => {
    await using to = await engineSet('a', 'b')
    await using routes = await routed(router.recipientList(() => ['a', 'b'], to.addresses))
    const refused = await routes.call('POST /images/load', 'x'.repeat(8 * 2 ** 20 + 1))
    expect([refused.status, refused.body.message]).toEqual([
      413,
      'POST /images/load: the body has more than the 8388608 bytes that can be sent to several upstreams.',
    ])
    expect([...asked(to.a), ...asked(to.b)]).toEqual([])
  })
})

describe('a detour', () => {
  it('has other layers answer, and the same upstream behind them', async () => {
    await using engine = await memoryEngine()
    const seen: string[] = []
    const note =
      (name: string): Layer =>
      (call, next) => {
        seen.push(`${name} ${call.endpoint}`)
        return next(call)
      }
    const aside = intermediate().use(note('aside'))
    const layers = intermediate()
      .use(router.detour(({ method }) => method === 'GET', aside))
      .use(note('rest'))
    await using routes = await routed(layers, engine.address)
    expect((await routes.call('GET /info')).status).toBe(200)
    expect((await routes.call(create, { Image: 'busybox' })).status).toBe(201)
    expect(seen).toEqual(['aside GET /info', `rest ${create}`])
    expect(asked(engine)).toEqual(['GET /info', create])
  })

  it('may lead to another engine', async () => {
    await using to = await engineSet('a', 'b')
    await using routes = await routed(
      router.detour(() => true, to.addresses.b),
      to.addresses.a,
    )
    expect((await routes.call('GET /info')).status).toBe(200)
    expect([asked(to.a), asked(to.b)]).toEqual([[], ['GET /info']])
  })
})
