import { memoryEngine } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'

const images = ['busybox:latest']
const mine = { 'intermediate.owner': 'A' }
const theirs = { 'intermediate.owner': 'B' }

const image = (RepoTags: string[], Labels: object, more: object = {}) => ({
  Id: 'x',
  RepoTags,
  Labels,
  Containers: 3,
  ...more,
})

/** All that a repository's name is to the engine. */
const spellings = [
  'app',
  'library/app',
  'docker.io/app',
  'docker.io/library/app',
  'index.docker.io/library/app',
]

describe.each(spellings)('a repository in which another has an image too, as %s,', (name) => {
  /** What a real engine says: its filter looks at names as it shows them. */
  const both = () =>
    fakeEngine((call, { query }) => {
      if (call === 'GET /images/json') {
        const { reference } = JSON.parse(query.get('filters') ?? '{}')
        const isFound = reference === undefined || Object.keys(reference).includes('app')
        return isFound ? [image(['app:latest'], mine), image(['app:b'], theirs)] : []
      }
      if (call === `GET /images/${name}/json`) return { RepoTags: ['app:latest'], Config: { Labels: mine } }
      return call.endsWith('nobodys/json') ? undefined : {}
    })

  it.each(['GET /images/NAME/get', 'GET /images/get?names=NAME', 'GET /images/get?names=busybox&names=NAME'])(
    'is not saved: %s',
    async (line) => {
      await using engine = await both()
      await using owners = await twoOwners(engine.address)
      await owners.a(line.replace('NAME', name))
      const { call, query } = engine.got.at(-1)!
      const saved = call === 'GET /images/get' ? query.getAll('names').join() : call
      expect(saved).toMatch(/nobodys-/)
      expect(saved).not.toContain('busybox')
    },
  )

  it.each(['', ':'])('is not pulled with all its tags: %j', async (end) => {
    await using engine = await both()
    await using owners = await twoOwners(engine.address)
    const { status, json } = await owners.a(`POST /images/create?fromImage=${name}${end}`)
    expect([status, json]).toEqual([
      409,
      { message: `Conflict. The image name "${name}" is already in use: choose another one.` },
    ])
    expect(engine.of('POST /images/create')).toEqual([])
  })

  it('is not pushed with all its tags', async () => {
    await using engine = await both()
    await using owners = await twoOwners(engine.address)
    await owners.a(`POST /images/${name}/push`)
    expect(engine.got.at(-1)!.call).toMatch(/^POST \/images\/.*nobodys-[-\w]+\/push$/)
  })
})

it.each([
  ...spellings.map((name): [string, string] => [name, 'app:1']),
  ['me/app', 'me/app:1'],
  ['docker.io/me/app', 'me/app:1'],
  ['localhost:5000/app', 'localhost:5000/app:1'],
  ['localhost:5000/library/app', 'localhost:5000/library/app:1'],
])('one’s own are saved and pushed, all of a name: %s', async (name, RepoTag) => {
  await using engine = await fakeEngine((call) => {
    if (call === 'GET /images/json') return [image([RepoTag], mine), image(['other/app:1', 'ap:1'], theirs)]
    // Without a tag, the engine looks for one that is called latest.
    return call.endsWith('/json') ? undefined : {}
  })
  await using owners = await twoOwners(engine.address)
  for (const [method, path] of [
    ['GET', `/images/${name}/get`],
    ['POST', `/images/${name}/push`],
  ]) {
    expect((await owners.a(`${method} ${path}`)).status).toBe(200)
    expect(engine.got.at(-1)!.call).toBe(`${method} ${path}`)
  }
})

it('another’s that has a digest of a repository is not saved with it', async () => {
  const digest = `sha256:${'1'.repeat(64)}`
  await using engine = await fakeEngine((call) => {
    if (call === 'GET /images/json')
      return [image(['app:latest'], mine), image([], theirs, { RepoDigests: [`app@${digest}`] })]
    return { RepoTags: ['app:latest'], Config: { Labels: mine } }
  })
  await using owners = await twoOwners(engine.address)
  await owners.a('GET /images/app/get')
  expect(engine.got.at(-1)!.call).toMatch(/nobodys-/)
})

