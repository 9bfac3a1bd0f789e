import { describe, expect, it } from 'vitest'
import { example, tried } from './tried.js'

const create = 'POST /containers/create'

it('labels puts the label of the team on all that is created, over what the client says', async () => {
  await using to = await tried((await example('labels', { TEAM: 'infra' })).default)
  const Labels = { a: 'b', team: 'infra' }
  await to.call(create, { Image: 'busybox', Labels: { a: 'b', team: 'other' } })
  await to.call('POST /volumes/create', { Name: 'data', Labels: { a: 'b' } })
  await to.call('POST /networks/create', { Name: 'apps', Labels: { a: 'b' } })
  expect(to.arrived(create)).toMatchObject([{ Labels }])
  expect((await to.call('GET /volumes/data')).json).toMatchObject({ Labels })
  expect((await to.call('GET /networks/apps')).json).toMatchObject({ Labels })
})

it('registry-mirror takes images of Docker Hub from the mirror, and those of others from where they are', async () => {
  await using to = await tried((await example('registry-mirror', { MIRROR: 'mirror.local/hub' })).default)
  const headers = { 'X-Registry-Auth': Buffer.from('{"username":"me"}').toString('base64') }
  for (const name of ['alpine', 'quay.io/team/app'])
    await to.call(`POST /images/create?fromImage=${name}&tag=1`, undefined, headers)
  const pulls = to.engine.calls.filter(({ endpoint }) => endpoint === 'POST /images/create')
  expect(pulls.map(({ query, headers: sent }) => [query['fromImage'], 'x-registry-auth' in sent])).toEqual([
    ['mirror.local/hub/library/alpine', false],
    ['quay.io/team/app', true],
  ])
  await to.call(create, { Image: 'alpine:1' })
  expect(to.arrived(create)).toEqual([{ Image: 'mirror.local/hub/library/alpine:1' }])
})

it('limits gives containers what they may take, whatever they ask for', async () => {
  await using to = await tried((await example('limits', { MEMORY: '1g' })).default)
  const all = { Memory: 1024 ** 3, NanoCpus: 1e9, PidsLimit: 500 }
  await to.call(create, { Image: 'busybox' })
  await to.call(create, { Image: 'busybox', HostConfig: { Memory: 8 * 1024 ** 3, PidsLimit: -1 } })
  await to.call(create, { Image: 'busybox', HostConfig: { Memory: 1e8, NanoCpus: 5e8 } })
  expect(to.arrived(create)).toMatchObject([
    { HostConfig: all },
    { HostConfig: all },
    { HostConfig: { Memory: 1e8, NanoCpus: 5e8, PidsLimit: 500 } },
  ])
})

it('limits lets the engine build within them, and nobody build without', async () => {
  await using to = await tried((await example('limits', { MEMORY: '1g' })).default)
  const refusal = { message: 'BuildKit keeps to no limits: build with DOCKER_BUILDKIT=0' }
  for (const call of [
    'POST /grpc',
    'POST /session',
    'POST /build?version=2',
    'POST /build?version=2&memory=1',
  ])
    expect(await to.call(call)).toMatchObject({ status: 403, json: refusal })
  for (const version of ['', '?version=1']) await to.call(`POST /build${version}`)
  const builds = to.engine.calls.map(({ endpoint, query }) => [endpoint, query['memory']])
  expect(builds).toEqual(Array(2).fill(['POST /build', String(1024 ** 3)]))
})

describe('network', () => {
  it('puts containers onto its own, which it makes once, unless they ask for another', async () => {
    await using to = await tried((await example('network', { NETWORK: 'ours' })).default)
    for (const NetworkMode of ['default', undefined, 'none'])
      expect((await to.call(create, { Image: 'busybox', HostConfig: { NetworkMode } })).status).toBe(201)
    expect(to.arrived('POST /networks/create')).toEqual([{ Name: 'ours', CheckDuplicate: true }])
    expect(to.arrived(create)).toMatchObject(
      ['ours', 'ours', 'none'].map((NetworkMode) => ({ HostConfig: { NetworkMode } })),
    )
  })

  it('uses the one that is there', async () => {
    await using to = await tried((await example('network')).default)
    await to.engine.request('POST /networks/create', { body: { Name: 'apps', Labels: { made: 'before' } } })
    await to.call(create, { Image: 'busybox' })
    expect(to.arrived('POST /networks/create')).toHaveLength(1)
    expect(to.arrived(create)).toMatchObject([{ HostConfig: { NetworkMode: 'apps' } }])
  })
})
