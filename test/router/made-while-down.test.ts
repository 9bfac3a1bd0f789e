import { router } from '@intermediate/router'
import type { MemoryEngine } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { asked } from './routed.js'
import { breakable, made } from './two-engines.js'

const container = 'POST /containers/create'
const Image = 'busybox'

const volume = (engine: MemoryEngine, Name: string) =>
  engine.request('POST /volumes/create', { body: { Name } })
const network = (engine: MemoryEngine, Name: string) =>
  engine.request('POST /networks/create', { body: { Name } })

describe('while an engine is down', () => {
  it.each([
    ['volume data', { Binds: ['data:/data'] }, ': say a/data for another one'],
    [
      'volume data',
      { Mounts: [{ Type: 'volume', Source: 'data', Target: '/data' }] },
      ': say a/data for another one',
    ],
    ['network back', { NetworkMode: 'back' }, ''],
    ['container db', { VolumesFrom: ['db:ro'] }, ''],
    ['container db', { Links: ['db:database'] }, ''],
    ['container db', { NetworkMode: 'container:db' }, ''],
    ['container db', { PidMode: 'container:db' }, ''],
  ])('a container is not made without what may be there: a %s', async (what, HostConfig, instead) => {
    await using to = await breakable()
    await volume(to.b, 'data')
    await network(to.b, 'back')
    await made(to.b, 'db')
    await to.kill()
    const refused = await to.one.call(container, { Image, HostConfig })
    expect([refused.status, refused.body.message]).toEqual([
      502,
      `${container}: no engine that answers has the ${what}, but b may have it and cannot be reached${instead}.`,
    ])
    expect(asked(to.a).filter((endpoint) => endpoint.startsWith('POST'))).toEqual([])
    await to.revive()
    expect((await to.one.call(container, { Image, HostConfig })).status).toBe(201)
    expect(asked(to.b)).toContain(container)
  })

  it('not even where a function says: what is needed comes first', async () => {
    await using to = await breakable({ place: router.byLabel('engine') })
    await volume(to.b, 'data')
    await to.kill()
    const body = { Image, Labels: { engine: 'a' }, HostConfig: { Binds: ['data:/data'] } }
    expect((await to.one.call(container, body)).status).toBe(502)
  })

  it('what is found is enough, and so is the engine in a name', async () => {
    await using to = await breakable({ place: router.byLabel('engine') })
    await volume(to.a, 'data')
    await network(to.a, 'back')
    await to.kill()
    const found = { Image, HostConfig: { Binds: ['data:/data'], NetworkMode: 'back' } }
    expect((await to.one.call(container, found)).status).toBe(201)
    const HostConfig = { Binds: ['new:/data'] }
    expect((await to.one.call(`${container}?name=a%2Fweb`, { Image, HostConfig })).status).toBe(201)
    const named = { Binds: ['a/newer:/data', 'newest:/newest'] }
    expect((await to.one.call(container, { Image, HostConfig: named })).status).toBe(201)
    expect((await to.one.call('POST /volumes/create', { Name: 'a/other' })).status).toBe(201)
    const said = await to.one.call(container, { ...found, Labels: { engine: 'b' } })
    expect([said.status, said.body.message]).toEqual([502, expect.stringContaining(to.address)])
  })

  it.each(['volume', 'network'])('a %s of a name that it may have is not made', async (kind) => {
    await using to = await breakable()
    await to.kill()
    const refused = await to.one.call(`POST /${kind}s/create`, { Name: 'data' })
    expect([refused.status, refused.body.message]).toEqual([
      502,
      `POST /${kind}s/create: no engine that answers has the ${kind} data, but b may have it and cannot be reached: say a/data for another one.`,
    ])
    expect(asked(to.a).filter((endpoint) => endpoint.startsWith('POST'))).toEqual([])
    expect((await to.one.call(`POST /${kind}s/create`, { Name: 'a/data' })).status).toBe(201)
  })

  it('a network is made where a function says, and a warning says that its name may be there twice', async () => {
    await using to = await breakable({ place: router.byLabel('engine') })
    await network(to.b, 'back')
    await to.kill()
    const Labels = { engine: 'a' }
    const created = await to.one.call('POST /networks/create', { Name: 'back', Labels })
    expect([created.status, created.headers.get('warning')]).toEqual([
      201,
      expect.stringMatching(/^299 - "engine b is down: /),
    ])
    expect((await to.one.call('POST /networks/create', { Name: 'other' })).status).toBe(502)
    expect((await to.one.call('POST /volumes/create', { Name: 'data', Labels })).status).toBe(502)
  })

  it('a volume that another engine has is there, and one without a name is made', async () => {
    await using to = await breakable()
    await volume(to.a, 'data')
    await to.kill()
    expect((await to.one.call('POST /volumes/create', { Name: 'data' })).body.Name).toBe('data')
    expect((await to.one.call('POST /volumes/create', {})).status).toBe(201)
  })

  it('a container is made, and a warning says that its name may be there twice', async () => {
    await using to = await breakable()
    await made(to.b, 'web')
    await to.kill()
    const first = await to.one.call(`${container}?name=web`, { Image })
    expect(first.status).toBe(201)
    expect(first.headers.get('warning')).toMatch(/^299 - "engine b is down: /)
    expect(first.body.Warnings).toEqual([
      'the engine b cannot be reached, and may have a container web, too: that would be b/web',
    ])
    const anonymous = await to.one.call(container, { Image })
    expect([anonymous.status, anonymous.headers.get('warning'), anonymous.body.Warnings]).toEqual([
      201,
      null,
      [],
    ])
    await to.revive()
    const refused = await to.one.call('GET /containers/web/json')
    expect(refused.body.message).toContain('say a/web or b/web')
  })

  it('a container joins no network that it may have', async () => {
    await using to = await breakable()
    await made(to.a, 'web')
    await network(to.b, 'back')
    await to.kill()
    const refused = await to.one.call('POST /networks/back/connect', { Container: 'web' })
    expect([refused.status, refused.body.message]).toEqual([
      502,
      'POST /networks/back/connect: no engine that answers has the network back, but b may have it and cannot be reached.',
    ])
  })
})
