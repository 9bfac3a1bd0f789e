import { readFile, stat } from 'node:fs/promises'
import type { Intermediate, Layer } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { answer, exchange, memoryEngine, temporaryFolder, transcript } from '@intermediate/testing'
import type { WatchersOptions, WatchersSink } from '@intermediate/wire-tap'
import { jsonLines, watchers, wireTap } from '@intermediate/wire-tap'
import { describe, expect, it, vi } from 'vitest'
import { ok, request } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'
import { watching } from './watching.js'

interface Answered {
  readonly status: number
  readonly json: { readonly Id?: string }
}

interface Stage extends AsyncDisposable {
  readonly sink: WatchersSink
  /** Makes a call through the tap. */
  call(line: string, body?: object): Promise<Answered>
  /** Makes a call that the tap does not see. */
  elsewhere(line: string, body?: object): Promise<Answered>
}

/** A tap that can be watched, in front of an engine in memory. */
async function stage(
  options: { listen?: string; queue?: number; lookup?: false } = {},
  ...inFront: Layer[]
): Promise<Stage> {
  const engine = await memoryEngine({ listen: 'tcp' })
  const { lookup, ...others } = options
  const found = lookup === false ? {} : { lookup: engine.address }
  const sink = await watchers({ listen: 'tcp://127.0.0.1:0', ...others, ...found })
  const layers = intermediate({ upstream: engine.address })
  for (const layer of inFront) layers.use(layer)
  const listening = await layers.use(wireTap(sink)).listen('tcp://127.0.0.1:0')
  return {
    sink,
    call: (line, body) => calling(listening.addresses[0]!, line, body),
    elsewhere: (line, body) => calling(engine.address, line, body),
    [Symbol.asyncDispose]: async () => {
      await sink.close()
      await listening.close({ grace: 0 })
      await engine[Symbol.asyncDispose]()
    },
  }
}

async function calling(address: string, line: string, body?: object): Promise<Answered> {
  const [method = '', path = ''] = line.split(' ')
  const sent = body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
  const answered = await fetch(address.replace('tcp:', 'http:') + path, { method, ...sent })
  const text = await answered.text()
  return { status: answered.status, json: text.startsWith('{') ? (JSON.parse(text) as Answered['json']) : {} }
}

const busybox = { Image: 'busybox:latest', Cmd: ['sleep', '1000'] }
const exec = { Cmd: ['true'], AttachStdout: true }

/** Makes a container, and gives its id. */
async function made(make: Stage['call'], name: string): Promise<string> {
  const { json, status } = await make(`POST /containers/create?name=${name}`, busybox)
  expect(status).toBe(201)
  await make(`POST /containers/${json.Id!}/start`)
  return json.Id!
}

