import { endpoints, intermediate, privateEndpoint } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import type { RecordedCall } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { callerOf, filters, twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'

const images = ['busybox:latest']
const mine = { 'intermediate.owner': 'A' }
const theirs = { 'intermediate.owner': 'B' }

function last(calls: readonly RecordedCall[], endpoint: string): RecordedCall {
  return calls.findLast((call) => call.endpoint === endpoint)!
}

describe('what is made', () => {
  it.each([
    ['POST /containers/create', { Image: 'busybox:latest' }],
    ['POST /volumes/create', { Name: 'data' }],
    ['POST /networks/create', { Name: 'net' }],
  ] as const)('is the client’s, whatever it says: %s', async (endpoint, body) => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    for (const [at, given] of [
      undefined,
      null,
      {},
      theirs,
      { 'Intermediate.Owner': 'B', x: 'y' },
    ].entries()) {
      const named = 'Name' in body ? { ...body, Name: `${body.Name}${at}` } : body
      const { status } = await owners.a(endpoint, { ...named, Labels: given })
      expect(status).toBe(201)
      expect(last(engine.calls, endpoint).body).toMatchObject({ Labels: { ...given, ...mine } })
    }
    expect((await owners.a(endpoint, { ...body, labels: theirs })).status).toBe(201)
    expect(last(engine.calls, endpoint).body).not.toHaveProperty('labels')
    for (const wrong of [[], 'x', 1, true]) {
      const { status, json } = await owners.a(endpoint, { ...body, Labels: wrong })
      expect([status, json]).toEqual([400, { message: 'Labels has to be an object.' }])
    }
  })

  it('is the client’s where the image bears another’s label', async () => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest' })
    await owners.direct('POST /commit?container=web&repo=planted', { Labels: { other: 'label' } })
    await owners.b('POST /containers/create?name=mine', { Image: 'planted' })
    expect((await owners.a('GET /containers/mine/json')).status).toBe(404)
    expect((await owners.b('GET /containers/mine/json')).status).toBe(200)
  })

  it('gets the label as the last change of a commit', async () => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest' })
    const change = `changes=${encodeURIComponent('LABEL intermediate.owner=B')}`
    await owners.a(`POST /commit?container=web&${change}&changes=ENV+a%3Db`, { Labels: theirs })
    const { query, body } = last(engine.calls, 'POST /commit')
    expect(query['changes']).toBe('LABEL intermediate.owner=B\nENV a=b\nLABEL intermediate.owner="A"')
    expect(body).toEqual({ Labels: mine })
  })

  it.each([
    'ENV a=b \\',
    'ENV a=b \\ ',
    'ENV a=b `',
    'ENV a=b\nENV c=d',
    '# escape=`',
    'ONBUILD RUN <<EOF',
    'ENV a=b\r',
  ])('takes no change of a commit that could swallow the label: %j', async (change) => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest' })
    const { status } = await owners.a(`POST /commit?container=web&changes=${encodeURIComponent(change)}`)
    expect(status).toBe(403)
    expect(last(engine.calls, 'POST /commit')).toBeUndefined()
  })
})

