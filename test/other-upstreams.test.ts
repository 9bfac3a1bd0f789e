import type { Layer } from '@intermediate/core'
import { intermediate, reply, upstream } from '@intermediate/core'
import {
  answer,
  memoryEngine,
  neverAnswer,
  recordingUpstream,
  temporaryFolder,
  transcript,
} from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, hijacks, meanwhile, ok, ping, request, response, upgraded } from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

const there = response('200 OK', 'there')

describe('a call that a layer sends to another upstream', () => {
  it('arrives there as it came, and its reply passes as it came', async () => {
    await using other = await recordingUpstream(answer(there))
    const elsewhere = upstream(other.address)
    const layers = intermediate().use('GET /info', (call) => elsewhere.send(call))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    const sent = `GET /v1.45/info HTTP/1.1\r\nhost: docker\r\nX-oDD:   1\r\n\r\n`
    await client.send(sent)
    expect((await client.response()).raw.toString()).toBe(there)
    expect(other.requests[0]!.raw.toString()).toBe(sent)
    await client.send(ping)
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(to.upstream.requests).toHaveLength(1)
  })

  it('is told of with the address that has replied, changed on the way or not', async () => {
    await using other = await recordingUpstream(answer(response('200 OK', '{}')))
    const elsewhere = upstream(other.address)
    const records: (string | undefined)[] = []
    const replies: (string | undefined)[] = []
    const layers = intermediate({ onCall: (record) => records.push(record.upstream) })
      .use(async (call, next) => {
        const replied = await next(call)
        replies.push(replied.upstream)
        if (call.query.changed) await replied.json()
        return replied
      })
      .use('GET /info', (call) => elsewhere.send(call))
      .use('GET /version', async () => reply(200, {}))
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', '{}')))
    await using client = await to.client()
    for (const path of ['/info', '/info?changed=1', '/_ping', '/_ping?changed=1', '/version']) {
      await client.send(request(`GET ${path}`))
      await client.response()
    }
    const { address } = to.upstream
    const from = [other.address, other.address, address, address, undefined]
    expect(replies).toEqual(from)
    await client.end()
    await client.closed()
    expect(records).toEqual(from)
  })

  it('is told of with the upstream also where no layer looks', async () => {
    const records: (string | undefined)[] = []
    const layers = intermediate({ onCall: (record) => records.push(record.upstream) })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    await client.response()
    await client.end()
    await client.closed()
    expect(records).toEqual([to.upstream.address])
  })

  it.each(hijacks)('becomes a tunnel to there: $form', async ({ call: opening, reply: opened }) => {
    await using other = await recordingUpstream(byHand)
    const elsewhere = upstream(other.address)
    const layers = intermediate().use((call) => elsewhere.send(call))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(opening)
    const engine = await other.connection(0)
    await engine.request()
    await engine.send(`${opened}and on`)
    await client.until(`${opened}and on`)
    await client.send('typed')
    await engine.until('typed')
    await client.end()
    await engine.ended()
    await engine.send(' to the end')
    await engine.end()
    expect((await client.ended()).toString()).toMatch(/ to the end$/)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('becomes a tunnel also where another call was sent in its place before', async () => {
    await using other = await recordingUpstream(byHand)
    const elsewhere = upstream(other.address)
    const layers = intermediate().use('POST /containers/:id/attach', async (call, next) => {
      await (await next(call.to('GET /info'))).json()
      return elsewhere.send(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(response('200 OK', '{}')))
    await using client = await to.client()
    await client.send(attach)
    const engine = await other.connection(0)
    await engine.request()
    await engine.send(upgraded)
    expect(await client.head()).toMatch(/^HTTP\/1\.1 101 /)
  })

  it('does not come back to where it came from', async () => {
    await using folder = await temporaryFolder()
    const address = `unix://${folder.file('self.sock')}`
    const itself = upstream(address)
    await using engine = await recordingUpstream(answer(ok))
    const layers = intermediate({ upstream: engine.address, onError: () => {} })
      .use('GET /info', (call) => itself.send(call))
      .use('GET /version', async (call) => itself.ask(call, 'GET /info'))
    await using listening = await layers.listen(address)
    await using client = await transcript(listening.addresses[0]!)
    for (const path of ['/info', '/version']) {
      await client.send(request(`GET ${path}`))
      const { status, body } = await client.response()
      expect([status, body.toString()]).toEqual([
        500,
        expect.stringContaining(`GET /info comes back to ${address}, where this intermediate itself listens`),
      ])
    }
    expect(listening.connections).toBe(1)
  })

  it('goes to the next where the first cannot be reached, which the error names', async () => {
    const errors: string[] = []
    await using folder = await temporaryFolder()
    const gone = upstream(`unix://${folder.file('gone.sock')}`)
    const fallsBack: Layer = async (call, next) => {
      try {
        return await gone.send(call)
      } catch (error) {
        errors.push(String(error))
        return next(call)
      }
    }
    await using to = await setUpWith(intermediate().use('GET /info', fallsBack), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toBe(ok)
    expect(errors).toEqual([
      `IntermediateError: GET /info: cannot reach the Docker engine at unix://${folder.file('gone.sock')} (ENOENT). Check that it is running and that the address is right.`,
    ])
  })

  it('that is lost on a connection which the layer has used before is 502 on the first of a client', async () => {
    await using other = await recordingUpstream(byHand)
    const elsewhere = upstream(other.address)
    const layers = intermediate({ onError: () => {} }).use('GET /info', async (call) => {
      await (await elsewhere.ask(call, 'GET /version')).json()
      return elsewhere.send(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    const engine = await other.connection(0)
    await engine.request()
    await engine.send(response('200 OK', '{}'))
    await engine.request()
    engine.destroy()
    expect((await client.response()).status).toBe(502)
  })

  it('that nobody answers is 502', async () => {
    await using folder = await temporaryFolder()
    const gone = upstream(`unix://${folder.file('gone.sock')}`)
    const layers = intermediate({ onError: () => {} }).use((call) => gone.send(call))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(ping)
    const failed = await client.response()
    expect([failed.status, failed.body.toString()]).toEqual([502, expect.stringContaining('gone.sock')])
  })
})

describe.each(transports)('an upstream that goes while idle, over %s', (transport) => {
  it('is forgotten where there are others, and found again', async () => {
    await using other = await recordingUpstream(byHand)
    const elsewhere = upstream(other.address)
    const layers = intermediate().use('GET /info', (call) => elsewhere.send(call))
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(request('GET /version'))
    const first = await to.upstream.connection(0)
    await first.request()
    await first.send(ok)
    await client.response()
    for (const n of [0, 1]) {
      await client.send(request('GET /info'))
      const engine = await other.connection(n)
      await engine.request()
      await engine.send(there)
      expect((await client.response()).raw.toString()).toBe(there)
      await engine.end()
      await engine.ended()
    }
    await meanwhile(to)
    expect(client.isEnded).toBe(false)
  })
})

describe('what a layer asks another upstream', () => {
  it('is what the call asks, with its query, headers and body, as often as it likes', async () => {
    await using other = await recordingUpstream(answer(response('200 OK', '{"Id":"1"}')))
    const elsewhere = upstream(other.address)
    const layers = intermediate().use('POST /containers/create', async (call, next) => {
      const body = await call.json()
      body.Labels = { seen: 'yes' }
      const ids = []
      for (let n = 0; n < 2; n++) {
        const made = await elsewhere.ask(call)
        if (made.ok) ids.push((await made.json()).Id)
      }
      const own = await next(call)
      own.headers.set('X-Ids', ids.join())
      return own
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    const fields = [
      'X-Registry-Auth: abc',
      'Connection: Upgrade',
      'Upgrade: tcp',
      'Content-Type: application/json',
    ]
    await client.send(request('POST /v1.45/containers/create?name=a&name=b', fields, '{"Image":"busybox"}'))
    expect((await client.response()).header('x-ids')).toBe('1,1')
    expect(other.requests.map(({ target }) => target)).toEqual(
      Array(2).fill('/v1.45/containers/create?name=a&name=b'),
    )
    for (const sent of [...other.requests, ...to.upstream.requests])
      expect(sent.body.toString()).toBe('{"Image":"busybox","Labels":{"seen":"yes"}}')
    expect(other.requests[0]!.header('x-registry-auth')).toBe('abc')
    expect(other.requests[0]!.header('upgrade')).toBeUndefined()
  })

  it('may be something else, with nothing of the call', async () => {
    await using other = await recordingUpstream(answer(response('200 OK', '{"Id":"1"}')))
    const elsewhere = upstream(other.address)
    const layers = intermediate().use('GET /info', async (call) => {
      const inspected = await elsewhere.ask(call, 'GET /containers/:id/json', { params: { id: 'web' } })
      return reply(200, await inspected.json())
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /v1.45/info?a=b', ['X-Secret: 1']))
    expect(JSON.parse((await client.response()).body.toString())).toEqual({ Id: '1' })
    expect(other.requests[0]!.raw.toString()).toBe(
      'GET /v1.45/containers/web/json HTTP/1.1\r\nHost: docker\r\n\r\n',
    )
  })

  it('has no body that was not read', async () => {
    await using other = await recordingUpstream(answer(ok))
    const elsewhere = upstream(other.address)
    const errors: string[] = []
    const layers = intermediate().use('POST /images/load', async (call, next) => {
      await elsewhere.ask(call).catch((error: unknown) => errors.push(String(error)))
      return next(call)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /images/load', [], 'tar'))
    expect((await client.response()).status).toBe(200)
    expect(errors).toEqual([expect.stringMatching(/^TypeError: the body can be sent once/)])
    expect(other.connections).toHaveLength(0)
  })

  it('can be a stream that the client is given, and ends when the client leaves', async () => {
    await using other = await recordingUpstream(byHand)
    const elsewhere = upstream(other.address)
    const layers = intermediate().use('GET /events', async (call) =>
      reply(200, (await elsewhere.ask(call)).body),
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /events'))
    const engine = await other.connection(0)
    await engine.request()
    await engine.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n')
    await client.until('one')
    await engine.send('3\r\ntwo\r\n')
    await client.until('two')
    client.destroy()
    await engine.closed()
  })

  it('ends when the client leaves before it is answered', async () => {
    await using other = await recordingUpstream(neverAnswer())
    const elsewhere = upstream(other.address)
    const layers = intermediate({ onError: () => {} }).use('GET /info', async (call) => {
      await elsewhere.ask(call)
      return reply(204)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    const engine = await other.connection(0)
    await engine.head()
    client.destroy()
    await engine.ended()
  })
})

describe('another intermediate as an upstream', () => {
  it('has its layers, and then its own upstream', async () => {
    await using other = await recordingUpstream(answer(there))
    const detour = intermediate({ upstream: other.address }).use('GET /info', async (call, next) => {
      call.query['seen'] = 'yes'
      return next(call)
    })
    const aside = upstream(detour)
    const layers = intermediate()
      .use('GET /info', (call) => aside.send(call))
      .use(async () => reply(500))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toBe(there)
    expect(other.requests[0]!.target).toBe('/info?seen=yes')
  })

  it('without one of its own has the upstream of the intermediate that the call came to', async () => {
    const aside = upstream(intermediate())
    const layers = intermediate()
      .use('GET /info', (call) => aside.send(call))
      .use(async () => reply(500))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).raw.toString()).toBe(ok)
  })

  it('refuses what its policies cannot cover, and names the layer that fails', async () => {
    const guarded = intermediate()
      .use((call, next) => next(call), { policy: true })
      .use('GET /info', async function broken() {
        throw new Error('broken')
      })
      .use('GET /version', async function late(call, next) {
        await next(call)
        throw new Error('late')
      })
    const aside = upstream(guarded)
    const layers = intermediate({ onError: () => {} }).use((call) => aside.send(call), { name: 'outer' })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    const message = async (line: string) => {
      await client.send(request(line))
      return (JSON.parse((await client.response()).body.toString()) as { message: string }).message
    }
    expect(await message('GET /secret')).toBe(
      'GET /secret is no endpoint of the Docker API, and nothing else is let through here.',
    )
    expect(await message('GET /info')).toMatch(/failed in the layer "broken".* The call was not forwarded\.$/)
    expect(to.upstream.connections).toHaveLength(0)
    expect(await message('GET /version')).toMatch(
      /failed in the layer "late".* The call was forwarded before that/,
    )
  })
})

describe('an upstream that cannot be', () => {
  it('is an error where it is named', () => {
    expect(() => upstream('smoke://signals')).toThrow(/smoke/)
  })

  it('is one at start where a file is missing', async () => {
    await using engine = await memoryEngine()
    const tls = { ca: '/nowhere/ca.pem' }
    const elsewhere = upstream({ address: 'tcp://127.0.0.1:2376', tls })
    const away: Layer = (call) => elsewhere.send(call)
    const layer = Object.assign(away, { ready: () => elsewhere.ready() })
    const layers = intermediate({ upstream: engine.address }).use(layer)
    await expect(layers.listen('tcp://127.0.0.1:0')).rejects.toThrow('/nowhere/ca.pem')
  })
})