describe('who watches', () => {
  it('is sent the lines that jsonLines writes', async () => {
    await using folder = await temporaryFolder()
    const file = jsonLines(folder.file('calls.jsonl'))
    await using sink = await watchers({ listen: 'tcp://127.0.0.1:0' })
    const watch = await watching(sink.address)
    const both = Object.assign((event: Parameters<typeof sink>[0]) => {
      void sink(event)
      return file(event)
    }, {})
    await using engine = await memoryEngine()
    await using listening = await intermediate({ upstream: engine.address })
      .use(wireTap(both))
      .listen('tcp://127.0.0.1:0')
    await calling(listening.addresses[0]!, 'POST /volumes/create', { Name: 'v' })
    await watch.until(1)
    await file.close()
    const lines = (await readFile(folder.file('calls.jsonl'), 'utf8')).trimEnd().split('\n')
    expect(watch.events).toEqual(lines.map((line) => JSON.parse(line) as unknown))
    expect(watch.events.map(({ type }) => type)).toEqual(['call', 'body', 'reply', 'body', 'end'])
    expect(watch.head.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'intermediate-tap': '1',
    })
  })

  it('sees the calls that begin from then on, each watcher those of its endpoints', async () => {
    await using to = await stage()
    await to.call('GET /info')
    const all = await watching(to.sink.address)
    const some = await watching(to.sink.address, 'endpoint=GET+/version&endpoint=*+/volumes{/*rest}')
    expect(to.sink.count).toBe(2)
    for (const line of ['GET /info', 'GET /version', 'GET /volumes']) await to.call(line)
    await all.until(3)
    await some.until(2)
    expect(all.ended).toEqual(['GET /info', 'GET /version', 'GET /volumes'])
    expect(some.ended).toEqual(['GET /version', 'GET /volumes'])
    expect(some.events.map(({ endpoint }) => endpoint)).not.toContain('GET /info')
  })

  it('does not see how calls end that began before', async () => {
    let goOn!: () => void
    const held = new Promise<void>((resolve) => (goOn = resolve))
    const seen = told()
    await using to = await stage({}, wireTap(seen), async (call, next) => {
      const replied = await next(call)
      if (call.path === '/info') await held
      return replied
    })
    const early = await watching(to.sink.address)
    const info = to.call('GET /info')
    await seen.until('call')
    const late = await watching(to.sink.address)
    goOn()
    await info
    await to.call('GET /version')
    await early.until(2)
    await late.until(1)
    expect(late.ended).toEqual(['GET /version'])
  })

  it('leaves without a trace, and then nobody looks at calls', async () => {
    await using to = await stage()
    const one = await watching(to.sink.address)
    const other = await watching(to.sink.address)
    one.leave()
    await vi.waitFor(() => expect(to.sink.count).toBe(1), { interval: 1 })
    expect(to.sink.wants).toContain('call')
    other.leave()
    await vi.waitFor(() => expect(to.sink.count).toBe(0), { interval: 1 })
    expect(to.sink.wants).toEqual([])
    expect((await to.call('GET /info')).status).toBe(200)
  })

  it('has the rest and an end when the tap is closed', async () => {
    await using to = await stage()
    const watch = await watching(to.sink.address)
    await to.call('GET /info')
    await to.sink.close()
    expect(await watch.over).toBe(true)
    expect(watch.ended).toEqual(['GET /info'])
  })
})

it('what passes in the moment in which the tap is closed is shown', async () => {
  await using sink = await watchers({ listen: 'tcp://127.0.0.1:0' })
  const watch = await watching(sink.address)
  const closing: Layer = async (call, next) => {
    const replied = await next(call)
    replied.tap({ limit: 0, data() {}, end: () => void sink.close() })
    return replied
  }
  const layers = intermediate().use(closing).use(wireTap(sink))
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  await client.send(request('GET /info'))
  await client.response()
  expect(await watch.over).toBe(true)
  expect(watch.ended).toEqual(['GET /info'])
})

it('while nobody watches, calls pass as if the tap were not there', async () => {
  await using sink = await watchers({ listen: 'tcp://127.0.0.1:0' })
  const tap = wireTap(sink)
  const asked: string[] = []
  const asking: Layer = async (call, next) => {
    asked.push(call.path)
    return tap(call, next)
  }
  const layers = intermediate().use(Object.assign(asking, { idle: () => tap.idle!() }))
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  const info = async () => {
    await client.send(request('GET /info'))
    await client.response()
  }
  await info()
  expect(asked).toEqual([])
  {
    using watch = await watching(sink.address)
    await info()
    await watch.until(1)
    expect(asked).toEqual(['/info'])
  }
  await vi.waitFor(() => expect(sink.count).toBe(0), { interval: 1 })
  await info()
  expect(asked).toEqual(['/info'])
})

