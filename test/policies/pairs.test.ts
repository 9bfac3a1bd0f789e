import type { Layer } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import type { RecordingUpstream } from '@intermediate/testing'
import { recordingUpstream, temporaryFolder, transcript } from '@intermediate/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { json } from '../disagreements/disagreement.js'
import { request } from '../docker-calls.js'
import { engine } from './corpus-engine.js'
import { webId } from './containers.js'
import { calls, enrichers, policies, scopes } from './pairs-members.js'

// Two layers in either order: what one of them refuses is refused, what both let pass passes, and of two policies the
// engine gets the same whichever is first.

const members = { ...policies, ...scopes, ...enrichers }
const names = Object.keys(members)
const judging = new Set([...Object.keys(policies), ...Object.keys(scopes)])

/** What becomes of each call. */
type Outcomes = readonly Outcome[]
interface Outcome {
  readonly status: number
  /** Of a refusal. */
  readonly said: string
  /** What the engine got of the call; undefined: nothing, or what means nothing to it. */
  readonly reached: string | undefined
}

interface Said {
  readonly message: string
}

const alone = new Map<string, Outcomes>()

beforeAll(async () => {
  for (const name of names) alone.set(name, await outcomesOf([members[name]!]))
})

it('every policy refuses something and lets something pass, and no enricher refuses anything', () => {
  const told = names.map((name) => {
    const statuses = alone.get(name)!.map(({ status }) => status)
    return [name, statuses.some((status) => status < 300), statuses.some((status) => status >= 400)]
  })
  expect(told).toEqual(names.map((name) => [name, true, judging.has(name) && name !== 'items']))
})

const sorted = names.toSorted((a, b) => (a < b ? -1 : 1))

describe.each(sorted.slice(0, -1))('%s', (first) => {
  const others = sorted.slice(sorted.indexOf(first) + 1)

  it.each(others)('and %s, in either order', async (second) => {
    const [a, b] = [alone.get(first)!, alone.get(second)!]
    const ab = await outcomesOf([members[first]!, members[second]!])
    const ba = await outcomesOf([members[second]!, members[first]!])
    for (const [at, call] of calls.entries()) {
      const both = [a[at]!, b[at]!]
      const isRefused = both.some(({ status }) => status >= 400)
      for (const outcome of [ab[at]!, ba[at]!]) {
        const { status, reached } = outcome
        const told = { call, ...outcome, isRefused: status >= 400, isReached: reached !== undefined }
        expect.soft(told).toEqual({ ...told, isRefused, isReached: !isRefused })
      }
      if (!isRefused && judging.has(first) && judging.has(second))
        expect.soft({ call, reached: ba[at]!.reached }).toEqual({ call, reached: ab[at]!.reached })
      if (first in policies && second in policies && both.every(({ status }) => status === 403)) {
        expect.soft({ call, said: reasons(ab[at]!) }).toEqual({ call, said: reasons(...both) })
        expect.soft({ call, said: reasons(ba[at]!) }).toEqual({ call, said: reasons(...both.toReversed()) })
      }
    }
  })
})

/** What is said against a call, each once. */
function reasons(...outcomes: Outcomes): readonly string[] {
  return [...new Set(outcomes.flatMap(({ said }) => said.split('; ')))]
}

/** Makes all calls past these layers, one after the other on one connection. */
async function outcomesOf(layers: readonly Layer[]): Promise<Outcomes> {
  await using folder = await temporaryFolder()
  await using upstream = await recordingUpstream(engine)
  const stack = layers.reduce((all, layer) => all.use(layer), intermediate({ onError: () => {} }))
  const address = `unix://${folder.file('i.sock')}`
  const listening = await stack.with({ upstream: upstream.address }).listen(address)
  try {
    await using client = await transcript(address)
    const outcomes: Outcome[] = []
    for (const [at, { line, body }] of calls.entries()) {
      const text = body === undefined ? '' : JSON.stringify(body)
      const mark = `X-Client: ${at}`
      await client.send(request(line, text === '' ? [mark] : [mark, ...json], text))
      const reply = await client.response()
      const said = reply.body.toString()
      outcomes.push({
        status: reply.status,
        // A policy that has looked at a container has the call go to its id, which the next one then names.
        said: reply.status < 400 ? '' : (JSON.parse(said) as Said).message.replaceAll(webId, 'web'),
        reached: reachedOf(upstream, String(at)),
      })
    }
    const asked = upstream.requests.filter((each) => each.header('x-client') === undefined)
    expect(asked.filter(({ method }) => method !== 'GET')).toEqual([])
    return outcomes
  } finally {
    await listening.close({ grace: 0 })
  }
}

function reachedOf(upstream: RecordingUpstream, mark: string): string | undefined {
  const [own] = upstream.requests.filter((each) => each.header('x-client') === mark)
  if (own === undefined) return undefined
  const reached = `${own.method} ${own.target} ${own.body.toString()}`
  return reached.includes('nobodys-') ? undefined : reached
}
