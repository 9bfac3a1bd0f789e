import { filter } from '@intermediate/filter'
import { expect, it } from 'vitest'
import { twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'

const [own, others] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string]
const conflict = (id: string) =>
  `Conflict. The container name "/web" is already in use by container "${id}". You have to remove (or rename) that container to be able to reuse that name.`

it.each(['POST /containers/create?name=web', 'POST /containers/mine/rename?name=web'])(
  'says that a name is taken, and not by what that is another’s: %s',
  async (line) => {
    let holder = others
    await using engine = await fakeEngine((call) => {
      const [, id] = /^GET \/containers\/(\w+)\/json$/.exec(call) ?? []
      if (id === 'mine' || id === own) return { Id: own, Config: { Labels: { 'intermediate.owner': 'A' } } }
      if (id === others) return { Id: others, Config: { Labels: { 'intermediate.owner': 'B' } } }
      return call.startsWith('POST ') ? { status: 409, message: conflict(holder) } : undefined
    })
    await using owners = await twoOwners(engine.address)
    const body = line.includes('create') ? {} : undefined
    expect(await owners.a(line, body)).toMatchObject({
      status: 409,
      json: { message: conflict('another’s') },
    })
    holder = own
    expect(await owners.a(line, body)).toMatchObject({ status: 409, json: { message: conflict(own) } })
  },
)

it('is not warned of another’s network of the same name', async () => {
  const Warning = `Network with name net (id : ${others}) already exists`
  await using engine = await fakeEngine((call) =>
    call === 'POST /networks/create' ? { Id: own, Warning } : call === 'GET /networks' ? [] : undefined,
  )
  await using owners = await twoOwners(engine.address)
  expect((await owners.a('POST /networks/create', { Name: 'net' })).json).toEqual({ Id: own, Warning: '' })
})

it('is not told which of others’ networks are in its way', async () => {
  const message = (id: string, bridge: string) =>
    `cannot create network ${own} (br-cafe): conflicts with network ${id} (br-${bridge}): networks have overlapping IPv4`
  await using engine = await fakeEngine((call) => {
    if (call === 'GET /networks') return [{ Id: own, Name: 'own', Labels: { 'intermediate.owner': 'A' } }]
    return call.startsWith('POST ')
      ? { status: 403, message: message(others, others.slice(0, 12)) }
      : undefined
  })
  await using owners = await twoOwners(engine.address)
  const { status, json } = await owners.a('POST /networks/create', { Name: 'net' })
  expect([status, json.message]).toEqual([403, message('another’s', 'another’s')])
})

it('is told no rest of an id that stands behind its own start', async () => {
  const message = `cannot create network (br-${others.slice(0, 12)}): conflicts with network ${others}`
  await using engine = await fakeEngine((call) =>
    call === 'GET /networks' ? [] : call.startsWith('POST ') ? { status: 403, message } : undefined,
  )
  await using owners = await twoOwners(engine.address)
  const { json } = await owners.a('POST /networks/create', { Name: 'net' })
  expect(json.message).toBe('cannot create network (br-another’s): conflicts with network another’s')
})

it('is told what looks like an id as it said it', async () => {
  const name = 'feedfacecafe'
  const message = `network with name ${name} already exists`
  await using engine = await fakeEngine((call) =>
    call === 'GET /networks' ? [] : call.startsWith('POST ') ? { status: 409, message } : undefined,
  )
  await using owners = await twoOwners(engine.address)
  expect((await owners.a('POST /networks/create', { Name: name })).json).toMatchObject({ message })
})

it.each(['docker_gwbridge', 'ingress'])(
  'makes no network of a name that engines take for their own: %s',
  async (Name) => {
    await using engine = await fakeEngine(() => ({}))
    await using owners = await twoOwners(engine.address)
    for (const more of [{}, { Driver: 'bridge' }, { Driver: 'overlay', Scope: 'swarm' }]) {
      const { status, json } = await owners.a('POST /networks/create', { Name, ...more })
      expect([status, json.message]).toEqual([
        403,
        `the network ${Name} is the engine’s own: choose another name`,
      ])
    }
    expect(engine.got).toEqual([])
  },
)

it.each(['a"b', 'a\\b', 'a$&b'])(
  'is told that there is nothing of a name as it said it: %s',
  async (name) => {
    await using engine = await fakeEngine((call) => ({ status: 404, message: call }))
    await using owners = await twoOwners(engine.address)
    const path = `/containers/${encodeURIComponent(name)}/kill`
    expect((await owners.a(`POST ${path}`)).json).toMatchObject({ message: `POST /containers/${name}/kill` })
  },
)

it('is told so in progress too, whatever numbers are in it', async () => {
  const total = 2 ** 60
  await using engine = await fakeEngine((call) => {
    if (!call.endsWith('/push')) return undefined
    engine.streams(call)
    return [
      { status: call, progressDetail: { total } },
      { error: call, errorDetail: { message: call } },
    ]
  })
  await using owners = await twoOwners(engine.address)
  const { text } = await owners.a('POST /images/a%22b/push')
  const call = 'POST /images/a"b/push'
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { status: call, progressDetail: { total } },
    { error: call, errorDetail: { message: call } },
  ])
})

it('makes no network of another’s configuration, which could not be labelled', async () => {
  await using engine = await fakeEngine(() => ({}))
  await using owners = await twoOwners(engine.address)
  const { status, json } = await owners.a('POST /networks/create', {
    Name: 'n',
    ConfigFrom: { Network: 'cfg' },
  })
  expect([status, json.message]).toEqual([
    403,
    'networks that are configured by another are not allowed here, since they cannot be labelled: leave out --config-from',
  ])
  expect(engine.got).toEqual([])
  const none = { Name: 'n', ConfigFrom: { Network: '' } }
  expect((await owners.a('POST /networks/create', none)).status).toBe(200)
})

it('has no dry run, since it does more than to refuse', () => {
  const mistaken = filter.dryRun as (layer: unknown) => unknown
  expect(() => mistaken(filter.owner('A'))).toThrow(
    'dryRun() cannot be used with owner: it does more than to refuse, so there is no telling what it would do without doing it. Try it on a socket of its own.',
  )
})
