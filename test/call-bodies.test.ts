import { once } from 'node:events'
import { Transform } from 'node:stream'
import { type api, type Call, type Handler, intermediate, type Reply, reply } from '@intermediate/core'
import { answer, type Script } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { byHand, execBody, execStart, meanwhile, ok, request, upgraded } from './docker-calls.js'
import { setUpWith, transports } from './matrix.js'

const json = 'Content-Type: application/json'
const create = (body: string, fields: readonly string[] = []) =>
  request('POST /v1.45/containers/create?name=web', [json, ...fields], body)

async function reads(call: Call, next: Handler): Promise<Reply> {
  await call.json()
  return next(call)
}

function ofCreate(layer: (call: Call<'POST /containers/create'>, next: Handler) => Promise<Reply>) {
  return intermediate({ onError: () => {} }).use('POST /containers/create', layer)
}

describe.each(transports)('the body of a call, over %s', (transport) => {
  it('that a layer has read is sent as what was read, not as it came', async () => {
    await using to = await setUpWith(ofCreate(reads), transport, answer(ok))
    await using client = await to.client()
    await client.send(
      create('{ "hostconfig" : {"privileged":true, "Memory": 9007199254740993},\n "x": 1.0 }'),
    )
    await client.response()
    const [sent] = to.upstream.requests
    expect(sent!.body.toString()).toBe('{"HostConfig":{"Privileged":true,"Memory":9007199254740993},"x":1.0}')
    expect(sent!.header('content-length')).toBe(String(sent!.body.length))
    expect(sent!.header('content-type')).toBe('application/json')
  })

  it('is one object for all layers, and what is in it in the end is sent', async () => {
    const layers = intermediate()
      .use('POST /containers/create', async (call, next) => {
        const body = (await call.json()) as { Labels?: object }
        body.Labels = { ...body.Labels, team: 'core' }
        return next(call)
      })
      .use('POST /containers/create', async (call, next) => {
        expect(await call.json()).toEqual({ Image: 'busybox', Labels: { team: 'core' } })
        return next(call)
      })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(create('{"Image":"busybox"}'))
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests[0]!.body.toString()).toBe('{"Image":"busybox","Labels":{"team":"core"}}')
  })

  it('comes in chunks, and is sent with its length', async () => {
    await using to = await setUpWith(ofCreate(reads), transport, answer(ok))
    await using client = await to.client()
    await client.send(
      `POST /containers/create HTTP/1.1\r\nHost: d\r\n${json}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n`,
    )
    await meanwhile(to)
    await client.send('2\r\n1}\r\n0\r\n\r\n')
    await client.response()
    const [sent] = to.upstream.requests.filter(({ method }) => method === 'POST')
    expect(sent!.header('transfer-encoding')).toBeUndefined()
    expect(sent!.body.toString()).toBe('{"a":1}')
  })

  it.each([
    ['no JSON', 'no', 400, /cannot be read as JSON/],
    ['a key twice', '{"a":1,"a":2}', 400, /twice in one object/],
    ['a field in two cases', '{"Image":"a","image":"b"}', 400, /both "Image" and "image"/],
    ['a field of HostConfig at the top', '{"Privileged":true}', 400, /HostConfig\.Privileged/],
    ['more than is read', `{"a":"${'x'.repeat(9_000_000)}"}`, 413, /8388608 bytes/],
  ])('with %s is refused, and nothing is forwarded', async (_, body, status, message) => {
    await using to = await setUpWith(ofCreate(reads), transport, answer(ok))
    await using client = await to.client()
    void client.send(create(body)).catch(() => {})
    const refused = await client.response()
    expect(refused.status).toBe(status)
    expect((JSON.parse(refused.body.toString()) as { message: string }).message).toMatch(message)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('is an empty object where there is none, and stays none', async () => {
    const seen: unknown[] = []
    const layers = ofCreate(async (call, next) => {
      seen.push(await call.json())
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    const bare = request('POST /containers/create')
    await client.send(bare)
    await client.response()
    expect(seen).toEqual([{}])
    expect(to.upstream.requests[0]!.raw.toString()).toBe(bare)
  })

  it('waits for no client that waits: 100 Continue comes from here, and Expect goes no further', async () => {
    await using to = await setUpWith(ofCreate(reads), transport, answer(ok))
    await using client = await to.client()
    const whole = create('{"a":1}', ['Expect: 100-continue'])
    await client.send(whole.slice(0, -7))
    expect((await client.response()).status).toBe(100)
    await client.send('{"a":1}')
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests[0]!.header('expect')).toBeUndefined()
  })

  it('may be another: text, an object, or a stream, which goes in chunks', async () => {
    const bodies = ['text', { Image: 'a' }, Buffer.from([1, 2, 3])]
    const layers = ofCreate(async (call, next) => {
      const body = bodies.shift()
      if (body === undefined)
        call.body = call.body.pipe(
          new Transform({
            transform: (bytes: Buffer, _, done) => done(null, bytes.toString().toUpperCase()),
          }),
        )
      else call.body = body
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    for (let n = 0; n < 4; n++) {
      await client.send(create('{"a":"b"}'))
      expect((await client.response()).status).toBe(200)
    }
    expect(to.upstream.requests.map(({ body }) => body.toString('latin1'))).toEqual([
      'text',
      '{"Image":"a"}',
      '\x01\x02\x03',
      '{"A":"B"}',
    ])
    expect(to.upstream.requests[3]!.header('transfer-encoding')).toBe('chunked')
    expect(to.upstream.connections).toHaveLength(1)
  })

  it('that is text or bytes is not said to be JSON', async () => {
    const bodies: (string | api.ContainerCreateBody)[] = ['text', {}]
    const layers = ofCreate(async (call, next) => {
      call.body = bodies.shift()!
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    for (let n = 0; n < 2; n++) {
      await client.send(request('POST /containers/create', [], 'body'))
      await client.response()
    }
    expect(to.upstream.requests.map(({ header }) => header('content-type'))).toEqual([
      undefined,
      'application/json',
    ])
  })

  it('cannot be replaced while it is read', async () => {
    const layers = ofCreate(async (call, next) => {
      const reading = call.json()
      expect(() => (call.body = 'other')).toThrow('the body is being read as JSON: await json() first')
      await reading
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(create('{"a":1}'))
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests[0]!.body.toString()).toBe('{"a":1}')
  })

  it('that a layer took and did not replace is not sent at all', async () => {
    const layers = ofCreate(async (call, next) => {
      call.body.resume()
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(create('{}'))
    expect((await client.response()).status).toBe(500)
    expect(to.upstream.connections).toHaveLength(0)
  })

  it('that was read can be sent again', async () => {
    const layers = ofCreate(async (call, next) => {
      await call.json()
      await (await next(call)).json()
      return next(call)
    })
    await using to = await setUpWith(layers, transport, answer(ok.replace('OK', '{}').replace(/OK$/, '{}')))
    await using client = await to.client()
    await client.send(create('{"a":1}'))
    expect((await client.response()).status).toBe(200)
    expect(to.upstream.requests.map(({ body }) => body.toString())).toEqual(['{"a":1}', '{"a":1}'])
  })

  it('is lost when the client leaves inside it, and the layer is told', async () => {
    let told: ((error: Error) => void) | undefined
    const error = new Promise<Error>((resolve) => (told = resolve))
    const reports: unknown[] = []
    const layers = intermediate({ onError: (report) => reports.push(report) }).use(
      'POST /containers/create',
      async (call, next) => {
        await call.json().catch((reason: unknown) => {
          told!(reason as Error)
          throw reason
        })
        return next(call)
      },
    )
    await using to = await setUpWith(layers, transport, answer(ok))
    await using client = await to.client()
    await client.send(create('{"a":1}').slice(0, -3))
    await client.end()
    expect((await error).message).toBe('the client ended its side inside a body')
    const told400 = JSON.parse((await client.response()).body.toString()) as { message: string }
    expect(told400.message).toBe(
      'POST /v1.45/containers/create came to no reply: the client ended its side inside a body.',
    )
    expect(to.upstream.connections).toHaveLength(0)
    expect(reports).toEqual([])
  })

  it('of a hijacking call that was read goes with its head in one write, and the tunnel opens', async () => {
    const layers = intermediate().use('POST /exec/:id/start', reads)
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(execStart)
    const engine = await to.upstream.connection(0)
    expect((await engine.request()).body.toString()).toBe(execBody)
    await engine.send(upgraded)
    expect(await client.head()).toMatch(/^HTTP\/1.1 101 /)
    await client.send('stdin')
    await engine.until('stdin')
    await client.end()
    await engine.send('stdout')
    await engine.end()
    expect((await client.ended()).toString()).toMatch(/stdout$/)
  })

  it('is no form, from which the engine would take its query', async () => {
    await using to = await setUpWith(ofCreate(reads), transport, answer(ok))
    for (const type of [
      'application/x-www-form-urlencoded',
      'Application/X-WWW-Form-Urlencoded; charset=utf-8',
    ]) {
      await using client = await to.client()
      await client.send(request('POST /containers/create?name=a', [`Content-Type: ${type}`], 'name=b'))
      const refused = await client.response()
      expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([
        415,
        {
          message:
            'POST /containers/create has a form for a body, of which the engine takes fields for its query: send the query alone.',
        },
      ])
    }
    expect(to.upstream.connections).toHaveLength(0)
  })
})

it.each(Array.from({ length: 12 }, (_, n) => 65_536 * (n + 1)))(
  'a body of %i bytes in an upstream that takes no more does not hold up the next call',
  async (length) => {
    const stop = new AbortController()
    const layers = intermediate().use('POST /images/load', async (call, next) => {
      void next(call).catch(() => {})
      await once(stop.signal, 'abort')
      return reply(504)
    })
    const script: Script = async (connection) => {
      connection.socket.once('data', (bytes) => {
        if (bytes.toString('latin1').startsWith('POST')) connection.pause()
        else connection.socket.write(ok)
      })
    }
    await using to = await setUpWith(layers, 'unix', script)
    await using client = await to.client()
    void client.send(request('POST /images/load', [`Content-Length: ${length}`])).catch(() => {})
    void client.send(Buffer.alloc(length)).catch(() => {})
    await (await to.upstream.connection(0)).until('\r\n\r\n')
    await meanwhile(to)
    stop.abort()
    expect((await client.response()).status).toBe(504)
    const closes = client.receivedText.includes('Connection: close')
    if (closes) return
    await client.send(request('GET /_ping'))
    expect((await client.response()).status).toBe(200)
  },
)
