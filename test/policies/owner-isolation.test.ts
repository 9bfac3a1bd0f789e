import type { Endpoint } from '@intermediate/core'
import { endpoints } from '@intermediate/core'
import { memoryEngine } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { decisions } from '../../packages/filter/src/owner/decisions.js'
import { attacks } from './owner-attacks.js'
import { twoOwners } from './owner-clients.js'
import { isolated } from './owner-isolated.js'

it('has a rule for every endpoint of the API', () => {
  expect(Object.keys(decisions).toSorted()).toEqual(endpoints.map(({ key }) => key).toSorted())
})

it('has an attack for every endpoint with a name in its path that is not refused, but those of swarms', () => {
  const named = endpoints.filter(({ path }) => path.includes(':')).map(({ key }) => key)
  const open = named.filter((key) => !decisions[key as Exclude<Endpoint, 'unknown'>].asksForLeave)
  const left = open.filter((key) => !(key in attacks))
  expect(left.filter((key) => !/ \/(services|tasks|secrets|configs)\//.test(key))).toEqual([
    'GET /containers/:id/checkpoints',
    'POST /containers/:id/checkpoints',
    'DELETE /containers/:id/checkpoints/:checkpoint',
    'POST /containers/:id/copy',
    'GET /distribution/:name/json',
    'GET /images/:name/attestations',
    'PUT /volumes/:name',
  ])
})

isolated('the engine in memory', async () => {
  const engine = await memoryEngine({ images: ['busybox:latest'] })
  return { address: engine.address, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() }
})

it('refuses what reaches everybody, unless it is allowed by name', async () => {
  await using engine = await memoryEngine()
  await using owners = await twoOwners(engine.address)
  const refused = endpoints.filter(({ key }) => decisions[key as Exclude<Endpoint, 'unknown'>].asksForLeave)
  for (const { key, method, path } of refused) {
    if (hidden.includes(key)) continue
    const line = `${method} ${path.replaceAll(/:\w+/g, 'x')}`
    const query = key === 'POST /build' ? '?version=2' : ''
    const { status, json } = await owners.b(line + query)
    expect([key, status, json.message]).toEqual([key, 403, expect.stringMatching(/not allowed here/)])
  }
  expect(engine.calls).toEqual([])
})

it('hides plugins and nodes from who looks for a name among everything', async () => {
  await using engine = await memoryEngine()
  await using owners = await twoOwners(engine.address)
  expect((await owners.b('GET /plugins/name/json')).json).toEqual({ message: 'plugin name not found' })
  await owners.b('GET /nodes/name')
  expect(engine.calls.map(({ path }) => path)).not.toContain('/nodes/name')
})

const hidden: readonly string[] = ['GET /plugins/:name/json', 'GET /nodes/:id']
