import { filter } from '@intermediate/filter'
import { intermediate } from '@intermediate/core'
import { transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { queryJson, severalTimes } from '../disagreements/query-json.js'
import { request } from '../docker-calls.js'
import type { Setup } from '../matrix.js'
import { setUpWith } from '../matrix.js'
import { engine } from './corpus-engine.js'
import { subjects } from './corpus-policies.js'

// However JSON in a query is written: a policy refuses it where it refuses what it means, and what passes reaches the
// engine as it came, or as the clean call does.

const all = [
  ...subjects,
  {
    name: 'unprivileged with images',
    layers: intermediate().use(filter.unprivileged({ images: { allow: ['alpine'], made: ['made/*'] } })),
  },
  {
    name: 'images with made',
    layers: intermediate().use(filter.images({ allow: ['alpine'], made: ['made/*'] })),
  },
]

describe.each(all)('$name', ({ layers }) => {
  it('judges what the JSON means', async () => {
    await using to = await setUpWith(layers, 'unix', engine)
    const clean = new Map<string, Outcome>()
    for (const { name, line, means } of queryJson) {
      const { isRefused, reached } = await tried(to, line)
      const told = { name, isRefused, reached }
      if (isRefused) expect.soft(told).toEqual({ name, isRefused, reached: [] })
      else if (means === undefined)
        expect.soft({ ...told, isLeft: isLeft(line, reached) }).toMatchObject({ isLeft: true })
      else {
        const same = clean.get(means) ?? (await tried(to, means))
        clean.set(means, same)
        const isAsItCame = !same.isRefused && same.reached[0] === queryOf(means)
        expect.soft(told).toEqual({ name, ...same, reached: isAsItCame ? [queryOf(line)] : same.reached })
      }
    }
  })
})

it.each(severalTimes)('unprivileged refuses %s', async (line) => {
  await using to = await setUpWith(intermediate().use(filter.unprivileged()), 'unix', engine)
  expect(await tried(to, line)).toEqual({ isRefused: true, reached: [] })
})

it('unprivileged refuses every ulimit that is more, and images every name that is not made here', async () => {
  const { layers } = all.find(({ name }) => name === 'unprivileged with images')!
  await using to = await setUpWith(layers, 'unix', engine)
  for (const { name, line, means } of queryJson.filter((each) => each.line.startsWith('POST /build'))) {
    if (!/rtprio|evil/.test(means ?? '')) continue
    expect.soft({ name, ...(await tried(to, line)) }).toEqual({ name, isRefused: true, reached: [] })
  }
})

/** It is for the engine to refuse; or, where an owner's label had to be put in, it asks for what is theirs and no more. */
function isLeft(line: string, [query = '', ...others]: readonly string[]): boolean {
  if (others.length > 0) return false
  if (query === queryOf(line)) return true
  const { label } = JSON.parse(new URLSearchParams(query).get('filters') ?? '{}') as {
    label?: string[] | object
  }
  const labels = Array.isArray(label) ? label : Object.keys(label ?? {})
  return labels.includes('intermediate.owner=me')
}

const mark = 'X-Client: here'

interface Outcome {
  readonly isRefused: boolean
  /** The query of what the engine got of the call itself. */
  readonly reached: readonly string[]
}

async function tried(to: Setup, line: string): Promise<Outcome> {
  const before = to.upstream.connections.length
  await using client = await transcript(to.listening.addresses[0]!)
  client.send(request(line, [mark])).catch(() => {})
  const { status } = await client.response()
  const requests = to.upstream.connections.slice(before).flatMap((connection) => connection.requests)
  const asked = requests.filter((each) => each.header('x-client') === undefined)
  expect.soft(asked.filter(({ method }) => method !== 'GET')).toEqual([])
  const reached = requests.filter((each) => !asked.includes(each)).map(({ target }) => queryOf(target))
  return { isRefused: status >= 400, reached }
}

function queryOf(line: string): string {
  return line.split('?')[1] ?? ''
}