describe('of one container', () => {
  const under = (id: string) => [`POST /containers/${id}/exec`, `GET /containers/${id}/json`]

  it('by its name, whatever calls say: what was there before, with its execs', async () => {
    await using to = await stage()
    const id = await made(to.elsewhere, 'web')
    const other = await made(to.elsewhere, 'other')
    const before = await to.elsewhere(`POST /containers/${id}/exec`, { Cmd: ['sleep', '1000'] })
    await to.elsewhere(`POST /exec/${before.json.Id!}/start`, { Detach: true })
    const watch = await watching(to.sink.address, 'container=web')
    expect(watch.head.headers['intermediate-container']).toBe(`web ${id}`)
    const [ofId, ofShort, ofName] = [id, id.slice(0, 6), 'web'].map(under)
    for (const line of [...ofId!, ...under(other), ...under('other'), ...ofShort!, ...ofName!])
      await to.call(line, line.startsWith('POST') ? exec : undefined)
    await to.call(`GET /exec/${before.json.Id!}/json`)
    await watch.until(7)
    expect(watch.ended).toEqual([...ofId!, ...ofShort!, ...ofName!, `GET /exec/${before.json.Id!}/json`])
  })

  it('by its id, while calls say its name', async () => {
    await using to = await stage()
    const id = await made(to.elsewhere, 'web')
    const watch = await watching(to.sink.address, `container=${id.slice(0, 4)}`)
    for (const line of ['GET /containers/other/json', ...under('web')])
      await to.call(line, line.startsWith('POST') ? exec : undefined)
    await watch.until(2)
    expect(watch.ended).toEqual(under('web'))
  })

  it.each([[{}], [{ lookup: false }] as const])(
    'one that is not there yet, from its create on, and what is run in it: %j',
    async (options) => {
      await using to = await stage(options)
      const watch = await watching(to.sink.address, 'container=web')
      expect(watch.head.headers['intermediate-container']).toBeUndefined()
      const id = await made(to.call, 'web')
      await made(to.call, 'other')
      const run = await to.call(`POST /containers/${id}/exec`, exec)
      await to.call(`POST /exec/${run.json.Id!}/start`, {})
      await watch.until(4)
      expect(watch.ended).toEqual([
        'POST /containers/create',
        `POST /containers/${id}/start`,
        `POST /containers/${id}/exec`,
        `POST /exec/${run.json.Id!}/start`,
      ])
    },
  )

  it('and is watched on while the engine that was asked goes away', async () => {
    const engine = await memoryEngine({ listen: 'tcp' })
    await made((line, body) => calling(engine.address, line, body), 'web')
    await using sink = await watchers({ listen: 'tcp://127.0.0.1:0', lookup: engine.address })
    const layers = intermediate({ onError: () => {} }).use(wireTap(sink))
    await using listening = await layers.with({ upstream: engine.address }).listen('tcp://127.0.0.1:0')
    using watch = await watching(sink.address, 'container=web')
    await engine[Symbol.asyncDispose]()
    const away = await calling(listening.addresses[0]!, 'GET /containers/web/json')
    expect(away.status).toBe(502)
    await watch.until(1)
    expect(watch.ended).toEqual(['GET /containers/web/json'])
    expect(sink.count).toBe(1)
  })

  it('though nobody answers who is asked for it', async () => {
    await using sink = await watchers({ listen: 'tcp://127.0.0.1:0', lookup: 'unix:///nobody.sock' })
    using watch = await watching(sink.address, 'container=web')
    expect(watch.head.statusCode).toBe(200)
  })
})

