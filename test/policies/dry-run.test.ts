import type { Layer } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { type DryRunReport, filter } from '@intermediate/filter'
import { answer } from '@intermediate/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ok, request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { container } from './containers.js'

// A dry run: what passes is as it came, whatever the policy makes of it, and the report says what that is.

interface Tried {
  readonly status: number
  readonly message: string
  /** The engine got the very bytes that the client sent. */
  readonly isSame: boolean
}

const engine = answer(({ method, target }) => {
  if (method !== 'GET') return ok
  const isContainer = target.endsWith('/web/json')
  return response('200 OK', JSON.stringify(isContainer ? container() : { DefaultRuntime: 'runc' }))
})

/** What becomes of a call, and what the engine got of it. */
async function tried(layer: Layer, line: string, body = ''): Promise<Tried> {
  await using to = await setUpWith(intermediate({ onError: () => {} }).use(layer), 'unix', engine)
  await using client = await to.client()
  await client.send(request(line, ['Content-Type: application/json'], body))
  const { status, body: said } = await client.response()
  const got = to.upstream.requests.find(({ method }) => line.startsWith(method))
  return {
    status,
    message: status < 400 ? '' : (JSON.parse(said.toString()) as { message: string }).message,
    isSame: got !== undefined && `${got.method} ${got.target}` === line && got.body.toString() === body,
  }
}

/** The same through a policy and through its dry run. */
async function both(policy: Parameters<typeof filter.dryRun>[0], line: string, body = '') {
  const reports: DryRunReport[] = []
  const dry = await tried(
    filter.dryRun(policy, (would) => reports.push(would)),
    line,
    body,
  )
  const real = await tried(policy, line, body)
  return { dry, real, reports: reports.map(({ status, message }) => ({ status, message })) }
}

const passed = { status: 200, message: '', isSame: true }
const create = 'POST /v1.45/containers/create?name=web'

it('lets pass what the policy refuses, and reports what it would have said', async () => {
  const reports: DryRunReport[] = []
  const layer = filter.dryRun(filter.readOnly(), (would) => reports.push(would))
  expect(layer.name).toBe('dryRun(readOnly)')
  expect(await tried(layer, 'DELETE /v1.45/containers/web')).toEqual(passed)
  expect(await tried(layer, 'GET /info')).toEqual(passed)
  expect(reports).toEqual([
    {
      policy: 'readOnly',
      endpoint: 'DELETE /containers/:id',
      method: 'DELETE',
      path: '/containers/web',
      status: 403,
      message: 'DELETE /containers/web is not allowed here',
    },
  ])
})

it('lets pass what the policy fails on', async () => {
  const broken = filter('GET /info', () => {
    throw new Error('no idea')
  })
  const { dry, reports } = await both(broken, 'GET /info')
  expect(dry).toEqual(passed)
  expect(reports).toEqual([{ status: 500, message: 'no idea' }])
})

describe('a body that the policy cannot read', () => {
  it.each([
    ['with a key twice', '{"Image":"a","Image":"b"}', 400],
    ['with fields where engines read them differently', '{"Image":"a","Privileged":true}', 400],
    ['that is no JSON', '{]', 400],
    ['that is too long', `{"Image":"${'a'.repeat(9 * 1024 * 1024)}"}`, 413],
  ])('passes as it came, and its refusal is reported: one %s', async (_, body, status) => {
    const { dry, real, reports } = await both(filter.unprivileged(), create, body)
    expect(dry).toEqual(passed)
    expect(real.status).toBe(status)
    const withoutVersion = real.message.replace(/\/v1.45|\?name=web/g, '')
    expect(reports.map((each) => ({ ...each, message: each.message.replace('/v1.45', '') }))).toEqual([
      { status, message: withoutVersion },
    ])
  })
})

it('changes nothing of what passes: not the spelling of its fields, nor a name into an id', async () => {
  const body = '{ "image":"busybox",  "hostconfig":{"volumesfrom":["web"],"privileged":true} }'
  const { dry, reports } = await both(filter.unprivileged(), create, body)
  expect(dry).toEqual(passed)
  expect(reports).toEqual([{ status: 403, message: 'privileged mode is not allowed here' }])
  const allowed = { namespaces: ['network:container'] }
  for (const line of [
    'POST /v1.45/containers/w%65b/exec',
    'POST /build?networkmode=container%3Aweb',
    'POST /build?t=a&t=b',
  ])
    expect(await both(filter.unprivileged(allowed), line, '{"cmd":["sh"]}')).toMatchObject({
      dry: passed,
      real: { status: 200, isSame: line.includes('t=a') },
      reports: [],
    })
})

it('has the layers behind it read the body, and send what they make of it', async () => {
  const seen: unknown[] = []
  const layers = intermediate()
    .use(filter.dryRun(filter.unprivileged(), () => {}))
    .use('POST /containers/create', async function labelled(call, next) {
      const body = await call.json()
      seen.push(body.Image)
      body.Labels = { a: 'b' }
      return next(call)
    })
  await using to = await setUpWith(layers, 'unix', engine)
  await using client = await to.client()
  await client.send(request(create, [], '{"image":"busybox"}'))
  await client.response()
  expect(seen).toEqual(['busybox'])
  expect(to.upstream.requests[0]!.body.toString()).toBe('{"Image":"busybox","Labels":{"a":"b"}}')
})

describe('a report that fails', () => {
  afterEach(() => void vi.restoreAllMocks())

  it.each([
    ['throws', () => raise()],
    ['rejects', async () => raise()],
  ])('is told on stderr, and the call passes: it %s', async (_, report) => {
    const written: string[] = []
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    expect(await tried(filter.dryRun(filter.readOnly(), report), 'POST /swarm/leave')).toEqual(passed)
    await vi.waitFor(() => expect(written).toHaveLength(1))
    expect(written[0]).toMatch(/^intermediate: the report of dryRun\(readOnly\) failed: Error: disk full\n/)
  })
})

it.each([
  [() => filter.dryRun(undefined as never), 'dryRun() was given no policy: give it the one to try'],
  [() => filter.dryRun(filter.owner('a') as never), 'dryRun() cannot be used with owner: it does more'],
  [() => filter.dryRun(filter.readOnly(), 'stderr' as never), 'dryRun() was given a report that is none'],
])('cannot be made so: %s', (make, message) => {
  expect(make).toThrow(
    expect.objectContaining({
      code: 'ERR_CONFIGURATION',
      message: expect.stringContaining(message) as string,
    }) as Error,
  )
})

function raise(): never {
  throw new Error('disk full')
}
