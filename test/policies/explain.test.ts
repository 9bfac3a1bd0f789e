import { intermediate } from '@intermediate/core'
import { explain, filter } from '@intermediate/filter'
import { answer, recordingUpstream } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { response } from '../docker-calls.js'

const inspected = answer(response('200 OK', '{"Id":"0123","Config":{"Labels":{"team":"core"}}}'))

const guard = intermediate()
  .use(filter.deny('* /swarm{/*rest}'))
  .use(
    filter('DELETE /containers/:id', async function oursOnly(call) {
      const inspect = await call.ask('GET /containers/:id/json', { params: call.params })
      return (inspect.ok && (await inspect.json()).Config?.Labels?.['team'] === 'web') || 'not yours'
    }),
  )
  .use(filter('POST /containers/create', ({ body }) => !!body.Image || 'name an image'))

describe('explain', () => {
  it('names the layer that refuses, with what it says', async () => {
    await using upstream = await recordingUpstream(inspected)
    const { address } = upstream
    expect(
      await explain(guard, { method: 'POST', target: '/v1.45/swarm/leave' }, { upstream: address }),
    ).toEqual({
      decidedBy: 'deny',
      passes: false,
      status: 403,
      message: 'POST /swarm/leave is not allowed here',
    })
    expect(upstream.connections).toHaveLength(0)
  })

  it('asks the engine what a layer asks, and sends nothing else there', async () => {
    await using upstream = await recordingUpstream(inspected)
    const { address } = upstream
    expect(
      await explain(guard, { method: 'DELETE', target: '/v1.45/containers/web' }, { upstream: address }),
    ).toEqual({ decidedBy: 'oursOnly', passes: false, status: 403, message: 'not yours' })
    expect(upstream.requests.map(({ target }) => target)).toEqual(['/v1.45/containers/web/json'])
  })

  it('says of what passes what it is in the end', async () => {
    await using upstream = await recordingUpstream(inspected)
    const { address } = upstream
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }
    const call = { method: 'POST', target: '/v1.45/containers/create', headers, body: { image: 'busybox' } }
    expect(await explain(guard, call, { upstream: address })).toEqual({
      decidedBy: undefined,
      passes: true,
      status: 200,
      message: 'POST /containers/create',
    })
    expect(upstream.connections).toHaveLength(0)
  })

  it('names nobody for what core refuses', async () => {
    const { decidedBy, status } = await explain(guard, { method: 'GET', target: '/containers//json' })
    expect([decidedBy, status]).toEqual([undefined, 403])
  })
})