describe('a watcher that does not read', () => {
  it('costs calls nothing, loses what does not fit, and is told how much that was', async () => {
    await using folder = await temporaryFolder()
    // The kernel keeps less for a unix socket than for TCP.
    const listen = `unix://${folder.file('t.sock')}`
    await using to = await stage({ listen, queue: 300_000 })
    await using stalled = await transcript(to.sink.address)
    await stalled.send(request('GET /tap?endpoint=POST+/volumes/create'))
    await stalled.until('\r\n\r\n')
    stalled.pause()
    using reading = await watching(to.sink.address)
    const Labels = { much: 'x'.repeat(60_000) }
    for (let count = 1; count <= 30; count++) {
      expect((await to.call('POST /volumes/create', { Name: `v${count}`, Labels })).status).toBe(201)
      await reading.until(count)
    }
    expect(reading.events.filter(({ dropped }) => dropped !== undefined)).toEqual([])
    stalled.resume()
    // What waits for it goes first.
    let tries = 0
    while (!stalled.receivedText.includes('"Name":"last')) {
      await to.call('POST /volumes/create', { Name: `last${++tries}` })
      await reading.until(30 + tries)
    }
    const [text = '', name = ''] = /^.*?"Name":"(last\d+)"/s.exec(stalled.receivedText) ?? []
    const dropped = [...text.matchAll(/"dropped":(\d+)/g)].map(([, count]) => Number(count))
    const had = [...text.matchAll(/"type":"/g)].length
    const all = reading.events.findIndex((event) => JSON.stringify(event).includes(`"${name}"`)) + 1
    // Only the last line is cut off, which can say so behind its name.
    const said = /^[^\n]*?"dropped":(\d+)\}\n/.exec(stalled.receivedText.slice(text.length))?.[1] ?? 0
    expect(dropped.length).toBeGreaterThan(0)
    expect(had + dropped.reduce((sum, count) => sum + count, Number(said))).toBe(all)
  })
})

describe('at its address', () => {
  it('a unix socket is for its owner only', async () => {
    await using folder = await temporaryFolder()
    const address = `unix://${folder.file('t.sock')}`
    const sink = await watchers({ listen: address })
    expect((await stat(folder.file('t.sock'))).mode & 0o777).toBe(0o600)
    expect(sink.address).toBe(address)
    await sink.close()
    await expect(stat(folder.file('t.sock'))).rejects.toThrow('ENOENT')
    await using open = await watchers({ listen: { address, mode: 0o660 } })
    expect((await stat(folder.file('t.sock'))).mode & 0o777).toBe(0o660)
    expect(open.count).toBe(0)
  })

  it('tcp is for this machine and no web page', async () => {
    await expect(watchers({ listen: 'tcp://0.0.0.0:0' })).rejects.toThrow('tcp://0.0.0.0:0 is refused')
    await using sink = await watchers({ listen: 'tcp://127.0.0.1:0' })
    for (const foreign of ['Origin: http://evil.example', 'Sec-Fetch-Site: cross-site'])
      expect(await exchange(sink.address, request('GET /tap', [foreign, 'Connection: close']))).toMatch(
        /^HTTP\/1.1 403 /,
      )
    const rebound = 'GET /tap HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'
    expect(await exchange(sink.address, rebound)).toMatch(/^HTTP\/1.1 403 /)
    expect(sink.count).toBe(0)
  })

  it.each([
    [
      'GET /containers/json',
      404,
      'Nothing is here but what passes an intermediate: ask for it with GET /tap.',
    ],
    ['POST /tap', 404, 'Nothing is here but what passes an intermediate: ask for it with GET /tap.'],
    [
      'GET /tap?endpoint=GET+/infos',
      400,
      /^No endpoint of the Docker API matches "GET \/infos": did you mean/,
    ],
    ['GET /tap?endpoint=GET+/info&endpoint=info', 400, /^The endpoint "info" must be a method and a path:/],
    ['GET /tap?name=web', 400, 'A tap has no filter "name": it has endpoint and container.'],
    ['GET /tap?container=a&container=b', 400, 'A tap shows one container at a time: name one, or none.'],
    [
      'GET /tap?container=a%2F..%2Fb',
      400,
      '"a/../b" is no name or id of a container: write it as docker ps shows it.',
    ],
    ['GET /tap?container=', 400, '"" is no name or id of a container: write it as docker ps shows it.'],
  ])('%s is %d', async (line, status, message) => {
    await using sink = await watchers({ listen: 'tcp://127.0.0.1:0' })
    const text = await exchange(sink.address, request(line, ['Connection: close']))
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\nIntermediate-Tap: 1\r\n`, 's'))
    const said = JSON.parse(text.slice(text.indexOf('{'))) as { message: string }
    expect(said.message).toMatch(message)
    expect(sink.count).toBe(0)
  })

  it.each([
    [{ listen: 'here' }, '"here" is not an address'],
    [
      { listen: 'unix:///t.sock', size: 1 },
      'watchers() was given the option size, which does not exist: there are listen, lookup and queue.',
    ],
    [
      { listen: 'unix:///t.sock', queue: 1 },
      'watchers() was given the queue 1: give it in bytes, as a whole number from 4096.',
    ],
  ])('refuses %j', async (options, message) => {
    await expect(watchers(options as WatchersOptions)).rejects.toThrow(message)
  })
})

it('in front of an intermediate, it looks containers up behind itself', async () => {
  await using engine = await memoryEngine({ listen: 'tcp' })
  const id = await made((line, body) => calling(engine.address, line, body), 'web')
  const guard: Intermediate = intermediate({ upstream: engine.address }).use(
    async (call, next) => next(call),
    { policy: true },
  )
  await using sink = await watchers({ listen: 'tcp://127.0.0.1:0', lookup: guard })
  await using listening = await guard.behind(wireTap(sink)).listen('tcp://127.0.0.1:0')
  const watch = await watching(sink.address, 'container=web')
  await calling(listening.addresses[0]!, `GET /containers/${id}/json`)
  await watch.until(1)
  expect(watch.ended).toEqual([`GET /containers/${id}/json`])
})