describe('names of images', () => {
  it('are not taken from another’s image, nor from everybody’s', async () => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    for (const [call, name] of [
      [owners.a, 'a'],
      [owners.b, 'b'],
    ] as const) {
      await call(`POST /containers/create?name=of-${name}`, { Image: 'busybox:latest' })
      expect((await call(`POST /commit?container=of-${name}&repo=${name}&tag=v1`)).status).toBe(201)
    }
    const conflict = (name: string) => [
      409,
      { message: `Conflict. The image name "${name}" is already in use: choose another one.` },
    ]
    for (const [line, name] of [
      ['POST /images/b:v1/tag?repo=a&tag=v1', 'a:v1'],
      ['POST /images/b:v1/tag?repo=a:v1', 'a:v1'],
      ['POST /images/b:v1/tag?repo=docker.io/library/a&tag=v1', 'docker.io/library/a:v1'],
      ['POST /images/b:v1/tag?repo=busybox', 'busybox:latest'],
      ['POST /commit?container=of-b&repo=busybox', 'busybox:latest'],
      ['POST /commit?container=of-b&repo=a&tag=v1', 'a:v1'],
      ['POST /build?t=fine&t=a:v1', 'a:v1'],
      ['POST /images/create?fromImage=a&tag=v1', 'a:v1'],
      ['POST /images/create?fromImage=a:v1', 'a:v1'],
      ['POST /images/create?fromImage=a', 'a'],
    ] as const) {
      const { status, json } = await owners.b(line)
      expect([line, status, json]).toEqual([line, ...conflict(name)])
    }
    expect((await owners.b('POST /images/b:v1/tag?repo=b&tag=v2')).status).toBe(201)
    expect((await owners.b('POST /images/b:v1/tag?repo=b&tag=v2')).status).toBe(201)
    expect((await owners.b('POST /images/create?fromImage=busybox&tag=latest')).status).toBe(200)
    for (const line of [
      'DELETE /images/busybox:latest',
      'POST /images/busybox/tag?repo=x',
      'POST /images/busybox/push',
    ])
      expect([line, (await owners.b(line)).status]).toEqual([line, 403])
    for (const line of ['GET /images/busybox/json', 'GET /images/busybox/history', 'GET /images/busybox/get'])
      expect([line, (await owners.b(line)).status]).toEqual([line, 200])
  })

  it('are not taken by an import either, where it is allowed', async () => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address, { allow: 'POST /images/create' })
    for (const name of ['repo=busybox', 'repo=busybox&tag=latest', 'repo=docker.io/library/busybox:latest']) {
      const answer = await owners.a(`POST /images/create?fromSrc=-&${name}`, Buffer.alloc(1024))
      expect([name, answer.status]).toEqual([name, 409])
    }
  })

  it('lead to no push of another’s tags', async () => {
    const image = (RepoTags: string[], Labels: object) => ({ Id: 'x', RepoTags, Labels })
    await using engine = await fakeEngine((call) => {
      if (call === 'GET /images/json') return [image(['app:a'], mine), image(['app:b'], theirs)]
      return call.endsWith('/push') ? {} : undefined
    })
    await using owners = await twoOwners(engine.address)
    await owners.b('POST /images/app/push')
    expect(engine.got.at(-1)!.call).toMatch(/^POST \/images\/nobodys-[-\w]+\/push$/)
  })
})

describe('what a container refers to', () => {
  it('is written as ids', async () => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    const { Id } = (await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest' })).json
    const network = (await owners.a('POST /networks/create', { Name: 'net' })).json.Id
    await owners.a('POST /containers/create', {
      Image: 'busybox:latest',
      HostConfig: {
        VolumesFrom: ['web:ro', '/web'],
        PidMode: 'container:web',
        IpcMode: `container:${Id.slice(0, 12)}`,
        NetworkMode: 'net',
        Links: ['web:alias', 'web'],
        Binds: ['named:/data:ro', '/host:/host', '/anonymous'],
        Mounts: [{ Type: 'volume', Target: '/more', VolumeOptions: { Labels: theirs } }],
      },
    })
    expect(last(engine.calls, 'POST /containers/create').body).toMatchObject({
      HostConfig: {
        VolumesFrom: [`${Id}:ro`, Id],
        PidMode: `container:${Id}`,
        IpcMode: `container:${Id}`,
        NetworkMode: 'net',
        Links: [`${Id}:alias`, `${Id}:web`],
        Mounts: [{ VolumeOptions: { Labels: mine } }],
      },
      NetworkingConfig: { EndpointsConfig: { net: { NetworkID: network } } },
    })
    expect(last(engine.calls, 'POST /volumes/create').body).toMatchObject({ Name: 'named', Labels: mine })
  })

  it('is no network but one’s own, however it is said', async () => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    const NetworkID = (await owners.a('POST /networks/create', { Name: 'net' })).json.Id
    const own = (await owners.b('POST /networks/create', { Name: 'own' })).json.Id
    await owners.b('POST /containers/create?name=web', {
      Image: 'busybox:latest',
      NetworkingConfig: { EndpointsConfig: { bridge: { NetworkID }, own: { NetworkID } } },
    })
    const made = last(engine.calls, 'POST /containers/create').body
    expect(made).toMatchObject({
      NetworkingConfig: { EndpointsConfig: { bridge: {}, own: { NetworkID: own } } },
    })
    expect(JSON.stringify(made)).not.toContain(NetworkID)
    await owners.b('POST /networks/own/connect', { Container: 'web', EndpointConfig: { NetworkID } })
    expect(last(engine.calls, 'POST /networks/:id/connect')).toMatchObject({
      params: { id: own },
      body: { EndpointConfig: { NetworkID: own } },
    })
    expect(JSON.stringify(engine.calls.at(-1))).not.toContain(NetworkID)
    await owners.b('POST /networks/bridge/connect', { Container: 'web', EndpointConfig: { NetworkID } })
    expect(last(engine.calls, 'POST /networks/:id/connect').body).toMatchObject({ EndpointConfig: {} })
    expect(JSON.stringify(engine.calls.at(-1))).not.toContain(NetworkID)
  })

  it.each([{}, { EndpointConfig: null }, { EndpointConfig: { Aliases: ['db'] } }])(
    'is the network that it was connected to, whatever has its name at the start: %j',
    async (more) => {
      await using engine = await memoryEngine({ images })
      await using owners = await twoOwners(engine.address)
      await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest' })
      const NetworkID = (await owners.a('POST /networks/create', { Name: 'net' })).json.Id
      await owners.a('POST /networks/net/connect', { Container: 'web', ...more })
      const { body } = last(engine.calls, 'POST /networks/:id/connect')
      expect(body).toMatchObject({ EndpointConfig: { ...more.EndpointConfig, NetworkID } })
      await owners.a('POST /networks/net/disconnect', { Container: 'web' })
      expect(last(engine.calls, 'POST /networks/:id/disconnect').body).not.toHaveProperty('EndpointConfig')
    },
  )

  it('is no mount of a type that is not known', async () => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    const body = {
      Image: 'busybox:latest',
      HostConfig: { Mounts: [{ Type: 'cluster', Source: 'x', Target: '/x' }] },
    }
    expect((await owners.a('POST /containers/create', body)).json).toEqual({
      message: 'mounts of the type "cluster" are not allowed here',
    })
  })
})

