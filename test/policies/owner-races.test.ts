import { describe, expect, it } from 'vitest'
import { twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'
import type { Answers } from './owner-fake-engine.js'

/** A moment that a test decides about. */
function moment(): { readonly come: () => void; readonly awaited: Promise<void> } {
  let come = () => {}
  const awaited = new Promise<void>((resolve) => (come = resolve))
  return { come, awaited }
}

/** What an engine says of volumes, by their names and whose they are, and of a container that is made. */
function engineWith(volumes: Map<string, string>): Answers {
  return (call, { json }) => {
    const [, name = ''] = /^GET \/volumes\/(.+)$/.exec(call) ?? []
    if (call === 'POST /volumes/create') {
      const { Name, Labels } = json as { Name: string; Labels: Record<string, string> }
      if (!volumes.has(Name)) volumes.set(Name, Labels['intermediate.owner']!)
      return volume(Name)
    }
    if (volumes.has(name)) return volume(name)
    if (call.startsWith('GET /images/')) return { Id: 'sha256:1', RepoTags: ['busybox:latest'] }
    if (call === 'GET /containers/json') return []
    return call === 'POST /containers/create' ? { Id: 'made' } : call.startsWith('DELETE ') ? 204 : undefined
  }
  function volume(Name: string) {
    return { Name, Labels: { 'intermediate.owner': volumes.get(Name) } }
  }
}

const ways: readonly [string, object][] = [
  ['Binds', { Binds: ['data:/data'] }],
  ['Mounts', { Mounts: [{ Type: 'volume', Source: 'data', Target: '/data' }] }],
]

describe.each(ways)('a volume of %s', (_, HostConfig) => {
  const container = { Image: 'busybox', HostConfig }
  const taken = {
    message: 'Conflict. The volume name "data" is already in use: choose another one.',
  }

  it('is made before the container, for one of two who see that there is none', async () => {
    const volumes = new Map<string, string>()
    const answers = engineWith(volumes)
    const seen = moment()
    let asked = 0
    await using engine = await fakeEngine(async (call, got) => {
      const answer = await answers(call, got)
      // Whoever asks second has been told that there is none when the first one makes it.
      if (call === 'GET /volumes/data' && answer === undefined && ++asked === 4) seen.come()
      if (call === 'POST /volumes/create') await seen.awaited
      return answer
    })
    await using owners = await twoOwners(engine.address)
    const both = await Promise.all([
      owners.a('POST /containers/create', container),
      owners.b('POST /containers/create', container),
    ])
    const loser = volumes.get('data') === 'A' ? both[1] : both[0]
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    expect(loser.json).toEqual(taken)
    expect(engine.of('POST /containers/create')).toHaveLength(1)
  })

  it('that became another’s while the container was made leaves none', async () => {
    const volumes = new Map<string, string>()
    const answers = engineWith(volumes)
    const [making, exchanged] = [moment(), moment()]
    await using engine = await fakeEngine(async (call, got) => {
      if (call === 'POST /containers/create') {
        making.come()
        await exchanged.awaited
      }
      return answers(call, got)
    })
    await using owners = await twoOwners(engine.address)
    const answer = owners.a('POST /containers/create', container)
    await making.awaited
    expect(volumes.get('data')).toBe('A')
    volumes.set('data', 'B')
    exchanged.come()
    const { status, json } = await answer
    expect([status, json]).toEqual([409, taken])
    const [removed] = engine.of('DELETE /containers/made')
    expect(removed?.query.get('force')).toBe('1')
  })
})

it('makes the volume that a mount describes', async () => {
  await using engine = await fakeEngine(engineWith(new Map()))
  await using owners = await twoOwners(engine.address)
  const options = {
    Labels: { tier: 'web', 'intermediate.owner': 'B' },
    DriverConfig: { Name: 'local', Options: { type: 'tmpfs' } },
  }
  await owners.a('POST /containers/create', {
    Image: 'busybox',
    HostConfig: { Mounts: [{ Type: 'volume', Source: 'data', Target: '/x', VolumeOptions: options }] },
  })
  expect(engine.of('POST /volumes/create').map(({ json }) => json)).toEqual([
    {
      Name: 'data',
      Driver: 'local',
      DriverOpts: { type: 'tmpfs' },
      Labels: { tier: 'web', 'intermediate.owner': 'A' },
    },
  ])
})
