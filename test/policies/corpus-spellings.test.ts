import { intermediate } from '@intermediate/core'
import { transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { routes } from '../../packages/filter/src/containers/routes.js'
import { forms } from '../disagreements/disagreement.js'
import type { Setup } from '../matrix.js'
import { setUpWith } from '../matrix.js'
import { attempts, isCallOf } from './corpus-attempts.js'
import { engine } from './corpus-engine.js'
import { spellings } from './corpus-spellings.js'

// What a policy is there to refuse it refuses however it is written, with the same words; what it lets pass it sends on as
// Docker's own clients write it.

describe.each(attempts)('$name', ({ policy, refused, passed }) => {
  const layers = intermediate({ onError: () => {} }).use(policy)

  it.each(forms)('refuses in every spelling what it refuses, $form', async ({ fields }) => {
    await using to = await setUpWith(layers, 'unix', engine)
    for (const call of refused) {
      const plain = await tried(to, call.line, spellings[0]!.bytes(call, [...fields, mark])!)
      for (const spelling of spellings) {
        const bytes = spelling.bytes(call, [...fields, mark])
        if (bytes === undefined) continue
        const { status, said, reached } = await tried(to, call.line, bytes)
        const told = { call, spelling: spelling.name, status, said, reached }
        const same = spelling.isRefused ? {} : { status: plain.status, said: plain.said }
        expect
          .soft(told)
          .toEqual({ ...told, reached: reached.filter((each) => each.includes('nobodys-')), ...same })
        expect.soft({ ...told, isRefused: status >= 400 }).toEqual({ ...told, isRefused: true })
      }
    }
  })

  it.each(forms)('sends on in one spelling what it lets pass, $form', async ({ fields }) => {
    await using to = await setUpWith(layers, 'unix', engine)
    const plain = await tried(to, passed.line, spellings[0]!.bytes(passed, [...fields, mark])!)
    expect(plain).toEqual({ status: 200, said: '', reached: [expect.any(String)] })
    for (const spelling of spellings) {
      const bytes = spelling.bytes(passed, [...fields, mark])
      if (bytes === undefined) continue
      const told = { spelling: spelling.name, ...(await tried(to, passed.line, bytes)) }
      if (spelling.isRefused && told.status >= 400) expect.soft(told).toEqual({ ...told, reached: [] })
      else expect.soft(told).toEqual({ ...told, ...plain })
    }
  })
})

it('has a call for every route of the policies about containers', () => {
  const { refused } = attempts.find(({ name }) => name === 'unprivileged')!
  expect([...routes.keys()].filter((endpoint) => !refused.some((call) => isCallOf(endpoint, call)))).toEqual(
    [],
  )
})

/** By which the client's own call is known among those that policies make. */
const mark = 'X-Client: here'

interface Outcome {
  readonly status: number
  /** Of a reply that is no success. */
  readonly said: string
  /** What the engine got of the call: as it reads its path, without version. */
  readonly reached: readonly string[]
}

async function tried(to: Setup, line: string, bytes: string): Promise<Outcome> {
  const before = to.upstream.connections.length
  await using client = await transcript(to.listening.addresses[0]!)
  client.send(bytes).catch(() => {})
  const { status, body } = await client.response({ head: line.startsWith('HEAD ') })
  const requests = to.upstream.connections.slice(before).flatMap((connection) => connection.requests)
  const asked = requests.filter((each) => each.header('x-client') === undefined)
  expect.soft(asked.filter(({ method }) => method !== 'GET')).toEqual([])
  const reached = requests
    .filter((each) => !asked.includes(each))
    .map(({ method, target, body: sent }) => {
      const [path = '', query = ''] = target.split('?')
      const read = `${method} ${decodeURIComponent(path).replace(/^\/v[\d.]+\//, '/')}`
      return withoutStandIns(`${read} ${String(new URLSearchParams(query))} ${sent.toString()}`)
    })
  return { status, said: status < 400 ? '' : withoutStandIns(body.toString()), reached }
}

/** Each is another one. */
function withoutStandIns(text: string): string {
  return text.replaceAll(/nobodys-[\da-f-]{36}/g, 'nobodys-thing')
}
