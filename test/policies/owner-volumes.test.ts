import { expect, it } from 'vitest'
import { twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'

const mine = { 'intermediate.owner': 'A' }
const theirs = { 'intermediate.owner': 'B' }

/** An engine that has two volumes, makes others, and may have something against containers. */
async function engineSaying(answer: number | object) {
  const volumes = new Map<string, object>([
    ['kept', mine],
    ['taken', theirs],
  ])
  const engine = await fakeEngine((call, { json }) => {
    const [, method, name = ''] = /^(GET|DELETE) \/volumes\/(.+)$/.exec(call) ?? []
    if (call === 'POST /volumes/create') volumes.set(json.Name, json.Labels)
    if (call === 'POST /volumes/create') return { Name: json.Name, Labels: json.Labels }
    if (method === 'DELETE') return volumes.delete(name) ? 204 : 404
    if (method === 'GET') return volumes.has(name) ? { Name: name, Labels: volumes.get(name) } : undefined
    if (call === 'POST /containers/create') return answer
    return call.startsWith('GET /images/') ? { RepoTags: ['busybox:latest'] } : []
  })
  return Object.assign(engine, { volumes })
}

const container = (...names: string[]) => ({
  Image: 'busybox',
  HostConfig: {
    Binds: names.slice(0, 1).map((name) => `${name}:/bound`),
    Mounts: names.slice(1).map((Source) => ({ Type: 'volume', Source, Target: `/${Source}` })),
  },
})

it.each([404, 409, 400, 500])(
  'stay where the container is not made, for %i: other calls may rely on them',
  async (status) => {
    await using engine = await engineSaying(status)
    await using owners = await twoOwners(engine.address)
    expect((await owners.a('POST /containers/create', container('one', 'two', 'kept'))).status).toBe(status)
    expect([...engine.volumes]).toEqual([
      ['kept', mine],
      ['taken', theirs],
      ['one', mine],
      ['two', mine],
    ])
  },
)

it('stay with a container that is made', async () => {
  await using engine = await engineSaying({ Id: 'made' })
  await using owners = await twoOwners(engine.address)
  expect((await owners.a('POST /containers/create', container('one', 'two', 'kept'))).status).toBe(200)
  expect([...engine.volumes.keys()]).toEqual(['kept', 'taken', 'one', 'two'])
})
