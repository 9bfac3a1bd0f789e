import { endpoints, intermediate, reply } from '@intermediate/core'
import { router, ways } from '@intermediate/router'
import type { EnginesOptions } from '@intermediate/router'
import type { MemoryEngine } from '@intermediate/testing'
import { memoryEngine } from '@intermediate/testing'
import { describe, expect, it, vi } from 'vitest'
import { asked, engineSet, routed } from './routed.js'
import type { Routed } from './routed.js'
import { breakable, made, namesOf, two } from './two-engines.js'
import type { Two } from './two-engines.js'

describe('of several engines seen as one', () => {
  it('every endpoint has its way', () => {
    expect(Object.keys(ways).toSorted()).toEqual(endpoints.map(({ key }) => key).toSorted())
  })

  it('lists are one, the newest first', async () => {
    await using to = await two()
    const ids = [await made(to.a, 'one'), await made(to.b, 'two'), await made(to.a, 'three')]
    const { status, headers, body } = await to.one.call('GET /containers/json?all=1')
    expect([status, headers.get('warning')]).toEqual([200, null])
    expect(body.map(({ Id }: { Id: string }) => Id).toSorted()).toEqual(ids.toSorted())
    const created = body.map(({ Created }: { Created: number }) => Created)
    expect(created).toEqual(created.toSorted((x: number, y: number) => y - x))
    expect((await to.one.call('GET /containers/json?limit=2')).body).toHaveLength(2)
    await to.a.request('POST /volumes/create', { body: { Name: 'left' } })
    await to.b.request('POST /volumes/create', { body: { Name: 'right' } })
    const volumes = (await to.one.call('GET /volumes')).body.Volumes
    expect(volumes.map(({ Name }: { Name: string }) => Name)).toEqual(['left', 'right'])
  })

  it('an image that is the same on several is there once', async () => {
    await using to = await two()
    const direct = (await (await to.a.request('GET /images/json')).json()) as readonly { Id: string }[]
    const { body } = await to.one.call('GET /images/json')
    const ids = body.map(({ Id }: { Id: string }) => Id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(direct.map(({ Id }) => Id)))
  })

  it('a name that several have is made distinct, and refused where it is not', async () => {
    await using to = await two()
    const [left, right] = [await made(to.a, 'web'), await made(to.b, 'web')]
    expect(namesOf((await to.one.call('GET /containers/json')).body).toSorted()).toEqual(['/a/web', '/b/web'])
    expect((await to.one.call('GET /containers/a/web/json')).body.Id).toBe(left)
    expect((await to.one.call('GET /containers/b/web/json')).body.Id).toBe(right)
    expect((await to.one.call(`GET /containers/${right}/json`)).body.Id).toBe(right)
    const refused = await to.one.call('DELETE /containers/web?force=1')
    expect([refused.status, refused.body.message]).toEqual([
      400,
      'DELETE /containers/web: there is a container web on a and b: say a/web or b/web.',
    ])
    const used = [
      (await to.one.call('GET /v1.45/system/df')).body.Containers,
      (await to.one.call('GET /system/df?verbose=1')).body.ContainerUsage.Items,
    ]
    for (const containers of used) expect(namesOf(containers).toSorted()).toEqual(['/a/web', '/b/web'])
    const networks = (await to.one.call('GET /networks')).body.map(({ Name }: { Name: string }) => Name)
    expect(networks).toEqual(expect.arrayContaining(['a/bridge', 'b/bridge']))
    expect((await to.one.call('GET /networks/b/bridge')).body.Name).toBe('bridge')
    await to.one.call('DELETE /containers/b/web?force=1')
    expect((await to.one.call('GET /containers/web/json')).body.Id).toBe(left)
  })

  it('an object is found by name, id and prefix, and asked for once by id', async () => {
    await using to = await two()
    const id = await made(to.b, 'db')
    for (const text of ['db', id, id.slice(0, 12), 'b/db', `b/${id.slice(0, 12)}`]) {
      const started = await to.one.call(`POST /containers/${text}/restart?t=0`)
      expect([text, started.status]).toEqual([text, 204])
    }
    expect(asked(to.b).filter((endpoint) => endpoint === 'POST /containers/:id/restart')).toHaveLength(5)
    expect(asked(to.a)).toEqual(Array(2).fill('GET /containers/:id/json'))
  })

  it('what was made through it is remembered, and found again by another that was not there', async () => {
    await using to = await two()
    const { Id } = (
      await to.one.call('POST /containers/create?name=web', { Image: 'busybox', Cmd: ['sleep', '9'] })
    ).body
    const home = asked(to.a).includes('POST /containers/create') ? to.a : to.b
    const other = home === to.a ? to.b : to.a
    asked(other)
    expect((await to.one.call(`POST /containers/${Id}/start`)).status).toBe(204)
    const exec = (await to.one.call(`POST /containers/${Id}/exec`, { Cmd: ['true'] })).body.Id
    expect(asked(other)).toEqual([])
    await using again = await routed(router.engines(to.addresses))
    expect((await again.call(`POST /exec/${exec}/start`, { Detach: true })).status).toBe(200)
    expect((await to.one.call(`GET /exec/${exec}/json`)).body.ID).toBe(exec)
    expect(asked(other)).toEqual(['GET /exec/:id/json'])
  })

  it('of the ids, those that fit are remembered', async () => {
    await using to = await two({ remember: 1 })
    const create = async () =>
      (await to.one.call('POST /containers/create', { Image: 'busybox' })).body.Id as string
    const [first, second] = [await create(), await create()]
    asked(to.a)
    asked(to.b)
    await to.one.call(`GET /containers/${second}/json`)
    expect([...asked(to.a), ...asked(to.b)]).toHaveLength(1)
    await to.one.call(`GET /containers/${first}/json`)
    expect([...asked(to.a), ...asked(to.b)]).toHaveLength(3)
  })

  it('of the ids, the one that was not looked for longest is forgotten first', async () => {
    await using to = await two({ remember: 2 })
    const create = async () =>
      (await to.one.call('POST /containers/create', { Image: 'busybox' })).body.Id as string
    const [first, second] = [await create(), await create()]
    await to.one.call(`GET /containers/${first}/json`)
    await create()
    asked(to.a)
    asked(to.b)
    await to.one.call(`GET /containers/${first}/json`)
    expect([...asked(to.a), ...asked(to.b)]).toHaveLength(1)
    await to.one.call(`GET /containers/${second}/json`)
    expect([...asked(to.a), ...asked(to.b)]).toHaveLength(3)
  })

  it('how many containers an image has is added up, unless it was not counted', async () => {
    await using set = await engineSet('a', 'b')
    const counting = (engine: MemoryEngine, counts: readonly number[]) =>
      intermediate({ upstream: engine.address }).use('GET /images/json', async () =>
        reply(
          200,
          counts.map((Containers, n) => ({ Id: `sha256:${n}`, Created: 10 - n, Containers })),
        ),
      )
    await using one = await routed(
      router.engines({ a: counting(set.a, [2, -1, 0]), b: counting(set.b, [3, 5, -1]) }),
    )
    const { body } = await one.call('GET /images/json')
    expect(body.map(({ Containers }: { Containers: number }) => Containers)).toEqual([5, -1, 0])
  })

  it('sums are exact, however large', async () => {
    await using set = await engineSet('a', 'b')
    const free = (engine: MemoryEngine) =>
      intermediate({ upstream: engine.address }).use('POST /images/prune', async () =>
        reply(200, '{"ImagesDeleted":null,"SpaceReclaimed":9007199254740991}', {
          'Content-Type': 'application/json',
        }),
      )
    await using one = await routed(router.engines({ a: free(set.a), b: free(set.b), c: free(set.a) }))
    const answer = await one.stream('POST /images/prune')
    expect(await answer.text()).toContain('27021597764222973')
  })

  it('whoever is told of calls is told which engine replied', async () => {
    await using set = await engineSet('a', 'b')
    const id = await made(set.b, 'web')
    const told: (string | undefined)[] = []
    const one = intermediate({ upstream: 'unix:///nowhere', onCall: ({ upstream }) => told.push(upstream) })
    await using listening = await one.use(router.engines(set.addresses)).listen('tcp://127.0.0.1:0')
    const at = listening.addresses[0]!.replace('tcp:', 'http:')
    for (const path of [`/containers/${id}/json`, '/containers/json', '/images/search'])
      await (await fetch(at + path)).text()
    await vi.waitFor(() => expect(told).toEqual([set.addresses.b, undefined, set.addresses.a]))
  })

  it('a layer in front asks about what is there, wherever it is', async () => {
    await using set = await engineSet('a', 'b')
    await made(set.b, 'guarded', { Labels: { guarded: 'yes' } })
    await made(set.a, 'free')
    const layers = intermediate()
      .use('DELETE /containers/:id', async function guard(call, next) {
        const inspected = await call.ask('GET /containers/:id/json', { params: call.params })
        const isGuarded = inspected.ok && (await inspected.json()).Config?.Labels?.['guarded'] === 'yes'
        return isGuarded ? reply(403, { message: 'guarded' }) : next(call)
      })
      .use(router.engines(set.addresses))
    await using one = await routed(layers)
    expect((await one.call('DELETE /containers/guarded?force=1')).status).toBe(403)
    expect((await one.call('DELETE /containers/b/guarded?force=1')).status).toBe(403)
    expect((await one.call('DELETE /containers/free?force=1')).status).toBe(204)
  })

  it('a prefix that fits several on one engine is not taken for one on another', async () => {
    await using to = await two()
    const id = await made(to.b, 'db')
    to.a.misbehave('GET /containers/:id/json', { status: 400, message: 'multiple IDs found' })
    to.a.misbehave('DELETE /containers/:id', { status: 400, message: 'multiple IDs found' })
    const refused = await to.one.call(`DELETE /containers/${id.slice(0, 6)}?force=1`)
    expect([refused.status, refused.body.message]).toEqual([400, 'multiple IDs found'])
    expect(asked(to.b)).not.toContain('DELETE /containers/:id')
    expect((await to.one.call('GET /containers/db/json')).body.Id).toBe(id)
  })

  it('images are saved by an engine that has all of them', async () => {
    await using to = await engineSet('a', 'b')
    for (const name of ['one', 'both']) await to.a.request(`POST /images/create?fromImage=${name}&tag=1`)
    for (const name of ['two', 'both']) await to.b.request(`POST /images/create?fromImage=${name}&tag=1`)
    await using one = await routed(router.engines(to.addresses))
    await one.call('GET /images/get?names=both:1&names=two:1')
    expect([asked(to.a), asked(to.b)].map((all) => all.includes('GET /images/get'))).toEqual([false, true])
    const apart = await one.call('GET /images/get?names=one:1&names=both:1&names=two:1')
    expect([apart.status, apart.body.message]).toEqual([
      409,
      'GET /images/get: no engine has all of these images: one:1 is on a, both:1 is on a and b, two:1 is on b. Save them one by one.',
    ])
    expect((await one.call('GET /images/get?names=three')).status).toBe(404)
  })

  it('a container joins the networks of its own engine', async () => {
    await using to = await two()
    await made(to.b, 'web')
    await to.a.request('POST /networks/create', { body: { Name: 'left' } })
    for (const Name of ['right', 'other']) await to.b.request('POST /networks/create', { body: { Name } })
    for (const network of ['right', 'b/other']) {
      const joined = await to.one.call(`POST /networks/${network}/connect`, { Container: 'b/web' })
      expect([network, joined.status]).toEqual([network, 200])
    }
    for (const network of ['left', 'a/left']) {
      const apart = await to.one.call(`POST /networks/${network}/connect`, { Container: 'web' })
      expect([apart.status, apart.body.message]).toEqual([
        409,
        `POST /networks/${network}/connect: the container web is on b, the network ${network} on a.`,
      ])
    }
    asked(to.b)
    await to.one.call('POST /networks/right/disconnect', { Container: 'gone', Force: true })
    expect(asked(to.b)).toContain('POST /networks/:id/disconnect')
  })

  it('what is of a swarm is asked of a manager, and its networks are there once', async () => {
    await using to = await engineSet('a', 'b')
    const node = (engine: MemoryEngine, isManager: boolean) =>
      intermediate({ upstream: engine.address })
        .use('GET /info', async (call, next) => {
          const info = await next(call)
          if (info.ok) (await info.json()).Swarm = { ControlAvailable: isManager }
          return info
        })
        .use('GET /networks', async () => reply(200, [{ Name: 'ingress', Id: 'same' }]))
        .use('GET /networks/:id', async () => reply(200, { Name: 'ingress', Id: 'same' }))
    await using one = await routed(router.engines({ a: node(to.a, false), b: node(to.b, true) }))
    await one.call('GET /services')
    expect([asked(to.a), asked(to.b)]).toEqual([['GET /info'], ['GET /info', 'GET /services']])
    expect((await one.call('GET /networks')).body).toEqual([{ Name: 'ingress', Id: 'same' }])
    expect((await one.call('GET /networks/ingress')).body.Id).toBe('same')
  })

  it('what is nowhere is for an engine to say', async () => {
    await using to = await two()
    const missing = await to.one.call('GET /containers/nosuch/json')
    expect([missing.status, missing.body.message]).toEqual([404, 'No such container: nosuch'])
  })

  it('counts are added, and versions are those that all speak', async () => {
    await using old = await memoryEngine({ apiVersion: '1.41' })
    await using young = await memoryEngine({ apiVersion: '1.45' })
    await made(old, 'one')
    await made(young, 'two')
    await using one = await routed(router.engines({ young: young.address, old: old.address }))
    const info = (await one.call('GET /info')).body
    expect([info.Containers, info.ContainersRunning, info.Name]).toEqual([2, 2, 'young,old'])
    expect(info.Warnings).toContain('This is 2 engines, young, old: what is no count is that of young.')
    const version = (await one.call('GET /version')).body
    expect(version.ApiVersion).toBe('1.41')
    expect(version.Platform.Name).toBe('2 engines (young, old)')
    const ping = await one.call('GET /_ping')
    expect([ping.body, ping.headers.get('api-version')]).toEqual(['OK', '1.41'])
    const head = await one.call('HEAD /_ping')
    expect([head.status, head.body, head.headers.get('api-version')]).toEqual([200, '', '1.41'])
    expect((await one.call('GET /system/df')).body.Containers).toHaveLength(2)
  })

  it('all are pruned', async () => {
    await using to = await two()
    const ids = [await made(to.a, 'one'), await made(to.b, 'two')]
    for (const id of ids) await to.one.call(`POST /containers/${id}/kill`)
    for (const id of ids) await to.one.call(`POST /containers/${id}/wait`)
    const { body } = await to.one.call('POST /containers/prune')
    expect(body.ContainersDeleted.toSorted()).toEqual(ids.toSorted())
  })

  it('an image is removed wherever it is, and a refusal says what was done', async () => {
    await using to = await two()
    for (const engine of [to.a, to.b]) await engine.request('POST /images/create?fromImage=alpine&tag=1')
    to.b.misbehave('DELETE /images/:name', { status: 409, message: 'it is in use' }, { times: 1 })
    const refused = await to.one.call('DELETE /images/alpine:1')
    expect([refused.status, refused.body.message]).toEqual([409, 'on b: it is in use (It was removed on a.)'])
    expect((await to.one.call('DELETE /images/alpine:1')).status).toBe(200)
    expect((await to.one.call('GET /images/alpine:1/json')).status).toBe(404)
  })

  it('what cannot be combined goes to the first, and unknown calls too', async () => {
    await using to = await two()
    await to.one.call('GET /images/search?term=busybox')
    await to.one.call('GET /nothing/known')
    expect([asked(to.a), asked(to.b)]).toEqual([['GET /images/search', 'unknown'], []])
    await to.one.call('POST /build')
    expect([asked(to.a), asked(to.b)]).toEqual([['POST /build'], []])
    await using other = await routed(router.engines(to.addresses, { builds: 'b' }))
    await other.call('POST /build')
    expect(asked(to.b)).toEqual(['POST /build'])
  })

  it('options are those that there are', () => {
    const at = { a: 'unix:///a' }
    expect(() => router.engines({})).toThrow('engines() was given no upstream: name at least one.')
    expect(() => router.engines(at, { builds: 'c' })).toThrow(
      'engines() was given builds: "c", which is no engine of it: there is a.',
    )
    expect(() => router.engines(at, { remember: 0 })).toThrow(
      'engines() was given remember: 0: give a whole number from 1 to 2147483647.',
    )
    expect(() => router.engines(at, { place: router.byImage({ 'ci/*': 'c' }) })).toThrow(
      'engines() was given no upstream called "c", which place names: there is a.',
    )
    expect(() => router.engines(at, { place: 'a' as never })).toThrow(
      'engines() was given no function for place, but "a".',
    )
    expect(() => router.engines(at, { log: true as never })).toThrow(
      'engines() was given no function for log, but true.',
    )
    expect(() => router.engines(at, (() => 'a') as never)).toThrow(
      'engines() was given a function for its options.',
    )
    expect(() => router.engines({ ...at, b: { address: 'unix:///a' } })).toThrow(
      'engines() was given unix:///a as a and as b: name each engine once.',
    )
    expect(() => router.engines({ a: 'tcp://h:2375', b: 'tcp://h:2375/' })).toThrow(
      'engines() was given tcp://h:2375/ as a and as b: name each engine once.',
    )
    expect(() => router.engines({ ...at, b: 'foo' })).toThrow(
      'engines() was given for "b": "foo" is not an address',
    )
    expect(() => router.engines(at, { palce: () => 'a' } as EnginesOptions)).toThrow(
      'engines() was given the option palce, which does not exist: there are builds, log, patience, place, remember.',
    )
  })
})

