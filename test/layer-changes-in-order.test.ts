import { intermediate, type Layer } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, request } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const create = request('POST /containers/create', [], '{"Image":"busybox"}')

/** Fields in another case than Docker's, as a layer's author may write them; engines read them all the same. */
const careless: Layer = async function careless(call, next) {
  const body = (await call.json()) as Record<string, unknown>
  body['hostconfig'] = { privileged: true }
  return next(call)
}

const replacing: Layer = async function replacing(call, next) {
  if (call.endpoint === 'POST /containers/create')
    call.body = JSON.parse('{"hostconfig":{"privileged":true}}') as object
  return next(call)
}

describe.each([careless, replacing])('what a layer writes: %o', (layer) => {
  it('is seen by a policy behind it under Docker’s names', async () => {
    const seen: unknown[] = []
    const layers = intermediate()
      .use('POST /containers/create', layer)
      .use(
        'POST /containers/create',
        async function policy(call, next) {
          seen.push((await call.json()).HostConfig?.Privileged)
          return next(call)
        },
        { policy: true },
      )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create)
    expect((await client.response()).status).toBe(200)
    expect(seen).toEqual([true])
  })

  it('is sent under Docker’s names', async () => {
    await using to = await setUpWith(intermediate().use('POST /containers/create', layer), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create)
    expect((await client.response()).status).toBe(200)
    expect(JSON.parse(to.upstream.requests[0]!.body.toString())).toMatchObject({
      HostConfig: { Privileged: true },
    })
  })
})

it('fields that engines would merge are not sent, whoever wrote them', async () => {
  const layers = intermediate({ onError: () => {} }).use('POST /containers/create', careless)
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  await client.send(request('POST /containers/create', [], '{"HostConfig":{"Memory":1}}'))
  expect((await client.response()).status).toBe(400)
  expect(to.upstream.connections).toHaveLength(0)
})
