import { intermediate, type Layer, privateEndpoint, reply } from '@intermediate/core'
import { answer, echoTunnel } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { ok, request, response, upgrade } from './docker-calls.js'
import { setUpWith } from './matrix.js'

declare module '@intermediate/core' {
  interface Endpoints {
    'POST /extensions/:name/run': {
      params: { name: string }
      query: { wait?: string }
      body: { Args?: string[] | null }
      reply: { Id?: string | null }
    }
    'POST /extensions/:name/shell': {
      params: { name: string }
      query: Record<never, never>
      body: undefined
      reply: undefined
    }
    'GET /extensions/:name/log': {
      params: { name: string }
      query: Record<never, never>
      body: undefined
      reply: { Line?: string | null }
    }
  }
}

privateEndpoint('POST /extensions/:name/run')
privateEndpoint('POST /extensions/:name/shell', { hijack: true })
privateEndpoint('GET /extensions/:name/log', { items: 'stream' })

const json = 'Content-Type: application/json'
const run = request('POST /v1.45/extensions/backup/run?wait=1', [json], '{"Args":["all"]}')

describe('a private endpoint', () => {
  it('has layers of its own, with its parameters, query and body, and is unknown no more', async () => {
    const layers = intermediate()
      .use('unknown', async () => reply(500))
      .use('POST /extensions/:name/run', async (call) => {
        const { Args } = await call.json()
        return reply(200, { Id: `${call.params.name} ${Args?.join()} ${call.query.wait}` })
      })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(run)
    expect((await client.response()).body.toString()).toBe('{"Id":"backup all 1"}\n')
    expect(to.upstream.requests).toEqual([])
  })

  it('goes to the upstream where no layer answers it', async () => {
    const layers = intermediate().use('POST /extensions/:name/run', (call, next) => next(call))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(run)
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests.map(({ target }) => target)).toEqual(['/v1.45/extensions/backup/run?wait=1'])
  })

  it('can be asked by a layer, and take the place of another call', async () => {
    const layers = intermediate()
      .use('GET /info', async (call) => {
        const args = { params: { name: 'x' }, body: { Args: ['1'] } }
        const asked = await call.ask('POST /extensions/:name/run', args)
        return reply(200, { said: asked.ok && (await asked.json()).Id })
      })
      .use('GET /version', (call, next) =>
        next(call.to('POST /extensions/:name/run', { params: { name: 'y' } })),
      )
      .use('POST /extensions/:name/run', async ({ params }) => reply(200, { Id: params.name }))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).body.toString()).toBe('{"said":"x"}\n')
    await client.send(request('GET /version'))
    expect((await client.response()).body.toString()).toBe('{"Id":"y"}\n')
  })

  it('becomes a tunnel only where it was declared to', async () => {
    const errors: unknown[] = []
    const layers = intermediate({ onError: ({ error }) => errors.push(error) })
    await using to = await setUpWith(layers, 'unix', echoTunnel())
    await using shell = await to.client()
    await shell.send(request('POST /extensions/x/shell', upgrade))
    expect(await shell.head()).toMatch(/^HTTP\/1.1 101 /)
    await using client = await to.client()
    await client.send(request('POST /extensions/x/run', upgrade))
    expect((await client.response()).status).toBe(502)
    expect(errors).toHaveLength(1)
  })

  it('has items where it was declared to', async () => {
    const layers = intermediate().use('GET /extensions/:name/log', async (call, next) => {
      const log = await next(call)
      if (log.ok) log.items((item) => (item.Line === 'secret' ? undefined : item))
      return log
    })
    const lines = '{"Line":"a"}\n{"Line":"secret"}\n{"Line":"b"}\n'
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', lines)))
    await using client = await to.client()
    await client.send(request('GET /extensions/x/log'))
    expect((await client.response()).body.toString()).toBe('{"Line":"a"}\n{"Line":"b"}\n')
  })
})

describe('where a policy is stacked, a private endpoint', () => {
  const policy = { policy: true }
  const passing = (endpoints?: readonly string[]): Layer => {
    const pass: Layer = (call, next) => next(call)
    return endpoints === undefined ? pass : Object.assign(pass, { endpoints })
  }

  it.each([
    ['other endpoints', intermediate().use('GET /info', passing(), policy)],
    ['every call', intermediate().use(passing(), policy)],
    ['a wildcard that fits', intermediate().use('* /*rest', passing(), policy)],
    ['a wildcard of its own', intermediate().use(passing(['* /extensions{/*rest}']), policy)],
    [
      'other endpoints, where a layer that is no policy names it',
      intermediate().use('GET /info', passing(), policy).use('POST /extensions/:name/run', passing()),
    ],
  ])('is refused by a policy for %s', async (_, layers) => {
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(run)
    const refused = await client.response()
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([
      403,
      {
        message:
          'POST /extensions/backup/run is a private endpoint, which no rule here is for: a policy has to name "POST /extensions/:name/run".',
      },
    ])
    expect(to.upstream.connections).toHaveLength(0)
  })

  it.each([
    ['was used for it', intermediate().use('POST /extensions/:name/run', passing(), policy)],
    [
      'brings its name, besides wildcards',
      intermediate().use(passing(['* /*rest', 'POST /extensions/:name/run']), policy),
    ],
    [
      'was narrowed to it',
      intermediate().use(
        ['POST /extensions/:name/run', 'GET /info'],
        intermediate().use('* /*rest', passing(), policy),
      ),
    ],
  ])('passes where a policy %s', async (_, layers) => {
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(run)
    expect((await client.response()).status).toBe(200)
  })

  it('of a version that is too old is refused all the same', async () => {
    const layers = intermediate().use('POST /extensions/:name/run', passing(), policy)
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /v1.23/extensions/backup/run'))
    expect((await client.response()).status).toBe(400)
  })

  it('and grpc are not named by a wildcard', async () => {
    await using to = await setUpWith(intermediate().use('* /*rest', passing(), policy), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /grpc'))
    expect((await client.response()).status).toBe(403)
  })
})