it('takes the start of an id for one’s own where another’s id starts like it', async () => {
  const container = (Id: string, Labels: object) => ({ Id, Labels, Config: { Labels } })
  const all = [container(`abc1${'0'.repeat(60)}`, mine), container(`abc2${'0'.repeat(60)}`, theirs)]
  await using engine = await fakeEngine((call) => {
    if (call === 'GET /containers/json') return all
    const id = /^GET \/containers\/(\w+)\/json$/.exec(call)?.[1]
    const found = all.filter((each) => id !== undefined && each.Id.startsWith(id))
    return found.length > 1 ? 400 : found[0]
  })
  await using owners = await twoOwners(engine.address)
  expect((await owners.a('GET /containers/abc/json')).json).toEqual(all[0])
  expect((await owners.b('GET /containers/abc/json')).json).toEqual(all[1])
  expect((await owners.a('GET /containers/abc2/json')).status).toBe(404)
})

it('does not forward what the engine cannot say whose it is', async () => {
  await using engine = await fakeEngine((call) => (call.startsWith('GET ') ? 500 : 204))
  await using owners = await twoOwners(engine.address)
  for (const line of [
    'POST /containers/web/kill',
    'DELETE /volumes/data',
    'DELETE /images/busybox',
    'DELETE /networks/net',
  ]) {
    const { status, json } = await owners.a(line)
    expect([status, json.message]).toEqual([
      502,
      `${line} was not forwarded: the engine failed when it was asked whose things it is about.`,
    ])
  }
  expect(engine.got.every(({ call }) => call.startsWith('GET '))).toBe(true)
})

it('counts what the owner sees', async () => {
  await using engine = await memoryEngine({ images })
  await using owners = await twoOwners(engine.address)
  await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest', Cmd: ['sleep', '9'] })
  await owners.a('POST /containers/web/start')
  expect((await owners.a('GET /info')).json).toMatchObject({ Containers: 1, ContainersRunning: 1, Images: 1 })
  expect((await owners.b('GET /info')).json).toMatchObject({ Containers: 0, ContainersRunning: 0, Images: 1 })
})

it('takes volumes without labels for those of whose containers alone have them', async () => {
  const having = (Labels: object) => ({ Id: 'x', Labels, Mounts: [{ Name: 'anonymous' }] })
  let containers = [having(mine)]
  await using engine = await fakeEngine((call) => {
    if (call === 'GET /containers/json') return containers
    return call === 'GET /volumes/anonymous' ? { Name: 'anonymous', Labels: null } : undefined
  })
  await using owners = await twoOwners(engine.address)
  expect((await owners.a('GET /volumes/anonymous')).status).toBe(200)
  expect((await owners.b('GET /volumes/anonymous')).status).toBe(404)
  containers = [having(mine), having(theirs)]
  expect((await owners.a('GET /volumes/anonymous')).status).toBe(404)
  containers = []
  expect((await owners.a('GET /volumes/anonymous')).status).toBe(404)
})

it('removes no links, which go by names', async () => {
  await using engine = await memoryEngine({ images })
  await using owners = await twoOwners(engine.address)
  await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest' })
  for (const link of ['1', 'true', 'yes'])
    expect((await owners.a(`DELETE /containers/web?link=${link}`)).json).toEqual({
      message: 'links cannot be removed here: remove the container that has them',
    })
  expect((await owners.a('DELETE /containers/web?link=0')).status).toBe(204)
})

