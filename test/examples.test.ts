import { readdir, readFile } from 'node:fs/promises'
import { Intermediate } from '@intermediate/core'
import { answer, echoTunnel, memoryEngine } from '@intermediate/testing'
import { describe, expect, it, vi } from 'vitest'
import guard from '../examples/guard.js'
import noExec from '../examples/no-exec.js'
import sessionBytes from '../examples/session-bytes.js'
import slowCalls from '../examples/slow-calls.js'
import teamLabel from '../examples/team-label.js'
import twoEngines from '../examples/two-engines.js'
import twoLayers from '../examples/two-layers.js'
import { setUpWith } from './matrix.js'

const okReply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'
const ok = answer(okReply)

const examples = {
  'guard.ts': guard,
  'no-exec.ts': noExec,
  'session-bytes.ts': sessionBytes,
  'slow-calls.ts': slowCalls,
  'team-label.ts': teamLabel,
  'two-engines.ts': twoEngines,
  'two-layers.ts': twoLayers,
}

describe('the examples', () => {
  it('are all here, each an intermediate of at most 40 lines', async () => {
    expect((await readdir('examples')).toSorted()).toEqual(Object.keys(examples))
    for (const [name, example] of Object.entries(examples)) {
      expect(example).toBeInstanceOf(Intermediate)
      expect((await readFile(`examples/${name}`, 'utf8')).split('\n').length).toBeLessThanOrEqual(41)
    }
  })

  it('guard lets nothing privileged pass, asks for a ticket and labels the rest', async () => {
    const engine = answer(({ method }) =>
      method === 'POST' ? okReply : 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    )
    await using to = await setUpWith(guard, 'unix', engine)
    await using client = await to.client()
    const create = async (body: string) => {
      await client.send(
        `POST /v1.45/containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
      const { status, body: said } = await client.response()
      return [status, status === 200 ? '' : (JSON.parse(said.toString()) as { message: string }).message]
    }
    expect(await create('{"Image":"busybox","hostconfig":{"privileged":true}}')).toEqual([
      403,
      'privileged mode is not allowed here; say what it is for: --label ticket=…',
    ])
    expect(await create('{"Image":"busybox"}')).toEqual([403, 'say what it is for: --label ticket=…'])
    expect(await create('{"Image":"busybox","Labels":{"ticket":"1"}}')).toEqual([200, ''])
    expect(
      to.upstream.requests.filter(({ method }) => method === 'POST').map(({ body }) => body.toString()),
    ).toEqual(['{"Image":"busybox","Labels":{"ticket":"1","team":"core"}}'])
  })

  it('no-exec refuses to exec, and nothing else', async () => {
    await using to = await setUpWith(noExec, 'unix', ok)
    await using client = await to.client()
    await client.send(
      'POST /v1.45/containers/db-1/exec HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n{}',
    )
    const refused = await client.response()
    expect(refused.status).toBe(403)
    expect(JSON.parse(refused.body.toString())).toEqual({ message: 'exec into db-1 is not allowed here' })
    await client.send('POST /v1.45/containers/db-1/start HTTP/1.1\r\nHost: docker\r\n\r\n')
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests.map(({ target }) => target)).toEqual(['/v1.45/containers/db-1/start'])
  })

  it('session-bytes says what went through a tunnel, and keeps its half-close', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    try {
      await using to = await setUpWith(sessionBytes, 'unix', echoTunnel({ last: ' and out' }))
      await using client = await to.client()
      await client.send(
        'POST /exec/0123/start HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
      )
      expect(await client.head()).toMatch(/^HTTP\/1.1 101 /)
      await client.send('hello')
      await client.end()
      expect((await client.ended()).toString()).toBe('hello and out')
      expect(said).toHaveBeenCalledWith('exec 0123: 5 bytes in, 13 out')
    } finally {
      said.mockRestore()
    }
  })

  it('slow-calls says which calls took long', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    const clock = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(2500)
    try {
      await using to = await setUpWith(slowCalls, 'unix', ok)
      await using client = await to.client()
      await client.send('POST /containers/web/wait HTTP/1.1\r\nHost: docker\r\n\r\n')
      expect((await client.response()).status).toBe(200)
      expect(said).toHaveBeenCalledWith('POST /containers/web/wait took 2.5 s')
    } finally {
      said.mockRestore()
      clock.mockRestore()
    }
  })

  it('team-label asks for a ticket, and puts a label on what is created', async () => {
    await using to = await setUpWith(teamLabel, 'unix', ok)
    await using client = await to.client()
    const create = (path: string, body: string) =>
      client.send(
        `POST ${path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
    await create('/containers/create', '{"Image":"busybox"}')
    const refused = await client.response()
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([
      403,
      { message: 'say what it is for: --label ticket=…' },
    ])
    await create('/containers/create', '{"labels":{"ticket":"1"}}')
    await client.response()
    await create('/volumes/create', '{}')
    await client.response()
    expect(to.upstream.requests.map(({ body }) => body.toString())).toEqual([
      '{"Labels":{"ticket":"1","team":"core"}}',
      '{"Labels":{"team":"core"}}',
    ])
  })

  it('two-engines shows both as one, and makes containers where their label says', async () => {
    await using a = await memoryEngine()
    await using b = await memoryEngine()
    vi.stubEnv('ENGINE_A', a.address)
    vi.stubEnv('ENGINE_B', b.address)
    vi.resetModules()
    const { default: example } = await import('../examples/two-engines.js')
    vi.unstubAllEnvs()
    await using listening = await example.listen('tcp://127.0.0.1:0')
    const base = listening.addresses[0]!.replace('tcp:', 'http:')
    const headers = { 'Content-Type': 'application/json' }
    for (const engine of ['a', 'b']) {
      const body = JSON.stringify({ Image: 'busybox', Labels: { engine } })
      await fetch(`${base}/containers/create?name=on-${engine}`, { method: 'POST', headers, body })
    }
    const created = ({ endpoint }: { endpoint?: string | undefined }) =>
      endpoint === 'POST /containers/create'
    expect([a, b].map(({ calls }) => calls.filter(created).map(({ query }) => query['name']))).toEqual([
      ['on-a'],
      ['on-b'],
    ])
    const list = (await (await fetch(`${base}/containers/json?all=1`)).json()) as { Names: string[] }[]
    expect(list.flatMap(({ Names }) => Names).toSorted((x, y) => (x < y ? -1 : 1))).toEqual([
      '/on-a',
      '/on-b',
    ])
  })

  it('two-layers writes down every call, also those that it refuses', async () => {
    const said = vi.spyOn(console, 'log').mockReturnValue()
    try {
      await using to = await setUpWith(twoLayers, 'unix', ok)
      await using client = await to.client()
      for (const start of ['GET /_ping', 'POST /images/create?fromImage=busybox']) {
        await client.send(`${start} HTTP/1.1\r\nHost: docker\r\n\r\n`)
        await client.response()
      }
      expect(said.mock.calls).toEqual([
        ['GET /_ping', 200],
        ['POST /images/create', 403],
      ])
    } finally {
      said.mockRestore()
    }
  })
})

describe('the README', () => {
  it('shows examples as they are', async () => {
    const readme = await readFile('README.md', 'utf8')
    const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
    const files = await Promise.all(Object.keys(examples).map((name) => readFile(`examples/${name}`, 'utf8')))
    const codes = files.map((text) => text.slice(text.indexOf('import')))
    expect(shown.length).toBeGreaterThan(0)
    for (const code of shown) expect(codes).toContain(code)
  })
})