describe('what is made anew', () => {
  const create = async ({ one }: Two, name: string, more: object = {}) =>
    one.call(`POST /containers/create?name=${name}`, { Image: 'busybox', ...more })
  const home = (to: Two, endpoint: string) =>
    (['a', 'b'] as const).filter((name) => asked(to[name]).includes(endpoint)).join()
  const container = 'POST /containers/create'

  it('is on the engine with the fewest containers, of those that have the image', async () => {
    await using to = await two()
    await made(to.a, 'one')
    await create(to, 'web')
    expect(home(to, container)).toBe('b')
    await made(to.b, 'two')
    await made(to.b, 'three')
    await create(to, 'web2')
    expect(home(to, container)).toBe('a')
    await to.b.request('POST /images/create?fromImage=only&tag=here')
    to.a.misbehave('GET /images/:name/json', { status: 404, message: 'no such image' })
    await create(to, 'web3', { Image: 'only:here' })
    expect(home(to, container)).toBe('b')
  })

  it('is where the function says, or the name', async () => {
    await using to = await two({ place: router.byLabel('engine') })
    for (const engine of ['a', 'b']) {
      await create(to, `on-${engine}`, { Labels: { engine } })
      expect(home(to, container)).toBe(engine)
      await to.one.call('POST /volumes/create', { Name: `on-${engine}`, Labels: { engine } })
      expect(home(to, 'POST /volumes/create')).toBe(engine)
      await create(to, `${engine}%2Fweb`, { Labels: { engine: 'a' } })
      expect(home(to, container)).toBe(engine)
    }
    const names = namesOf((await to.one.call('GET /containers/json?all=1')).body)
    expect(names.toSorted()).toEqual(['/a/web', '/b/web', '/on-a', '/on-b'])
    const refused = await create(to, 'web3', { Labels: { engine: 'c' } })
    expect([refused.status, refused.body.message]).toEqual([
      500,
      'engines() was told to go to "c", which is no upstream of it: there is a, b.',
    ])
  })

  it('is with what it needs, whatever else is said', async () => {
    await using to = await two({ place: () => 'a' })
    await to.b.request('POST /networks/create', { body: { Name: 'back' } })
    await to.b.request('POST /volumes/create', { body: { Name: 'data' } })
    await to.a.request('POST /volumes/create', { body: { Name: 'other' } })
    await made(to.b, 'db')
    for (const HostConfig of [
      { NetworkMode: 'back' },
      { NetworkMode: 'b/back' },
      { Binds: ['data:/data'] },
      { Mounts: [{ Type: 'volume', Source: 'data', Target: '/data' }] },
      { VolumesFrom: ['db:ro'] },
      { NetworkMode: 'container:db' },
    ]) {
      expect((await create(to, '', { HostConfig })).status).toBe(201)
      expect([HostConfig, home(to, container)]).toEqual([HostConfig, 'b'])
    }
    const apart = await create(to, 'web', { HostConfig: { NetworkMode: 'back', Binds: ['other:/x'] } })
    expect([apart.status, apart.body.message]).toEqual([
      409,
      'POST /containers/create: the container cannot be made with all that it needs: the network back is on b, the volume other is on a.',
    ])
    expect(home(to, container)).toBe('')
  })

  it('is where the function says only among those that have what it needs', async () => {
    await using to = await engineSet('a', 'b', 'c')
    await using one = await routed(router.engines(to.addresses, { place: () => 'c' }))
    await to.a.request('POST /networks/create', { body: { Name: 'back' } })
    const HostConfig = { NetworkMode: 'back' }
    expect((await one.call('POST /containers/create', { Image: 'busybox', HostConfig })).status).toBe(201)
    expect(asked(to.a)).toContain(container)
  })

  it('is given nothing by a name behind a slash that is no name', async () => {
    await using to = await two()
    for (const [kind, text, HostConfig] of [
      ['network', 'a/host', { NetworkMode: 'a/host' }],
      ['network', 'a/container:db', { NetworkMode: 'a/container:db' }],
      ['volume', 'a//etc', { Binds: ['a//etc:/etc'] }],
      ['volume', 'a/../etc', { Binds: ['a/../etc:/etc'] }],
      ['volume', 'a//etc', { Mounts: [{ Type: 'volume', Source: 'a//etc', Target: '/etc' }] }],
    ] as const) {
      const refused = await create(to, 'web', { HostConfig })
      expect([refused.status, refused.body.message]).toEqual([
        400,
        `POST /containers/create: ${text} is no name of a ${kind} on an engine: say what is behind the slash alone, or another name.`,
      ])
    }
    const EndpointsConfig = { 'a/host': {} }
    expect((await create(to, 'web', { NetworkingConfig: { EndpointsConfig } })).status).toBe(400)
    expect(home(to, container)).toBe('')
  })

  it('is with others of its compose project', async () => {
    await using to = await two()
    const Labels = { 'com.docker.compose.project': 'shop' }
    await made(to.a, 'busy')
    await to.a.request('POST /networks/create', { body: { Name: 'shop_default', Labels } })
    await create(to, 'shop-web-1', { Labels })
    expect(home(to, container)).toBe('a')
    await to.one.call('POST /volumes/create', { Name: 'shop_data', Labels })
    expect(home(to, 'POST /volumes/create')).toBe('a')
  })

  it('has a name that is not taken, unless it says on which engine', async () => {
    await using to = await two({ place: () => 'b' })
    await made(to.a, 'web')
    const refused = await create(to, 'web')
    expect([refused.status, refused.body.message]).toEqual([
      409,
      'POST /containers/create: there is a container web on a: remove it, or say b/web to have another one on b.',
    ])
    expect((await create(to, 'b%2Fweb')).status).toBe(201)
    await to.a.request('POST /volumes/create', { body: { Name: 'data' } })
    asked(to.a)
    await to.one.call('POST /volumes/create', { Name: 'data' })
    expect(home(to, 'POST /volumes/create')).toBe('a')
  })
})

