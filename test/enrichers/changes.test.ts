import { enricher } from '@intermediate/enricher'
import { describe, expect, it } from 'vitest'
import { behind } from './behind.js'

describe('a change of calls', () => {
  it('is what the engine gets, in the order of use', async () => {
    await using to = await behind([
      enricher('POST /containers/create', ({ body }) => {
        body.Labels = { ...body.Labels, team: 'core' }
      }),
      enricher(['POST /containers/create', 'POST /volumes/create'], async (call) => {
        if (call.endpoint === 'POST /containers/create') call.query.name = `${call.body.Labels?.['team']}-1`
      }),
    ])
    const sent = await to.send('POST /v1.45/containers/create?name=web', { labels: { a: '1' } })
    expect(sent.request.target).toBe('/v1.45/containers/create?name=core-1')
    expect(sent.body).toEqual({ Labels: { a: '1', team: 'core' } })
  })

  it('has no body where the endpoint takes none', async () => {
    const bodies: unknown[] = []
    await using to = await behind([enricher('GET /info', ({ body }) => void bodies.push(body))])
    await to.send('GET /info')
    expect(bodies).toEqual([undefined])
  })

  it('that fails keeps the call from the engine', async () => {
    await using to = await behind([
      enricher('POST /volumes/create', function broken() {
        throw new TypeError('no')
      }),
    ])
    const { response } = await to.send('POST /volumes/create', {})
    expect(response.status).toBe(500)
    expect(response.body.toString()).toContain(String.raw`in the layer \"broken\"`)
    expect(to.lines()).toEqual([])
  })
})

describe('a change of replies', () => {
  const tagged = enricher.reply('GET /version', async (reply, call) => {
    const version = await reply.json()
    version.Version = `${version.Version} for ${call.path}`
  })

  it('is what the client gets', async () => {
    await using to = await behind([tagged], () => ({ Version: '26.1' }))
    const { response } = await to.send('GET /v1.45/version')
    expect(JSON.parse(response.body.toString())).toEqual({ Version: '26.1 for /version' })
    expect(Number(response.header('content-length'))).toBe(response.body.length)
  })

  it('leaves errors and other endpoints alone', async () => {
    await using to = await behind([tagged], (line) =>
      line.endsWith('version') ? undefined : { Version: '1' },
    )
    expect(JSON.parse((await to.send('GET /version')).response.body.toString())).toEqual({
      message: 'not here',
    })
    expect(JSON.parse((await to.send('GET /info')).response.body.toString())).toEqual({ Version: '1' })
  })
})

describe('a change of items', () => {
  it('is made to each of a list, wherever the endpoint keeps it', async () => {
    const marked = enricher.items(['GET /containers/json', 'GET /volumes'], (item, call) => {
      item.Labels = { ...item.Labels, through: call.endpoint }
    })
    await using to = await behind([marked], (line) =>
      line.endsWith('/volumes')
        ? { Volumes: [{ Name: 'v' }], Warnings: null }
        : [{ Id: '1' }, { Id: '2', Labels: { a: 'b' } }],
    )
    const list = async (line: string) => JSON.parse((await to.send(line)).response.body.toString()) as unknown
    expect(await list('GET /containers/json')).toEqual([
      { Id: '1', Labels: { through: 'GET /containers/json' } },
      { Id: '2', Labels: { a: 'b', through: 'GET /containers/json' } },
    ])
    expect(await list('GET /volumes')).toEqual({
      Volumes: [{ Name: 'v', Labels: { through: 'GET /volumes' } }],
      Warnings: null,
    })
  })

  it('leaves errors alone', async () => {
    const none = enricher.items('GET /containers/json', () => expect.unreachable())
    await using to = await behind([none], () => undefined)
    expect((await to.send('GET /containers/json')).response.status).toBe(404)
  })
})

it.each([
  ['enricher', () => enricher('GET /info', undefined as never)],
  ['enricher.reply', () => enricher.reply('GET /info', null as never)],
  ['enricher.items', () => enricher.items('GET /volumes', {} as never)],
])('%s without a function is an error at start', (name, make) => {
  expect(make).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIGURATION',
      message: `${name}() was given no change: give it a function behind the endpoints.`,
    }) as Error,
  )
})

it.each(['x', null, ['keep']])('options that are none are an error at start: %j', (options) => {
  expect(() => enricher.labels({ a: 'b' }, options as never)).toThrow(
    `enricher.labels() was given ${JSON.stringify(options)}: give it options, as { keep: … }.`,
  )
})
