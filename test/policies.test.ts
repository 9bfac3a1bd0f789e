import { Duplex, PassThrough } from 'node:stream'
import type { CallRecord, IntermediateError, Layer } from '@intermediate/core'
import { intermediate, tunnel, upstream } from '@intermediate/core'
import { answer, recordingUpstream } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { byHand, ok, request, upgrade } from './docker-calls.js'
import { setUpWith } from './matrix.js'

describe('where a policy is stacked', () => {
  const policy = intermediate().use('POST /containers/create', (call, next) => next(call), { policy: true })

  it.each([
    [
      'GET /v1.45/containers//json',
      403,
      'GET /containers//json is no endpoint of the Docker API, and nothing else is let through here.',
    ],
    [
      'GET /Containers/json',
      403,
      'GET /Containers/json is no endpoint of the Docker API, and nothing else is let through here.',
    ],
    ['BREW /info', 403, 'BREW /info is no endpoint of the Docker API, and nothing else is let through here.'],
    [
      'GET /v1.23/info',
      400,
      'GET /info: API version 1.23 is too old to be let through here: use 1.24 or later.',
    ],
    ['GET /v1./info', 400, 'GET /info: API version 1. is too old to be let through here: use 1.24 or later.'],
    ['POST /grpc', 403, 'POST /grpc carries calls that nobody here can judge: a policy has to name it.'],
  ])('%s gets %i', async (line, status, message) => {
    await using to = await setUpWith(policy, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request(line, line === 'POST /grpc' ? upgrade : []))
    const refused = await client.response()
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([status, { message }])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('a known endpoint of a version that rules cover passes', async () => {
    await using to = await setUpWith(policy, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /v1.24/info'))
    expect((await client.response()).status).toBe(200)
  })

  it('grpc passes that a policy names', async () => {
    const layers = intermediate().use('POST /grpc', (call, next) => next(call), { policy: true })
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('POST /grpc', upgrade))
    await (await to.upstream.connection(0)).request()
  })

  it.each([
    ['GET /nosuch', 'unknown', 403],
    ['GET /v1.20/info', 'GET /info', 400],
    ['POST /grpc', 'POST /grpc', 403],
  ])('the layers in front see %s, and that a policy refuses it', async (line, endpoint, status) => {
    const seen: unknown[] = []
    const calls: CallRecord[] = []
    const see = (name: string): Layer =>
      async function watching(call, next) {
        const replied = await next(call)
        seen.push([name, call.endpoint, replied.status, replied.answeredBy])
        return replied
      }
    const layers = intermediate({ onCall: (call) => calls.push(call) })
      .use(see('first'))
      .use(see('second'))
      .use('POST /containers/create', (call, next) => next(call), { name: 'rule', policy: true })
      .use(see('behind'))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request(line))
    expect((await client.response()).status).toBe(status)
    expect(seen).toEqual(['second', 'first'].map((name) => [name, endpoint, status, 'rule']))
    await expect.poll(() => calls.map(({ answeredBy }) => answeredBy)).toEqual(['rule'])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('nothing that the layers in front do for a call that is refused reaches an engine', async () => {
    const replies: unknown[] = []
    const asked: string[] = []
    await using elsewhere = await recordingUpstream(answer(ok))
    const other = upstream(elsewhere.address)
    const layers = intermediate()
      .use(async function busy(call, next) {
        for (const made of [
          call.ask('GET /info'),
          next(call.to('GET /version')),
          other.ask(call, 'GET /info'),
          other.send(call),
          next(call),
        ])
          replies.push(
            await made.then(
              ({ status }) => status,
              (error: unknown) => (error as IntermediateError).code,
            ),
          )
        return next(call)
      })
      .use('POST /containers/create', (call, next) => next(call), { policy: true })
      .use(async function behind(call, next) {
        asked.push(call.endpoint)
        return next(call)
      })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /nosuch'))
    expect((await client.response()).status).toBe(403)
    const unanswered = 'ERR_NOT_COVERED'
    expect(replies).toEqual([unanswered, 403, unanswered, 403, 403])
    expect(asked).toEqual([])
    expect([...to.upstream.connections, ...elsewhere.connections]).toEqual([])
  })

  it('a layer in front may answer with a tunnel what a policy does not cover', async () => {
    const layers = intermediate()
      .use('POST /grpc', async () =>
        tunnel(Duplex.from({ readable: ['hello'], writable: new PassThrough() })),
      )
      .use('POST /containers/create', (call, next) => next(call), { policy: true })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /grpc', upgrade))
    expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /)
    expect((await client.bytes(5)).toString()).toBe('hello')
  })

  it('a tunnel in answer to a call that does not hijack is an error that ends nothing', async () => {
    const layers = intermediate({ onError: () => {} }).use('GET /info', async () =>
      tunnel(Duplex.from({ readable: new PassThrough(), writable: new PassThrough() })),
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).status).toBe(500)
  })
})