it.each(['no JSON', '[]', '"label"', '{"label":"a"}', '{"label":{"a":"b"}}', '{"label":[1]}'])(
  'reads no filters but the engine’s: %s',
  async (written) => {
    await using engine = await memoryEngine({ images })
    await using owners = await twoOwners(engine.address)
    for (const line of ['GET /containers/json', 'POST /containers/prune', 'GET /volumes']) {
      const { status, json } = await owners.a(`${line}?filters=${encodeURIComponent(written)}`)
      expect([status, json]).toEqual([400, { message: 'invalid filter' }])
    }
    expect(engine.calls).toEqual([])
  },
)

describe('who the owner is', () => {
  it('is told by a function, and nobody gets nothing', async () => {
    await using engine = await memoryEngine({ images })
    const id: { value: string | undefined } = { value: undefined }
    const layers = intermediate({ upstream: engine.address }).use(
      filter.owner(() => id.value, { label: 'team' }),
    )
    await using folder = await temporaryFolder()
    await using listening = await layers.listen(`unix://${folder.file('told.sock')}`)
    const call = callerOf(listening.addresses[0]!)
    for (const { method, path } of endpoints) {
      const line = `${method} ${path.replaceAll(/:\w+/g, 'x')}`
      const { status, json } = await call(line)
      if (method !== 'HEAD')
        expect([status, json.message]).toEqual([
          403,
          `${line} is not allowed here: nobody knows whose call it is`,
        ])
    }
    id.value = '"'
    expect((await call('GET /_ping')).json.message).toContain('an owner has to be text of letters')
    expect(engine.calls).toEqual([])
    id.value = 'one'
    await call('POST /volumes/create', { Name: 'data' })
    expect(last(engine.calls, 'POST /volumes/create').body).toMatchObject({ Labels: { team: 'one' } })
    id.value = 'two'
    expect((await call('GET /volumes/data')).status).toBe(404)
  })

  it.each([
    [() => filter.owner(''), 'an id has to be text of letters'],
    [() => filter.owner('a"b'), 'an id has to be text of letters'],
    [() => filter.owner('$A'), 'an id has to be text of letters'],
    [() => filter.owner('A', { label: 'a=b' }), 'a label has to be text of letters'],
    [
      () => filter.owner('A', { lable: 'x' } as never),
      'was given the option lable, which does not exist: there are label and allow.',
    ],
    [() => filter.owner('A', { allow: 'POST /nosuch' }), 'POST /nosuch'],
    [
      () => filter.owner('A', { allow: ['POST /containers/create'] }),
      'POST /containers/create cannot be allowed by name',
    ],
    [() => filter.owner('A', { allow: ['unknown'] }), 'unknown cannot be allowed by name'],
  ])('is text that labels can hold, with options that there are: %s', (make, message) => {
    expect(make).toThrow(message)
  })

  it('may do by name what nobody can judge', async () => {
    await using engine = await fakeEngine(() => ({}))
    const allow = ['GET /system/df', 'POST /swarm/*rest', 'POST /images/create']
    await using owners = await twoOwners(engine.address, { allow })
    for (const line of ['GET /system/df', 'POST /swarm/leave', 'POST /images/create?fromSrc=-'])
      expect([line, (await owners.a(line)).status]).toEqual([line, 200])
    expect((await owners.a('GET /swarm')).status).toBe(403)
  })
})

it('lets no endpoint pass that it knows nothing of, unless it is allowed by name', async () => {
  privateEndpoint('POST /owner-test/:id' as never)
  await using engine = await fakeEngine(() => ({}))
  const named = filter.allow(['POST /owner-test/:id', '* /*rest'] as never)
  for (const [allow, status] of [
    [[], 403],
    [['POST /owner-test/:id'], 200],
  ] as const) {
    const layers = intermediate({ upstream: engine.address }).use(named).use(filter.owner('A', { allow }))
    await using folder = await temporaryFolder()
    await using listening = await layers.listen(`unix://${folder.file('own.sock')}`)
    expect((await callerOf(listening.addresses[0]!)('POST /owner-test/x')).status).toBe(status)
  }
})

it('leaves the filters of a client, beside its own', async () => {
  await using engine = await memoryEngine({ images })
  await using owners = await twoOwners(engine.address)
  await owners.a(`GET /containers/json?all=1&${filters({ label: ['x=y'], status: { running: true } })}`)
  expect(JSON.parse(String(last(engine.calls, 'GET /containers/json').query['filters']))).toEqual({
    label: { 'x=y': true, 'intermediate.owner=A': true },
    status: { running: true },
  })
})