it('says of no image which containers run it, nor how many', async () => {
  await using engine = await fakeEngine((call) =>
    call === 'GET /images/json'
      ? [image(['busybox:latest'], {}), image(['app:1'], mine), image(['their:1'], theirs)]
      : { RepoTags: ['busybox:latest'], Config: { Labels: {} } },
  )
  await using owners = await twoOwners(engine.address)
  const { json } = await owners.a('GET /images/json?manifests=1')
  expect(json.map(({ RepoTags, Containers }: ReturnType<typeof image>) => [RepoTags, Containers])).toEqual([
    [['busybox:latest'], -1],
    [['app:1'], -1],
  ])
  await owners.a('GET /images/busybox/json?manifests=1')
  await owners.a('GET /images/busybox/history?manifests=1')
  expect(engine.got.filter(({ query }) => query.has('manifests'))).toEqual([])
})

it('saves all of a repository, where all are one’s own', async () => {
  await using engine = await memoryEngine({ images })
  await using owners = await twoOwners(engine.address)
  await owners.a('POST /containers/create?name=web', { Image: 'busybox:latest' })
  for (const tag of ['1', 'latest']) await owners.a(`POST /commit?container=web&repo=app&tag=${tag}`)
  for (const name of spellings)
    expect([name, (await owners.a(`GET /images/${name}/get`)).status]).toEqual([name, 200])
  for (const name of spellings)
    expect([name, (await owners.b(`GET /images/${name}/get`)).status]).toEqual([name, 404])
  // It is enough that another has one of them.
  await owners.b('POST /containers/create?name=mine', { Image: 'busybox:latest' })
  expect((await owners.b('POST /commit?container=mine&repo=app&tag=b')).status).toBe(201)
  for (const name of spellings)
    expect([name, (await owners.a(`GET /images/${name}/get`)).status]).toEqual([name, 404])
})

describe('a name that is also the start of an id', () => {
  const [named, other] = ['fade', 'beef'].map((start) => `sha256:${start}${'0'.repeat(60)}`) as [
    string,
    string,
  ]

  /** In which `cafe` is a name, and `fade` is none, as the engine looks for an image. */
  const found = () =>
    fakeEngine((call) => {
      const all = [image(['cafe:latest'], mine, { Id: other }), image(['app:1'], mine, { Id: named })]
      if (call === 'GET /images/json') return all
      if (call.startsWith('GET /images/cafe'))
        return { Id: other, RepoTags: ['cafe:latest'], Config: { Labels: mine } }
      if (/^GET \/images\/(sha256:)?fade/.test(call))
        return { Id: named, RepoTags: ['app:1'], Config: { Labels: mine } }
      return call.startsWith('GET ') ? undefined : {}
    })

  it.each([
    ['GET /images/NAME/json', 'cafe:latest'],
    ['GET /images/NAME/history', 'cafe:latest'],
    ['GET /images/NAME/get', 'docker.io/library/cafe'],
    ['POST /images/NAME/tag?repo=new', 'cafe:latest'],
    ['DELETE /images/NAME', 'cafe:latest'],
  ])('stays one: %s', async (line, sent) => {
    await using engine = await found()
    await using owners = await twoOwners(engine.address)
    for (const [name, forwarded] of [
      ['cafe', sent],
      ['fade', named],
      ['sha256:fade', named],
      [named, named],
      [named.slice('sha256:'.length), named.slice('sha256:'.length)],
      ['cafe:latest', 'cafe:latest'],
    ] as const) {
      await owners.a(line.replace('NAME', name))
      const path = line.replace('NAME', forwarded).split('?')[0]
      expect([name, engine.got.at(-1)!.call]).toEqual([name, path])
    }
  })

  it('stays one that a container is made of', async () => {
    await using engine = await found()
    await using owners = await twoOwners(engine.address)
    for (const [Image, made] of [
      ['cafe', 'cafe:latest'],
      ['fade', named],
    ]) {
      await owners.a('POST /containers/create', { Image })
      expect(engine.got.at(-1)!.json.Image).toBe(made)
    }
  })

  it('stays one that is saved, or is not saved with others', async () => {
    await using engine = await found()
    await using owners = await twoOwners(engine.address)
    for (const [name, saved] of [
      ['cafe', 'docker.io/library/cafe'],
      ['fade', named],
    ] as const) {
      await owners.a(`GET /images/get?names=${name}`)
      expect(engine.got.at(-1)!.query.getAll('names')).toEqual([saved])
      const { status, json } = await owners.a(`GET /images/get?names=cafe:latest&names=${name}`)
      expect([status, json.message]).toEqual([
        403,
        `${name} can be an id or a name: images that are saved together have to be named with a tag, or by their whole ids`,
      ])
    }
    await owners.a(`GET /images/get?names=cafe:latest&names=${named}`)
    expect(engine.got.at(-1)!.query.getAll('names')).toEqual(['cafe:latest', named])
  })
})
