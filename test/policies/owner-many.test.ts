import { expect, it } from 'vitest'
import { filters, twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'

// As for the policies about containers: however many things a call names, neither sockets nor time run out.

const names = (count: number) => Array.from({ length: count }, (_, at) => `n${at}`)

/** An engine where everything is the owner's, and which counts what it is asked at a time. */
async function counting() {
  const seen = { now: 0, most: 0 }
  const mine = { 'intermediate.owner': 'A' }
  const engine = await fakeEngine(async (call) => {
    seen.most = Math.max(seen.most, ++seen.now)
    await new Promise((resolve) => setImmediate(resolve))
    seen.now--
    const [, kind] = /^GET \/(services|secrets|configs|networks)$/.exec(call) ?? []
    if (kind !== undefined)
      return names(400).map((name) => ({
        Id: name,
        ID: name,
        Name: name,
        Labels: mine,
        Spec: { Name: name, Labels: mine },
      }))
    const [, Id] = /^GET \/containers\/(\w+)\/json$/.exec(call) ?? []
    if (Id !== undefined) return { Id, Config: { Labels: mine } }
    const [, Name] = /^GET \/volumes\/(\w+)$/.exec(call) ?? []
    if (Name !== undefined) return { Name, Labels: mine }
    if (call === 'GET /images/busybox/json') return { Id: 'i', RepoTags: ['busybox:latest'] }
    return call.endsWith('/create') ? { Id: 'made' } : []
  })
  return Object.assign(engine, { seen })
}

const host = (HostConfig: object) => ({ Image: 'busybox', HostConfig })
const service = (ContainerSpec: object) => ({ TaskTemplate: { ContainerSpec } })
const mount = (Source: string) => ({ Type: 'volume', Source, Target: `/${Source}` })

type Naming = (count: number) => [call: string, body?: object]

const create = 'POST /containers/create'
const createService = 'POST /services/create'
const namings: Record<string, Naming> = {
  VolumesFrom: (count) => [create, host({ VolumesFrom: names(count) })],
  Links: (count) => [create, host({ Links: names(count) })],
  both: (count) => [create, host({ VolumesFrom: names(count / 2), Links: names(count / 2) })],
  Binds: (count) => [create, host({ Binds: names(count).map((name) => `${name}:/${name}`) })],
  Mounts: (count) => [create, host({ Mounts: names(count).map(mount) })],
  EndpointsConfig: (count) => [
    create,
    { NetworkingConfig: { EndpointsConfig: Object.fromEntries(names(count).map((name) => [name, {}])) } },
  ],
  before: (count) => [`GET /containers/json?${filters({ before: names(count) })}`],
  'since and before': (count) => [
    `GET /images/json?${filters({ since: names(count / 2), before: names(count / 2) })}`,
  ],
  service: (count) => [`GET /tasks?${filters({ service: names(count) })}`],
  node: (count) => [`GET /tasks?${filters({ node: names(count) })}`],
  Networks: (count) => [createService, { Networks: names(count).map((Target) => ({ Target })) }],
  'Networks of tasks': (count) => [
    createService,
    { TaskTemplate: { Networks: names(count).map((Target) => ({ Target })) } },
  ],
  Secrets: (count) => [createService, service({ Secrets: names(count).map((SecretID) => ({ SecretID })) })],
  Configs: (count) => [createService, service({ Configs: names(count).map((ConfigID) => ({ ConfigID })) })],
  'Mounts of a service': (count) => [createService, service({ Mounts: names(count).map(mount) })],
}

it.each(Object.entries(namings))('asks about nothing where a call names too many: %s', async (_, naming) => {
  await using engine = await counting()
  await using owners = await twoOwners(engine.address)
  const answer = await owners.a(...naming(400))
  const message =
    'the call names more than 250 containers, volumes and networks, which is more than is looked at for one: name fewer'
  expect([answer.status, answer.json]).toEqual([400, { message }])
  expect(engine.got).toEqual([])
})

it.each(Object.entries(namings))('asks about one thing after the other: %s', async (_, naming) => {
  await using engine = await counting()
  await using owners = await twoOwners(engine.address)
  expect((await owners.a(...naming(200))).status).toBe(200)
  expect(engine.seen.most).toBe(1)
})

it('counts no host paths or volumes without a name, which nobody is asked about', async () => {
  await using engine = await counting()
  await using owners = await twoOwners(engine.address)
  const Binds = names(400).map((name) => `/srv/${name}:/${name}`)
  const Mounts = names(400).map((name) => ({ Type: 'bind', Source: `/srv/${name}`, Target: `/m/${name}` }))
  const unnamed = names(400).map((name) => ({ Type: 'volume', Target: `/u/${name}` }))
  expect((await owners.a(create, host({ Binds, Mounts: [...Mounts, ...unnamed] }))).status).toBe(200)
})
