import { readFile } from 'node:fs/promises'
import type { Endpoint } from '@intermediate/core'
import { endpoints, intermediate, selectEndpoints } from '@intermediate/core'
import { transcript } from '@intermediate/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../packages/filter/src/containers/routes.js'
import { request } from '../docker-calls.js'
import type { Setup } from '../matrix.js'
import { setUpWith } from '../matrix.js'
import type { Attempt } from './route-table-calls.js'
import { attacks, harmless } from './route-table-calls.js'
import { engine } from './route-table-engine.js'
import { policies } from './route-table-policies.js'
import type { Column, Row } from './route-table.js'
import { columns, reasons, rows } from './route-table.js'

const readme = await readFile('packages/filter/README.md', 'utf8')

/** What is in a row and in none before it. */
function callsOf(row: Row): Endpoint[] {
  const before = rows.slice(0, rows.indexOf(row)).flatMap(({ calls }) => selectEndpoints(calls))
  return selectEndpoints(row.calls)
    .filter((endpoint) => !before.includes(endpoint))
    .map(({ key }) => key)
}

describe('the table of the README', () => {
  const lines = readme.split('\n').filter((line) => line.startsWith('| `'))
  const table = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

  it('says of every call what every policy does with it, as it is tested below', () => {
    const head = readme.split('\n').find((line) => line.includes('`unprivileged` |')) ?? ''
    expect([...head.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(columns)
    expect(table.filter((row) => row.length > 2).map(([calls = '', ...cells]) => ({ calls, cells }))).toEqual(
      rows.map(({ calls, cells }) => ({ calls: calls.map((call) => `\`${call}\``).join(' '), cells })),
    )
  })

  it('gives a reason for each cell that is left alone, and none for nothing', () => {
    const given = [...readme.matchAll(/^([¹²³⁴-⁹]) (.+)$/gm)].map(([, number, reason]) => [number, reason])
    expect(Object.fromEntries(given)).toEqual(reasons)
    const used = new Set(rows.flatMap(({ cells }) => cells).flatMap((cell) => /^–(.)$/.exec(cell)?.[1] ?? []))
    expect([...used].toSorted()).toEqual(Object.keys(reasons).toSorted())
    expect(rows.flatMap(({ cells }) => cells).filter((cell) => !/^(✓|all|–[¹²³⁴-⁹])$/.test(cell))).toEqual([])
    expect(rows.filter(({ cells }) => cells.length !== columns.length)).toEqual([])
  })

  it('has every endpoint of the API, and each route to what a container can have in a row of its own kind', () => {
    expect(rows.flatMap(callsOf).toSorted()).toEqual(
      [...endpoints.map(({ key }) => key), 'unknown'].toSorted(),
    )
    expect(rows.filter((row) => callsOf(row).length === 0)).toEqual([])
    const left = rows.filter(({ cells }) => cells.slice(0, 10).every((cell) => cell.startsWith('–')))
    expect(left.flatMap(callsOf).filter((key) => routes.has(key))).toEqual([])
  })
})

describe.each(columns)('%s', (column) => {
  let to: Setup
  beforeAll(async () => {
    to = await setUpWith(intermediate({ onError: () => {} }).use(policies[column]), 'unix', engine)
  })
  afterAll(() => to[Symbol.asyncDispose]())

  const cells = rows.map((row) => ({
    row,
    calls: row.calls.join(', '),
    cell: row.cells[columns.indexOf(column)]!,
  }))

  describe.each(cells.filter(({ cell }) => cell === '✓'))('judges $calls:', ({ row }) => {
    it.each(callsOf(row))('%s is refused where it asks for what is not allowed', async (endpoint) => {
      const tried = attacks(column, endpoint)
      expect(tried.length).toBeGreaterThan(0)
      for (const attempt of tried)
        (column === 'owner' ? expectKept : expectRefused)(attempt, await make(to, attempt))
    })

    it.each(callsOf(row))('%s passes otherwise', async (endpoint) => {
      expectPassed(harmless(column, endpoint), await make(to, harmless(column, endpoint)))
    })
  })

  it.each(cells.filter(({ cell }) => cell === 'all'))(
    'refuses $calls whatever it asks for',
    async ({ row }) => {
      for (const endpoint of callsOf(row)) {
        const attempt = harmless(column, endpoint)
        expectRefused(attempt, await make(to, attempt))
      }
    },
  )

  it.each(cells.filter(({ cell }) => cell.startsWith('–')))('leaves $calls alone', async ({ row }) => {
    for (const endpoint of callsOf(row)) {
      expect([endpoint, attacksOn(column, endpoint)]).toEqual([endpoint, []])
      expectPassed(harmless(column, endpoint), await make(to, harmless(column, endpoint)))
    }
  })
})

/** Those of `owner` are made of any call that passes. */
function attacksOn(column: Column, endpoint: Endpoint): readonly Attempt[] {
  return column === 'owner' || column === 'readOnly' ? [] : attacks(column, endpoint)
}

interface Outcome {
  readonly status: number
  /** The body of the reply. */
  readonly said: string
  /** What the engine got of the call itself: of each the target, decoded, with its body. */
  readonly reached: readonly string[]
}

/** What a policy asks by itself does not have it. */
const mark = 'X-Client: here'

async function make(to: Setup, { line, body = '' }: Attempt): Promise<Outcome> {
  const before = to.upstream.connections.length
  await using client = await transcript(to.listening.addresses[0]!)
  const given = body instanceof Buffer ? body.toString('latin1') : body
  const text = typeof given === 'string' ? given : JSON.stringify(given)
  const type = body instanceof Buffer ? 'application/x-tar' : 'application/json'
  await client.send(
    Buffer.from(request(line, text === '' ? [mark] : [mark, `Content-Type: ${type}`], text), 'latin1'),
  )
  const reply = await client.response({ head: line.startsWith('HEAD') })
  const requests = to.upstream.connections.slice(before).flatMap((connection) => connection.requests)
  const asked = requests.filter((each) => each.header('x-client') === undefined)
  expect(asked.filter(({ method }) => method !== 'GET')).toEqual([])
  const reached = requests
    .filter((each) => !asked.includes(each))
    .map((each) => `${each.method} ${decodeURIComponent(each.target)} ${each.body.toString('latin1')}`)
  return { status: reply.status, said: reply.body.toString(), reached }
}

/** The client is told why, and the engine got nothing but questions; or it was asked for what nobody has. */
function expectRefused({ line, says = '' }: Attempt, { status, said, reached }: Outcome): void {
  const isHidden =
    status === 404 && reached.length === 1 && / \/[^?]*\bnobodys-[\da-f-]{36}\b/.test(reached[0]!)
  if (isHidden) return
  expect({ line, status, reached }).toEqual({ line, status: 403, reached: [] })
  if (line.startsWith('HEAD')) return
  const { message } = JSON.parse(said) as { message: string }
  expect(message).toMatch(/not allowed here|a policy has to name it|let through here/)
  expect(message.slice(0, says.length)).toBe(says)
}

/** Nothing of another owner is reached, made or shown. */
function expectKept({ line }: Attempt, { status, said, reached }: Outcome): void {
  expect([line, reached.filter((each) => each.includes('theirs'))]).toEqual([line, []])
  expect([line, [200, 403, 404, 409], said]).toEqual([line, expect.arrayContaining([status]), said])
  if (status !== 200) return
  expect([line, said]).toEqual([line, expect.not.stringContaining('theirs')])
  if (/prune|create/.test(line))
    expect([line, reached]).toEqual([line, [expect.stringContaining('intermediate.owner')]])
}

function expectPassed({ line }: Attempt, { status, said, reached }: Outcome): void {
  const [method = ''] = line.split(' ')
  expect({ line, status, said: status < 400 ? '' : said, reached }).toEqual({
    line,
    status: 200,
    said: '',
    reached: [expect.stringMatching(`^${method} `)],
  })
}
