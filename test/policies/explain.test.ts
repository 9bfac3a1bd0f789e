import type { CallRecord } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import type { RecordedCall } from '@intermediate/filter'
import { explain, filter } from '@intermediate/filter'
import { answer, recordingUpstream } from '@intermediate/testing'
import type { BodySeen, CallBegun, CallEnded } from '@intermediate/wire-tap'
import { wireTap } from '@intermediate/wire-tap'
import { describe, expect, it, vi } from 'vitest'
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

  it('takes what a wire tap has told', async () => {
    const lines: string[] = []
    const tap = wireTap((event) => void lines.push(JSON.stringify(event)))
    await using upstream = await recordingUpstream(inspected)
    await using to = await intermediate({ upstream: upstream.address }).use(tap).listen('tcp://127.0.0.1:0')
    const at = to.addresses[0]!.replace('tcp:', 'http:')
    const create = { Image: 'busybox', HostConfig: { Privileged: true } }
    const headers = { 'Content-Type': 'application/json' }
    const named = { method: 'POST', headers, body: JSON.stringify(create) }
    await (await fetch(`${at}/v1.45/containers/create?name=a%26b&x=1&x=2`, named)).text()
    await (await fetch(`${at}/containers/team%2Fweb`, { method: 'DELETE' })).text()
    const told = lines.map((line) => JSON.parse(line) as CallBegun | BodySeen | CallEnded)
    const [created, removed] = told.filter((event) => event.type === 'call')
    const body = told.find((event) => event.type === 'body' && event.of === 'call') as BodySeen
    const layers = intermediate().use(
      filter('* /containers/*rest', (call) =>
        JSON.stringify([call.method, call.path, call.version, call.query.name, call.queryValues('x')]),
      ),
    )
    expect(await explain(layers, created!)).toMatchObject({
      passes: false,
      message: '["POST","/containers/create","1.45","a&b",["1","2"]]',
    })
    expect(await explain(layers, removed!)).toMatchObject({
      message: '["DELETE","/containers/team/web",null,null,[]]',
    })
    const privileged = intermediate().use(filter.unprivileged())
    expect(await explain(privileged, { ...created!, body: body.json as object })).toEqual({
      decidedBy: 'unprivileged',
      passes: false,
      status: 403,
      message: 'privileged mode is not allowed here',
    })
  })

  it('takes what an observer was told', async () => {
    const records: CallRecord[] = []
    await using upstream = await recordingUpstream(inspected)
    const watched = intermediate({ upstream: upstream.address, onCall: (record) => records.push(record) })
    await using to = await watched.listen('tcp://127.0.0.1:0')
    const at = to.addresses[0]!.replace('tcp:', 'http:')
    await (await fetch(`${at}/v1.45/swarm/leave`, { method: 'POST' })).text()
    await vi.waitFor(() => expect(records).toHaveLength(1))
    expect(await explain(guard, records[0]!)).toMatchObject({ decidedBy: 'deny', passes: false })
  })

  it('names the layer of an intermediate inside another, and the first of several that refuse', async () => {
    const inner = intermediate().use(filter.deny('* /swarm{/*rest}'))
    const layers = intermediate().use(inner, { name: 'inner' }).use(filter.readOnly())
    expect(await explain(layers, { method: 'POST', target: '/swarm/leave' })).toEqual({
      decidedBy: 'inner/deny',
      passes: false,
      status: 403,
      message: 'POST /swarm/leave is not allowed here',
    })
  })

  it.each([
    [{ type: 'end', path: '/info' }, 'method'],
    [{ method: 'GET' }, 'target or path'],
  ])('says what is no call: %j', async (line, missing) => {
    await expect(explain(guard, line as unknown as RecordedCall)).rejects.toThrow(
      `explain() was given a call without a ${missing}: give it { method, target }, or a "call" event of a wire tap.`,
    )
  })

  it('names nobody for what core refuses', async () => {
    const { decidedBy, status } = await explain(guard, { method: 'GET', target: '/containers//json' })
    expect([decidedBy, status]).toEqual([undefined, 403])
  })
})
