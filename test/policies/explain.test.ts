import type { CallRecord } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
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
    [{ method: 'GET', target: undefined }, 'target or path'],
    [null, 'method'],
  ])('says what is no call: %j', async (line, missing) => {
    await expect(explain(guard, line as unknown as RecordedCall)).rejects.toThrow(
      `explain() was given a call without a ${missing}: give it { method, target }, or a "call" event of a wire tap.`,
    )
  })

  it.each([null, undefined, {}, filter.readOnly()])('says what is no intermediate: %s', async (layers) => {
    await expect(explain(layers as never, { method: 'GET', target: '/info' })).rejects.toThrow(
      'explain() was given no layers: give it an intermediate, as in explain(intermediate().use(…), call).',
    )
  })

  it('takes a target that is undefined for none', async () => {
    const call = { method: 'POST', target: undefined, path: '/swarm/leave' } as unknown as RecordedCall
    expect(await explain(guard, call)).toMatchObject({ decidedBy: 'deny' })
  })

  it.each(['/a%2fb', '/a b', '/a?b', '/a%', '/é'])('sends a path as it was told: %s', async (end) => {
    const path = `/containers${end}`
    const told = intermediate().use(filter('* /containers/:id', (call) => `for ${call.path}`))
    expect(await explain(told, { method: 'DELETE', path })).toMatchObject({ message: `for ${path}` })
  })

  it('names the first policy where no rule can cover the call, and nobody where core never lets it pass', async () => {
    const uncovered = await explain(guard, { method: 'GET', target: '/containers//json' })
    expect([uncovered.decidedBy, uncovered.status]).toEqual(['deny', 403])
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const form = { method: 'POST', target: '/swarm/leave', headers, body: 'force=1' }
    const refused = await explain(guard, form)
    expect([refused.decidedBy, refused.passes, refused.status]).toEqual([undefined, false, 415])
  })
})

describe('explain, of what an owner sees', () => {
  const label = 'intermediate.owner'
  const ids = { mine: 'a'.repeat(64), theirs: 'b'.repeat(64) }
  const labelled = (name: 'mine' | 'theirs') => ({ Labels: { [label]: name } })
  const engine = answer(({ target }) => {
    const [, kind = '', name = ''] = /^(?:\/v[\d.]+)?\/(\w+)\/([^/?]+)/.exec(decodeURIComponent(target)) ?? []
    const whose = Object.entries(ids).find((each) => each.includes(name))?.[0] as 'mine' | 'theirs'
    if (whose === undefined) return response('404 Not Found', `{"message":"No such ${kind}: ${name}"}`)
    const Id = kind === 'images' ? `sha256:${ids[whose]}` : ids[whose]
    const found = {
      Id,
      ID: Id,
      Name: whose,
      Config: labelled(whose),
      Spec: labelled(whose),
      ...labelled(whose),
    }
    return response('200 OK', JSON.stringify(found))
  })
  const layers = intermediate().use(filter.owner('mine'))

  async function explained(line: string, body?: object) {
    await using upstream = await recordingUpstream(engine)
    const [method = '', target = ''] = line.split(' ')
    const headers = { 'Content-Type': 'application/json' }
    try {
      return await explain(layers, { method, target, headers, body }, { upstream: upstream.address })
    } finally {
      expect(upstream.requests.filter(({ method: sent }) => sent !== 'GET')).toEqual([])
    }
  }

  it.each([
    ['POST /containers/theirs/kill', 'No such containers: theirs'],
    ['POST /v1.45/containers/theirs/exec', 'No such containers: theirs'],
    ['GET /containers/theirs/json', 'No such containers: theirs'],
    ['DELETE /networks/theirs', 'No such networks: theirs'],
    ['DELETE /volumes/theirs', 'No such volumes: theirs'],
    [`DELETE /images/sha256:${ids.theirs}`, `No such images: sha256:${ids.theirs}`],
    ['POST /services/theirs/update?version=3', 'No such services: theirs'],
  ])('what it hides is not there: %s', async (line, message) => {
    expect(await explained(line, line.startsWith('POST') ? {} : undefined)).toEqual({
      decidedBy: 'owner',
      passes: false,
      status: 404,
      message,
    })
  })

  it('what another layer names otherwise passes, whether or not it is there', async () => {
    await using upstream = await recordingUpstream(engine)
    const elsewhere = intermediate().use('DELETE /images/:name', async (call, next) => {
      call.params.name = 'mirror.local/hub/none'
      try {
        return await next(call)
      } finally {
        await call.ask('POST /images/prune').catch(() => undefined)
      }
    })
    const call = { method: 'DELETE', target: '/images/none' }
    expect(await explain(elsewhere, call, { upstream: upstream.address })).toMatchObject({
      passes: true,
      message: 'DELETE /images/mirror.local/hub/none',
    })
    expect(upstream.requests).toEqual([])
  })

  it('a digest that another layer has looked for elsewhere is nothing that it hides', async () => {
    await using upstream = await recordingUpstream(engine)
    const mirror = intermediate().use(enricher.imageMirror({ 'docker.io': 'mirror.local/hub' }))
    const call = { method: 'GET', target: `/images/busybox@sha256:${'c'.repeat(64)}/json` }
    expect(await explain(mirror, call, { upstream: upstream.address })).toMatchObject({
      decidedBy: undefined,
      passes: true,
    })
  })

  it('an id that another layer spells otherwise is nothing that it hides', async () => {
    await using upstream = await recordingUpstream(engine)
    const spelled = intermediate().use('GET /images/:name/json', (call, next) => {
      call.params.name = `sha256:${call.params.name}`
      return next(call)
    })
    const call = { method: 'GET', target: `/images/${'c'.repeat(64)}/json` }
    expect(await explain(spelled, call, { upstream: upstream.address })).toMatchObject({ passes: true })
  })

  it('what is theirs passes', async () => {
    expect(await explained('POST /containers/mine/kill')).toEqual({
      decidedBy: undefined,
      passes: true,
      status: 200,
      message: `POST /containers/${ids.mine}/kill`,
    })
  })

  it.each([
    [
      'POST /containers/create',
      { Image: 'mine', HostConfig: { VolumesFrom: ['theirs'] } },
      'it names what is not there for its client',
    ],
    ['POST /commit?container=theirs', {}, 'it names what is not there for its client'],
    [
      'POST /containers/create',
      { Image: 'mine', HostConfig: { Binds: ['data:/data'] } },
      'a layer first has the engine do POST /volumes/create',
    ],
  ])('what only the engine could tell is not told: %s', async (line, body, why) => {
    await expect(explained(line, body)).rejects.toThrow(
      `explain() cannot tell how the engine answers ${line}: ${why}, and`,
    )
  })
})
