import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
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
})
