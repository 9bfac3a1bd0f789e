import { connect } from 'node:net'
import { router } from '@intermediate/router'
import type { EnginesOptions } from '@intermediate/router'
import { answer, closeMidReply, memoryEngine, recordingUpstream } from '@intermediate/testing'
import type { MemoryEngine, Script } from '@intermediate/testing'
import { describe, expect, it, vi } from 'vitest'
import { engineSet, routed } from './routed.js'

const forever = { deadline: Infinity }

/** Reads a request, and never answers. */
const neverAnswer: Script = async (connection) => {
  await connection.request(forever)
  await connection.closed(forever)
}

const beginning = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{"Id":'

/** Engine a does what it should, b does not. */
async function besides(script: Script, options: EnginesOptions = {}) {
  const a = await memoryEngine()
  const b = await recordingUpstream(script)
  const log: string[] = []
  const layer = router.engines(
    { a: a.address, b: b.address },
    { patience: 500, log: (line) => log.push(line), ...options },
  )
  const one = await routed(layer)
  return {
    a,
    b,
    one,
    log,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]()
      await a.close()
      await b[Symbol.asyncDispose]()
    },
  }
}

async function made(engine: MemoryEngine, name: string): Promise<string> {
  const body = { Image: 'busybox', Cmd: ['sleep', '100'] }
  const reply = await engine.request(`POST /containers/create?name=${name}`, { body })
  return ((await reply.json()) as { Id: string }).Id
}

const manners: readonly { does: string; script: Script; says: RegExp }[] = [
  { does: 'never answers', script: neverAnswer, says: /did not answer within 0\.5 s/ },
  {
    does: 'speaks something else',
    script: closeMidReply('SSH-2.0-OpenSSH_9.2\r\n'),
    says: /a version other than/,
  },
  { does: 'dies within its answer', script: closeMidReply(beginning), says: /was lost before its end/ },
  {
    does: 'stops within its answer',
    script: async (connection) => {
      await connection.request(forever)
      await connection.send(beginning)
      await connection.closed(forever)
    },
    says: /did not answer within 0\.5 s/,
  },
  {
    does: 'answers with a page',
    script: answer('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>'),
    says: /is not what it should be/,
  },
  {
    does: 'breaks off',
    script: async (connection) => {
      await connection.request(forever)
      connection.destroy()
    },
    says: /cannot reach the Docker engine/,
  },
]

