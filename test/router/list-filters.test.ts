import { describe, expect, it } from 'vitest'
import { asked } from './routed.js'
import type { Routed } from './routed.js'
import { breakable, made, namesOf, two } from './two-engines.js'

const filters = (fields: object) => `filters=${encodeURIComponent(JSON.stringify(fields))}`

const listed = async (one: Routed, fields: object, more = '') =>
  namesOf((await one.call(`GET /containers/json?all=1&${filters(fields)}${more}`)).body)

describe('a list of what was made since or before something', () => {
  it('is that of all engines, whichever has it', async () => {
    await using to = await two()
    for (const [engine, name] of [
      [to.a, 'one'],
      [to.b, 'two'],
      [to.a, 'three'],
      [to.b, 'four'],
    ] as const)
      await made(engine, name)
    expect((await listed(to.one, { since: ['two'] })).toSorted()).toEqual(['/four', '/three'])
    expect((await listed(to.one, { since: { three: true } })).toSorted()).toEqual(['/four'])
    expect((await listed(to.one, { before: ['three'] })).toSorted()).toEqual(['/one', '/two'])
    expect(await listed(to.one, { since: ['a/one'], before: ['b/four'] }, '&limit=1')).toHaveLength(1)
    expect(await listed(to.one, { before: ['b/two'] }, '&limit=1')).toEqual(['/one'])
  })

  it('is refused where that is nowhere, may be down, or is not one', async () => {
    await using to = await breakable()
    await made(to.a, 'web')
    await made(to.b, 'web')
    const refused = async (text: string) => {
      const { status, body } = await to.one.call(`GET /containers/json?${filters({ since: [text] })}`)
      return [status, body.message]
    }
    expect(await refused('nosuch')).toEqual([404, expect.stringContaining('No such container: nosuch')])
    expect(await refused('web')).toEqual([
      400,
      'GET /containers/json: there is a container web on a and b: say a/web or b/web.',
    ])
    await to.kill()
    expect(await refused('other')).toEqual([
      502,
      'GET /containers/json: no engine that answers has the container other, but b may have it and cannot be reached.',
    ])
    expect(await refused('b/web')).toEqual([502, expect.stringContaining(to.address)])
  })

  it.each(['[1]', '[null]', '[["web"]]'])(
    'is for the engine to refuse where its text is none: %s',
    async (text) => {
      await using to = await two()
      to.a.misbehave('GET /containers/json', { status: 400, message: 'invalid filter' })
      const query = `{"before":${text}}`
      const { status, body } = await to.one.call(`GET /containers/json?filters=${encodeURIComponent(query)}`)
      expect([status, body.message]).toEqual([400, 'invalid filter'])
      expect(to.a.calls.map((call) => call.query)).toEqual([{ filters: query }])
    },
  )

  it('is one of images, too', async () => {
    await using to = await two()
    await to.b.request('POST /images/create?fromImage=first&tag=1')
    await to.a.request('POST /images/create?fromImage=second&tag=1')
    const { body } = await to.one.call(`GET /images/json?${filters({ since: ['first:1'] })}`)
    const tags = (body as { RepoTags: string[] }[]).flatMap(({ RepoTags }) => RepoTags)
    expect(tags).toContain('second:1')
    expect(tags).not.toContain('first:1')
  })
})

describe('a name as lists tell it', () => {
  it('can be filtered by', async () => {
    await using to = await two()
    for (const engine of [to.a, to.b]) {
      await engine.request('POST /volumes/create', { body: { Name: 'data' } })
      await engine.request('POST /networks/create', { body: { Name: 'back' } })
      await made(engine, 'web', { HostConfig: { Binds: ['data:/data'], NetworkMode: 'back' } })
    }
    await made(to.b, 'other')
    for (const fields of [
      { name: ['a/web'] },
      { name: { '^/a/web$': true } },
      { volume: ['a/data'] },
      { network: ['a/back'] },
    ]) {
      asked(to.b)
      expect([fields, await listed(to.one, fields)]).toEqual([fields, ['/web']])
      expect(asked(to.b)).toEqual([])
    }
    expect((await listed(to.one, { name: ['a/web', 'other'] })).toSorted()).toEqual(['/other', '/web'])
    expect(await listed(to.one, { name: ['a/web'], volume: ['b/data'] })).toEqual([])
    const volumes = (await to.one.call(`GET /volumes?${filters({ name: ['b/data'] })}`)).body.Volumes
    expect(volumes.map(({ Name }: { Name: string }) => Name)).toEqual(['data'])
    expect((await to.one.call(`GET /networks?${filters({ name: ['b/back'] })}`)).body).toHaveLength(1)
  })
})

it('events can be filtered by a name as lists tell it', async () => {
  await using to = await two()
  const [left] = [await made(to.a, 'web'), await made(to.b, 'web')]
  const past = `since=1&until=${Math.ceil(Date.now() / 1000)}&${filters({ container: ['a/web'] })}`
  const told = String((await to.one.call(`GET /events?${past}`)).body)
  const ids = told
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { Actor: { ID: string } }).Actor.ID)
  expect(new Set(ids)).toEqual(new Set([left]))
})
