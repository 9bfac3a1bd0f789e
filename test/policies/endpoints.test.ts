import { endpoints, intermediate, type Layer } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { grpc, ok, request } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'

/** A call of every endpoint of the API, however it may end. */
const everyCall = endpoints
  .filter(({ key }) => key !== 'unknown')
  .map(({ key, method, path }) => ({ key, line: `${method} ${path.replaceAll(/:\w+/g, 'x')}` }))

/** The endpoints whose calls reach the engine. */
async function passing(layer: Layer): Promise<Set<string>> {
  await using to = await setUpWith(intermediate().use(layer), 'unix', answer(ok))
  const passed = new Set<string>()
  for (const { key, line } of everyCall) {
    await using client = await to.client()
    const before = to.upstream.requests.length
    await client.send(request(line))
    await client.head()
    if (to.upstream.requests.length > before) passed.add(key)
  }
  return passed
}

describe('readOnly', () => {
  it('lets pass what looks, and nothing that acts, types or tells secrets', async () => {
    const passed = await passing(filter.readOnly())
    const acting = [...passed].filter((key) => !/^(GET|HEAD) /.test(key))
    expect(acting).toEqual(['POST /containers/:id/wait'])
    expect(
      everyCall.filter(({ key }) => key.startsWith('GET ') && !passed.has(key)).map(({ key }) => key),
    ).toEqual([
      'GET /containers/:id/archive',
      'GET /containers/:id/attach/ws',
      'GET /containers/:id/export',
      'GET /containers/:id/checkpoints',
      'GET /debug/pprof/',
      'GET /debug/pprof/cmdline',
      'GET /debug/pprof/profile',
      'GET /debug/pprof/symbol',
      'GET /debug/pprof/trace',
      'GET /debug/pprof/:name',
      'GET /debug/vars',
      'GET /distribution/:name/json',
      'GET /images/get',
      'GET /images/search',
      'GET /images/:name/get',
      'GET /plugins/privileges',
      'GET /swarm',
      'GET /swarm/unlockkey',
    ])
  })

  it('lets out files, containers and images where it is told to', async () => {
    const passed = await passing(filter.readOnly({ archive: true, export: true }))
    expect([...passed]).toEqual(
      expect.arrayContaining([
        'GET /containers/:id/archive',
        'HEAD /containers/:id/archive',
        'GET /containers/:id/export',
        'GET /images/get',
      ]),
    )
    expect(passed.has('PUT /containers/:id/archive')).toBe(false)
  })

  it('takes no option that it does not have', () => {
    expect(() => filter.readOnly({ archives: true } as never)).toThrow(
      'readOnly() was given the option archives, which does not exist: there are archive, export and registry.',
    )
    expect(() => filter.readOnly({ archive: 'yes' } as never)).toThrow(
      'readOnly() was given the archive "yes": say true or false.',
    )
  })
})

describe('allow', () => {
  it('lets pass what it names and refuses everything else', async () => {
    const passed = await passing(filter.allow(['GET /_ping', '* /volumes{/*rest}']))
    expect(passed).toEqual(
      new Set([
        'GET /_ping',
        ...everyCall.map(({ key }) => key).filter((key) => / \/volumes(\/|$)/.test(key)),
      ]),
    )
  })

  it('admits grpc where it is named, and not by a wildcard', async () => {
    for (const [layer, connections] of [
      [filter.allow('POST /grpc'), 1],
      [filter.allow('* /*rest'), 0],
    ] as const) {
      await using to = await setUpWith(intermediate().use(layer), 'unix', answer(ok))
      await using client = await to.client()
      await client.send(grpc)
      await client.head()
      expect(to.upstream.connections).toHaveLength(connections)
    }
  })

  it('cannot name what is no endpoint', () => {
    expect(() => filter.allow('unknown')).toThrow('allow() cannot name "unknown"')
  })
})

describe('deny', () => {
  it('refuses what it names, and of the rest what nobody can judge', async () => {
    const passed = await passing(filter.deny(['* /swarm{/*rest}', 'POST /containers/:id/exec']))
    const refused = everyCall.map(({ key }) => key).filter((key) => !passed.has(key))
    expect(refused).toEqual([
      'POST /containers/:id/exec',
      'POST /grpc',
      ...everyCall.map(({ key }) => key).filter((key) => / \/swarm(\/|$)/.test(key)),
    ])
  })
})
