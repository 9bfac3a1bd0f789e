import { memoryEngine } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { filters, twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'

const labels = (owner: string) => ({ 'intermediate.owner': owner })

it('shows what happened to the owner’s things, and of the others’ nothing', async () => {
  await using engine = await memoryEngine({ images: ['busybox:latest'] })
  await using owners = await twoOwners(engine.address)
  for (const [call, name] of [
    [owners.a, 'of-a'],
    [owners.b, 'of-b'],
  ] as const) {
    await call('POST /volumes/create', { Name: name })
    await call('POST /networks/create', { Name: name })
    await call(`POST /containers/create?name=${name}`, {
      Image: 'busybox:latest',
      HostConfig: { NetworkMode: name },
    })
    await call(`POST /commit?container=${name}&repo=${name}`)
  }
  const { text } = await owners.b(`GET /events?since=1&until=${Date.now() / 1000}`)
  for (const kind of ['volume', 'network', 'container']) expect(text).toContain(`"Type":"${kind}"`)
  expect(text).toContain('of-b')
  expect(text).not.toContain('of-a')
})

it('shows nothing that happened to a volume of the same name before, and nothing of a kind that is nobody’s', async () => {
  const event = (Type: string, Action: string, ID: string, time: number, Attributes = {}) => ({
    Type,
    Action,
    Actor: { ID, Attributes },
    time,
  })
  const volume = { Name: 'data', Labels: labels('A'), CreatedAt: '2001-09-09T01:46:40.5Z' }
  const network = { Id: 'net', Name: 'net', Labels: labels('A') }
  const all = [
    event('volume', 'create', 'data', 999_999_000),
    event('volume', 'destroy', 'data', 999_999_999),
    event('volume', 'create', 'data', 1_000_000_000),
    event('network', 'connect', 'net', 1_000_000_001),
    event('volume', 'destroy', 'data', 1_000_000_002),
    event('network', 'destroy', 'net', 1_000_000_003),
    event('container', 'die', 'x', 1_000_000_004, labels('A')),
    event('container', 'die', 'x', 1_000_000_005, labels('B')),
    event('image', 'pull', 'busybox', 1_000_000_006),
    event('daemon', 'reload', 'x', 1_000_000_007, labels('A')),
    event('plugin', 'enable', 'x', 1_000_000_008),
    event('unknown', 'x', 'x', 1_000_000_009, labels('A')),
  ]
  await using engine = await fakeEngine((call) => {
    if (call === 'GET /volumes') return { Volumes: [volume] }
    if (call === 'GET /networks') return [network]
    return call === 'GET /events' ? all : undefined
  })
  await using owners = await twoOwners(engine.address)
  engine.streams('GET /events')
  const seen = (await owners.a('GET /events')).text.trim().split('\n')
  expect(seen.map((line) => (JSON.parse(line) as { time: number }).time - 1_000_000_000)).toEqual([
    0, 1, 2, 3, 4,
  ])
})

it.each(['before', 'since'])(
  'looks for no container or image of another to list what came %s it',
  async (mark) => {
    await using engine = await fakeEngine((call) => {
      const found = { Id: 'x', Config: { Labels: labels('A') }, RepoTags: ['theirs:latest'] }
      if (call.endsWith('/theirs/json')) return found
      return /^GET \/(containers|images)\/json$/.test(call) ? [] : undefined
    })
    await using owners = await twoOwners(engine.address)
    for (const list of ['/containers/json', '/images/json'])
      for (const name of ['theirs', 'nosuch']) {
        await owners.b(`GET ${list}?${filters({ [mark]: [name] })}`)
        const { [mark]: asked } = JSON.parse(engine.of(`GET ${list}`).at(-1)!.query.get('filters')!)
        expect(Object.keys(asked)).toEqual([expect.stringMatching(/^nobodys-/)])
      }
  },
)