describe.each(manners)('an engine that $does', ({ script, says }) => {
  it('is one that is down, and the others answer', async () => {
    const stalls = says.source.includes('within')
    await using to = await besides(script, stalls ? {} : { patience: 20_000 })
    const left = await made(to.a, 'left')
    const list = await to.one.call('GET /containers/json?all=1')
    expect([list.status, list.body.map(({ Id }: { Id: string }) => Id)]).toEqual([200, [left]])
    expect(list.headers.get('warning')).toMatch(/^299 - "engine b is down: /)
    expect(list.headers.get('warning')).toMatch(says)
    expect(to.log[0]).toMatch(/^engine b is down: /)
    for (const line of ['GET /info', 'GET /version', 'GET /volumes', 'GET /images/json']) {
      const answered = await to.one.call(line)
      expect([line, answered.status, answered.headers.get('warning')]).toEqual([
        line,
        200,
        expect.stringMatching(/^299 - "engine b is down/),
      ])
    }
    expect((await to.one.call('HEAD /_ping')).status).toBe(200)
    expect((await to.one.call(`POST /containers/${left}/start`)).status).toBe(204)
    expect((await to.one.call('GET /containers/left/json')).body.Id).toBe(left)
    expect((await to.one.call('GET /containers/right/json')).status).toBe(502)
    expect((await to.one.call('POST /containers/create?name=new', { Image: 'busybox' })).status).toBe(201)
    expect((await to.one.call('DELETE /containers/new')).status).toBe(204)
  })
})

describe('an engine that stalls', () => {
  it('is pinged before it is given what takes long', async () => {
    await using to = await besides(neverAnswer)
    for (const line of ['GET /system/df', 'POST /containers/prune', 'POST /images/prune']) {
      const answered = await to.one.call(line)
      expect([line, answered.status, answered.headers.get('warning')]).toEqual([
        line,
        200,
        expect.stringContaining('engine b is down'),
      ])
    }
    expect(new Set(to.b.requests.map(({ target }) => target))).toEqual(new Set(['/_ping']))
  })

  it('is given a second at most once it is known to be down, and in a ping', async () => {
    await using to = await besides(neverAnswer, { patience: 600_000 })
    for (const line of ['HEAD /_ping', 'GET /containers/json', 'GET /info']) {
      const began = performance.now()
      expect((await to.one.call(line)).headers.get('warning')).toContain('did not answer within 1 s')
      expect(performance.now() - began).toBeLessThan(5_000)
    }
  })

  it('is not given what is sent to it once it is known to be down', async () => {
    await using to = await besides(neverAnswer)
    await to.one.call('GET /containers/json')
    expect((await to.one.call('POST /containers/b/web/start')).status).toBe(502)
    expect((await to.one.call('POST /containers/create?name=b%2Fweb', { Image: 'busybox' })).status).toBe(502)
    expect(to.b.requests.filter(({ method }) => method === 'POST')).toEqual([])
  })

  it('does not slow what only another has to answer', async () => {
    await using to = await besides(neverAnswer, { patience: 600_000 })
    const { Id } = (await to.one.call('POST /containers/create?name=a%2Fweb', { Image: 'busybox' })).body
    to.b.connections.length = 0
    expect((await to.one.call(`POST /containers/${Id}/start`)).status).toBe(204)
    expect((await to.one.call('GET /containers/a/web/json')).body.Id).toBe(Id)
    expect(to.b.connections).toEqual([])
  })
})

it('an engine that is down is not forgotten in the version that clients agree on', async () => {
  await using young = await memoryEngine({ apiVersion: '1.45' })
  await using old = await memoryEngine({ apiVersion: '1.41' })
  await using one = await routed(
    router.engines({ young: young.address, old: old.address }, { log: () => {} }),
  )
  expect((await one.call('GET /_ping')).headers.get('api-version')).toBe('1.41')
  old.misbehave('GET /_ping', 'reset')
  const ping = await one.call('GET /_ping')
  expect([ping.headers.get('api-version'), ping.headers.get('warning')]).toEqual([
    '1.41',
    expect.stringContaining('engine old is down'),
  ])
})

it('an engine that fails is named, and what it says', async () => {
  await using to = await engineSet('a', 'b')
  await using one = await routed(router.engines(to.addresses))
  to.b.misbehave('GET /containers/json', { status: 500, message: 'no space left' })
  const list = await one.call('GET /containers/json')
  expect([list.status, list.headers.get('warning')]).toEqual([200, '299 - "engine b: no space left"'])
  to.a.misbehave('GET /containers/json', { status: 404, message: 'no such container' })
  const failed = await one.call('GET /containers/json')
  expect([failed.status, failed.body]).toEqual([404, { message: 'no such container' }])
})

it('what one engine calls a bad request is one, rather than half an answer', async () => {
  await using to = await engineSet('a', 'b')
  await using one = await routed(router.engines(to.addresses))
  const tooNew = { status: 400, message: 'client version 1.45 is too new' }
  for (const line of ['GET /containers/json', 'GET /events', 'GET /info', 'GET /version', 'GET /system/df']) {
    to.b.misbehave(line, tooNew)
    const refused = await one.call(line)
    expect([line, refused.status, refused.body]).toEqual([line, 400, { message: tooNew.message }])
  }
  to.b.misbehave('POST /containers/prune', tooNew)
  const pruned = await one.call('POST /containers/prune')
  expect([pruned.status, pruned.headers.get('warning')]).toEqual([
    200,
    '299 - "engine b: client version 1.45 is too new"',
  ])
})

it('an engine whose events come too late is let go of, and asked again', async () => {
  let answers = () => {}
  const late = new Promise<void>((resolve) => (answers = resolve))
  const script: Script = async (connection) => {
    await connection.request(forever)
    await late
    await connection.send(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    await connection.closed(forever)
  }
  await using to = await besides(script)
  const leaving = new AbortController()
  const events = await to.one.stream('GET /events', leaving.signal)
  expect(events.headers.get('warning')).toContain('did not answer within')
  answers()
  await (await to.b.connection(0)).closed()
  await to.b.connection(1)
  leaving.abort()
})

it('an event that an engine tells again when it is back is told once', async () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
  const event = (timeNano: string) => {
    const line = `{"Action":"start","timeNano":${timeNano}}\n`
    return `${line.length.toString(16)}\r\n${line}\r\n`
  }
  const [first, second] = ['1700000000000000001', '1700000000000000002'] as const
  let times = 0
  const script: Script = async (connection) => {
    await connection.request(forever)
    times++
    await connection.send(head + event(first))
    if (times === 1) return connection.destroy()
    await connection.send(event(second))
    await connection.closed(forever)
  }
  await using to = await besides(script, { patience: 20_000 })
  const leaving = new AbortController()
  const events = await to.one.stream('GET /events', leaving.signal)
  const text = events.body!.pipeThrough(new TextDecoderStream()).getReader()
  let seen = ''
  while (!seen.includes(second)) seen += (await text.read()).value ?? ''
  leaving.abort()
  expect(seen.match(/\d{19}/g)).toEqual([first, second])
  expect(to.b.requests.map(({ target }) => decodeURIComponent(target)).at(-1)).toContain(
    'since=1700000000.000000001',
  )
  await text.closed.catch(() => {})
})

describe('a client that leaves', () => {
  it.each(['GET /containers/json', 'GET /events', 'GET /containers/web/json', 'POST /volumes/prune'])(
    'takes what %s asked of the engines along',
    async (line) => {
      await using a = await recordingUpstream(neverAnswer)
      await using b = await recordingUpstream(neverAnswer)
      await using one = await routed(router.engines({ a: a.address, b: b.address }, { log: () => {} }))
      const { hostname, port } = new URL(one.address.replace('tcp:', 'http:'))
      const clients = Array.from({ length: 20 }, () =>
        connect(Number(port), hostname).end(`${line} HTTP/1.1\r\nHost: engines\r\n\r\n`).resume(),
      )
      for (const client of clients) client.on('error', () => {})
      for (const engine of [a, b]) await engine.connection(clients.length - 1)
      for (const client of clients) client.destroy()
      const open = () => [...a.connections, ...b.connections].filter(({ isClosed }) => !isClosed)
      await vi.waitFor(() => expect(open()).toEqual([]), { interval: 5, timeout: 5_000 })
    },
  )
})

it('a hundred calls at once are answered, each its own', async () => {
  await using to = await engineSet('a', 'b')
  await using one = await routed(router.engines(to.addresses))
  const names = Array.from({ length: 100 }, (_, n) => `web-${n}`)
  const ids = await Promise.all(names.map((name, n) => made(n % 2 === 0 ? to.a : to.b, name)))
  const found = await Promise.all(names.map((name) => one.call(`GET /containers/${name}/json`)))
  expect(found.map(({ body }) => body.Id)).toEqual(ids)
})