describe('an engine that is down', () => {
  it('is shown, and what it has is 502 until it is back', async () => {
    await using to = await breakable()
    const [left, right] = [await made(to.a, 'left'), await made(to.b, 'right')]
    expect((await to.one.call('GET /containers/json')).body).toHaveLength(2)
    await to.kill()
    const list = await to.one.call('GET /containers/json')
    expect(list.status).toBe(200)
    expect(namesOf(list.body)).toEqual(['/left'])
    expect(list.headers.get('warning')).toBe(
      `299 - "engine b is down: GET /containers/json: cannot reach the Docker engine at ${to.address} (ECONNREFUSED). Check that it is running and that the address is right."`,
    )
    for (const line of ['GET /volumes', 'GET /info', 'GET /version', 'GET /_ping', 'GET /system/df'])
      expect((await to.one.call(line)).headers.get('warning')).toMatch(/^299 - "engine b is down/)
    expect((await to.one.call(`GET /containers/${left}/json`)).status).toBe(200)
    expect((await to.one.call('GET /containers/left/json')).status).toBe(200)
    for (const text of [right, 'right', 'b/right'])
      expect([text, (await to.one.call(`GET /containers/${text}/json`)).status]).toEqual([text, 502])
    expect((await to.one.call('GET /containers/right/json')).body.message).toBe(
      'GET /containers/right/json: no engine that answers has the container right, but b may have it and cannot be reached.',
    )
    expect((await to.one.call('POST /containers/create?name=new', { Image: 'busybox' })).status).toBe(201)
    await to.revive()
    expect((await to.one.call('GET /containers/right/json')).body.Id).toBe(right)
    expect((await to.one.call('GET /containers/json')).headers.get('warning')).toBeNull()
    expect(to.log).toEqual([
      expect.stringMatching(/^engine b is down: .*ECONNREFUSED/),
      'engine b answers again',
    ])
  })

  it('and comes back under load costs nothing but what it has', async () => {
    await using to = await breakable()
    const [left, right] = [await made(to.a, 'left'), await made(to.b, 'right')]
    const seen = new Set<string>()
    const over = new AbortController()
    const client = async () => {
      while (!over.signal.aborted) {
        const list = await to.one.call('GET /containers/json')
        const isWhole = list.headers.get('warning') === null
        seen.add(
          `list ${list.status} of ${namesOf(list.body)
            .toSorted((x, y) => (x < y ? -1 : 1))
            .join()} ${isWhole}`,
        )
        seen.add(`left ${(await to.one.call(`GET /containers/${left}/json`)).status}`)
        seen.add(`right ${(await to.one.call(`GET /containers/${right}/json`)).status}`)
        seen.add(`new ${(await to.one.call('POST /volumes/create', {})).status}`)
      }
    }
    const clients = Promise.all(Array.from({ length: 8 }, client))
    const has = (text: string) =>
      vi.waitFor(() => expect(seen).toContain(text), { interval: 1, timeout: 10_000 })
    for (let n = 0; n < 3; n++) {
      seen.clear()
      await has('right 200')
      await to.kill()
      await has('right 502')
      await to.revive()
      seen.clear()
      await has('list 200 of /left,/right true')
    }
    over.abort()
    await clients
    for (const each of seen)
      expect(each).toMatch(
        /^(list 200 of \/left,\/right true|list 200 of \/left false|left 200|right (200|502)|new (201|502))$/,
      )
    expect(to.one.errors.filter(({ id }) => id !== undefined)).toEqual([])
  })

  it('is one that does not answer in time', async () => {
    await using to = await two({ patience: 50 })
    to.b.misbehave('GET /info', 'stall')
    const info = await to.one.call('GET /info')
    expect(info.headers.get('warning')).toContain('the engine b did not answer within 0.05 s')
    expect(to.log).toEqual(['engine b is down: GET /info: the engine b did not answer within 0.05 s.'])
  })

  it('leaves nothing to say where there is no other', async () => {
    await using one = await routed(
      router.engines({ a: 'unix:///nowhere/a', b: 'unix:///nowhere/b' }, { log: () => {} }),
    )
    for (const line of ['GET /containers/json', 'GET /_ping', 'GET /events', 'DELETE /containers/web']) {
      const failed = await one.call(line)
      expect([line, failed.status]).toEqual([line, 502])
    }
  })

  it('has its events told when it is back', async () => {
    await using to = await breakable()
    await using events = await listen(to.one, 'GET /events')
    await made(to.a, 'one')
    await made(to.b, 'two')
    await events.until(({ Action, Actor }) => Action === 'start' && Actor.Attributes.name === 'two')
    await to.kill()
    await made(to.b, 'meanwhile')
    await to.revive()
    await events.until(({ Action, Actor }) => Action === 'start' && Actor.Attributes.name === 'meanwhile')
    const told = events.seen.map(({ timeNano, Action, Actor }) => `${timeNano} ${Action} ${Actor.ID}`)
    expect(new Set(told).size).toBe(told.length)
  })
})

describe('events', () => {
  it('of the past come by their times', async () => {
    await using to = await two()
    for (let n = 0; n < 20; n++) await made(n % 3 === 0 ? to.a : to.b, `c${n}`)
    const now = Math.ceil(Date.now() / 1000)
    const past = (await to.one.call(`GET /events?since=1&until=${now}`)).body as string
    const times = past
      .trim()
      .split('\n')
      .map((line) => BigInt(/"timeNano":(\d+)/.exec(line)![1]!))
    expect(times.length).toBeGreaterThanOrEqual(40)
    expect(times).toEqual(times.toSorted((x, y) => (x < y ? -1 : x > y ? 1 : 0)))
  })

  it('of now come from all, by their times', async () => {
    await using to = await two()
    await using events = await listen(to.one, 'GET /events?filters={"event":["create"]}')
    for (let n = 0; n < 10; n++) await made(n % 2 === 0 ? to.a : to.b, `c${n}`)
    await events.until(({ Actor }) => Actor.Attributes.name === 'c9')
    expect(events.seen.map(({ Actor }) => Actor.Attributes.name)).toEqual(
      [...Array(10).keys()].map((n) => `c${n}`),
    )
  })

  it('are no longer asked for when the client leaves', async () => {
    await using to = await breakable()
    await using leaves = await listen(to.one, 'GET /events')
    expect(to.connections()).toBe(1)
    await leaves[Symbol.asyncDispose]()
    await vi.waitFor(() => expect(to.connections()).toBe(0), { interval: 1, timeout: 10_000 })
  })
})

interface Event {
  readonly Action: string
  readonly timeNano: number
  readonly Actor: { readonly ID: string; readonly Attributes: { readonly name: string } }
}

/** Events as they come. */
async function listen(one: Routed, line: string) {
  const leaving = new AbortController()
  const reply = await one.stream(line, leaving.signal)
  expect(reply.status).toBe(200)
  const text = reply.body!.pipeThrough(new TextDecoderStream()).getReader()
  const seen: Event[] = []
  let rest = ''
  return {
    seen,
    async until(fits: (event: Event) => boolean) {
      while (!seen.some(fits)) {
        const { value, done } = await text.read()
        if (done) throw new Error('the events have ended')
        const lines = (rest + value).split('\n')
        rest = lines.pop()!
        seen.push(...lines.map((each) => JSON.parse(each) as Event))
      }
    },
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await text.closed.catch(() => {})
    },
  }
}
