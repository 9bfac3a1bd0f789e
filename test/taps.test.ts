import { randomBytes } from 'node:crypto'
import { Duplex, PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import type { Call, Handler, Intermediate, Passed, Reply } from '@intermediate/core'
import { intermediate, reply, tunnel } from '@intermediate/core'
import { answer, echoTunnel } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, hijacks, meanwhile, nobodyLeft, ok, request, response } from './docker-calls.js'
import type { Transport } from './matrix.js'
import { setUpWith, transports } from './matrix.js'

/** What a tap was given. */
class Seen {
  /** As they were given: whoever gave them must not write to them any more. */
  private readonly pieces: Buffer[] = []
  readonly limit: number | undefined
  readonly ended: Promise<Passed>
  private told!: (passed: Passed) => void

  constructor(limit?: number) {
    this.limit = limit
    this.ended = new Promise((resolve) => (this.told = resolve))
  }

  data(bytes: Buffer): void {
    this.pieces.push(bytes)
  }

  get text(): string {
    return Buffer.concat(this.pieces).toString('latin1')
  }

  end(passed: Passed): void {
    this.told(passed)
  }
}

/** A layer that taps everything. */
function tapping(stack: Intermediate = intermediate(), limit?: number) {
  const call = new Seen(limit)
  const output = new Seen(limit)
  const input = new Seen(limit)
  const layers = stack.use(async function tapping(tapped, next) {
    tapped.tap(call)
    const replied = await next(tapped)
    replied.tap(output, input)
    return replied
  })
  return { layers, call, output, input }
}

const chunked = '4;x="\\"a"\r\n{"a"\r\n3\r\n:1}\r\n0\r\nX-Sum: 1\r\n\r\n'
const coded = gzipSync('{"a":1}').toString('latin1')

/** Every framing of a body, with what is in it. */
const bodies = [
  { framing: 'none', sent: request('POST /v1.45/containers/a/start'), content: '' },
  {
    framing: 'a length',
    sent: request('POST /v1.45/volumes/create', [], '{"Name":"v"}'),
    content: '{"Name":"v"}',
  },
  {
    framing: 'chunks, extensions and trailers',
    sent: request('POST /v1.45/volumes/create', ['transfer-ENCODING: Chunked']) + chunked,
    content: '{"a":1}',
  },
  {
    framing: 'a length, coded',
    sent: request('POST /v1.45/build', ['Content-Encoding: gzip'], coded),
    content: coded,
  },
]
const replies = [
  { framing: 'a length', sent: response('200 OK', '{"b":2}'), content: '{"b":2}' },
  { framing: 'an empty body', sent: response('200 OK'), content: '' },
  { framing: 'no body (204)', sent: 'HTTP/1.1 204 No Content\r\nX: 1\r\n\r\n', content: '' },
  {
    framing: 'chunks, extensions and trailers',
    sent: response('200 OK', chunked, ['Transfer-Encoding: chunked']),
    content: '{"a":1}',
  },
  {
    framing: 'the end of the connection',
    sent: 'HTTP/1.0 200 OK\r\n\r\nto the end',
    content: 'to the end',
    closes: true,
  },
  { framing: 'a length, coded', sent: response('200 OK', coded), content: coded },
]

describe.each(transports)('a tap over %s', (transport) => {
  for (const body of bodies)
    for (const replied of replies)
      it(`sees a body framed by ${body.framing} and a reply by ${replied.framing}, which pass as without it`, async () => {
        const { layers, call, output } = tapping()
        expect(await passing(layers, transport, body.sent, replied)).toEqual(
          await passing(intermediate(), transport, body.sent, replied),
        )
        expect([call.text, output.text]).toEqual([body.content, replied.content])
        expect(await call.ended).toEqual({ bytes: body.content.length, whole: true })
        expect(await output.ended).toEqual({ bytes: replied.content.length, whole: true })
      })

  for (const { form, call, reply: opened } of hijacks)
    it(`sees both halves of ${form}, each to its own end, and they pass as they come`, async () => {
      const { layers, input, output } = tapping()
      await using to = await setUpWith(layers, transport, byHand)
      await using client = await to.client()
      await client.send(`${call}early `)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(`${opened}first `)
      expect(await client.head()).toBe(opened)
      expect((await client.bytes(6)).toString()).toBe('first ')
      await client.send('late')
      await client.end()
      expect((await engine.ended()).toString()).toBe('early late')
      expect(await input.ended).toEqual({ bytes: 10, whole: true })
      await engine.send('last')
      await engine.end()
      expect((await client.ended()).toString()).toBe('last')
      expect(await output.ended).toEqual({ bytes: 10, whole: true })
      expect([input.text, output.text]).toEqual(['early late', 'first last'])
      await nobodyLeft(to)
    })

  it('sees everything of what is large, though its memory is read into again', async () => {
    const large = randomBytes(5_000_000).toString('latin1')
    const length = (2_500_000).toString(16)
    const framed = `${length}\r\n${large.slice(0, 2_500_000)}\r\n${length}\r\n${large.slice(2_500_000)}\r\n0\r\n\r\n`
    const { layers, call, output } = tapping()
    const chunked = ['Transfer-Encoding: chunked']
    await using to = await setUpWith(layers, transport, answer(response('200 OK', framed, chunked)))
    await using client = await to.client()
    await Promise.all([client.send(request('POST /images/load', [], large)), client.response()])
    await Promise.all([call.ended, output.ended])
    expect([call.text === large, output.text === large]).toEqual([true, true])

    const tunnel = tapping()
    await using through = await setUpWith(tunnel.layers, transport, echoTunnel())
    await using user = await through.client()
    await user.send(attach)
    await user.head()
    await Promise.all([user.send(large), user.bytes(large.length)])
    await user.end()
    await Promise.all([tunnel.input.ended, tunnel.output.ended])
    expect([tunnel.input.text === large, tunnel.output.text === large]).toEqual([true, true])
  })

  it('counts what is past its limit', async () => {
    const { layers, output } = tapping(intermediate(), 5)
    const long = 'x'.repeat(1_000_000)
    await using to = await setUpWith(layers, transport, answer(response('200 OK', long)))
    await using client = await to.client()
    await client.send(request('GET /info'))
    expect((await client.response()).body.toString()).toBe(long)
    expect(await output.ended).toEqual({ bytes: 1_000_000, whole: true })
    expect(output.text).toBe('xxxxx')
  })

  it('is told when the client leaves within a body', async () => {
    const { layers, call } = tapping()
    await using to = await setUpWith(layers, transport, byHand)
    const client = await to.client()
    await client.send(request('POST /build', ['Transfer-Encoding: chunked']) + '3\r\nabc\r\n')
    const engine = await to.upstream.connection(0)
    await engine.until('abc')
    client.reset()
    // On a unix socket a reset is only the end of a half.
    if (transport === 'unix') {
      await engine.ended()
      engine.reset()
    }
    expect(await call.ended).toEqual({ bytes: 3, whole: false })
    expect(call.text).toBe('abc')
  })

  it('is told when the engine goes within a reply, or a tunnel', async () => {
    for (const [call, begun] of [
      [request('GET /events'), response('200 OK', '3\r\nabc\r\n', ['Transfer-Encoding: chunked'])],
      [attach, hijacks[0]!.reply + 'abc'],
    ] as const) {
      const { layers, output } = tapping()
      await using to = await setUpWith(layers, transport, byHand)
      await using client = await to.client()
      await client.send(call)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(begun)
      await client.until('abc')
      engine.reset()
      // What a tunnel of unix sockets is cut by looks like its end.
      const whole = transport === 'unix' && call === attach
      expect(await output.ended).toEqual({ bytes: 3, whole })
      await client.closed()
      await meanwhile(to)
    }
  })
})

describe('where a tap is', () => {
  const body = '{"name":"v"}'
  const create = request('POST /volumes/create', [], body)
  const name = async (call: Call, next: Handler): Promise<Reply> => {
    if (call.endpoint === 'POST /volumes/create') (await call.json()).Name += '!'
    return next(call)
  }
  const rename = async (call: Call, next: Handler): Promise<Reply> => {
    const replied = await next(call)
    ;((await replied.json()) as { message: string }).message += '!'
    return replied
  }

  async function seen(layers: Intermediate, tap: ReturnType<typeof tapping>, engine = answer(ok)) {
    await using to = await setUpWith(layers, 'unix', engine)
    await using client = await to.client()
    await client.send(create)
    const { body } = await client.response()
    await Promise.all([tap.call.ended, tap.output.ended])
    return [tap.call.text, to.upstream.requests[0]?.body.toString(), tap.output.text, body.toString()]
  }

  it('before a layer that changes the call, it sees what came', async () => {
    const tap = tapping()
    expect(await seen(tap.layers.use(name), tap)).toEqual([body, '{"Name":"v!"}', 'OK', 'OK'])
  })

  it('behind one, what that has made of it, and nothing of what comes after', async () => {
    const tap = tapping(intermediate().use(name))
    const sent = '{"Name":"v!!"}'
    expect(await seen(tap.layers.use(name), tap)).toEqual(['{"Name":"v!"}', sent, 'OK', 'OK'])
  })

  it('before a layer that changes the reply, it sees the changed one, and behind it the one that came', async () => {
    const said = answer(response('404 Not Found', '{"message":"no"}'))
    const changed = '{"message":"no!"}\n'
    const before = tapping()
    expect((await seen(before.layers.use(rename), before, said)).slice(2)).toEqual([changed, changed])
    const behind = tapping(intermediate().use(rename))
    expect((await seen(behind.layers, behind, said)).slice(2)).toEqual(['{"message":"no"}', changed])
  })

  it('it sees the body of a call that a layer answers, and that answer with its layer', async () => {
    const names: (string | undefined)[] = []
    const tap = tapping(
      intermediate().use(async (call, next) => {
        const replied = await next(call)
        names.push(replied.answeredBy)
        return replied
      }),
    )
    const layers = tap.layers.use(async function refusing() {
      return reply(403, 'no')
    })
    expect(await seen(layers, tap)).toEqual([body, undefined, 'no', 'no'])
    expect(names).toEqual(['refusing'])
  })

  it('it sees the streams that layers give', async () => {
    const stream = (text: string) => new PassThrough().end(text)
    const tap = tapping(
      intermediate().use((call, next) => {
        call.body.resume()
        call.body = stream('mine')
        return next(call)
      }),
    )
    const layers = tap.layers.use(async (call, next) => {
      const replied = await next(call)
      replied.body.resume()
      replied.body = stream('yours')
      return replied
    })
    expect(await seen(layers, tap)).toEqual(['mine', 'mine', 'yours', 'yours'])
  })

  it('two see the same', async () => {
    const outer = tapping()
    const inner = tapping(outer.layers)
    expect(await seen(inner.layers, outer)).toEqual([body, body, 'OK', 'OK'])
    expect([inner.call.text, inner.output.text]).toEqual([body, 'OK'])
  })

  it('it sees the tunnel of a layer, each half to its own end', async () => {
    const tap = tapping()
    const layers = tap.layers.use(async () => {
      const echo = new PassThrough({ allowHalfOpen: true })
      return tunnel(echo)
    })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(attach)
    await client.head()
    await client.send('hello')
    expect((await client.bytes(5)).toString()).toBe('hello')
    await client.end()
    await client.ended()
    expect(await tap.input.ended).toEqual({ bytes: 5, whole: true })
    expect(await tap.output.ended).toEqual({ bytes: 5, whole: true })
    expect([tap.input.text, tap.output.text]).toEqual(['hello', 'hello'])
  })

  it('it sees a tunnel that another layer wraps, on its side of the wrap', async () => {
    const wrap = intermediate().use(async (call, next) => {
      const replied = await next(call)
      const through = new PassThrough()
      replied.tunnel?.pipe(through.on('pipe', () => through.write('> ')))
      const { tunnel } = replied
      return tunnel === undefined
        ? replied
        : replied.withTunnel(Duplex.from({ readable: through, writable: tunnel }))
    })
    for (const [tap, text] of [
      [tapping(wrap), 'hi there'],
      [tapping(), '> hi there'],
    ] as const) {
      const layers = text.startsWith('>') ? tap.layers.use(wrap) : tap.layers
      await using to = await setUpWith(layers, 'unix', echoTunnel({ last: ' there' }))
      await using client = await to.client()
      await client.send(attach)
      await client.head()
      await client.send('hi')
      await client.end()
      expect((await client.ended()).toString()).toBe('> hi there')
      await Promise.all([tap.input.ended, tap.output.ended])
      expect([tap.input.text, tap.output.text]).toEqual(['hi', text])
    }
  })

  it("it sees the reply to a layer's own call", async () => {
    const asked = new Seen()
    const asking = intermediate().use('POST /volumes/create', async (call, next) => {
      const info = await call.ask('GET /info')
      info.tap(asked)
      await info.json()
      return next(call)
    })
    await using to = await setUpWith(asking, 'unix', answer(response('200 OK', '{"ID":"x"}')))
    await using client = await to.client()
    await client.send(create)
    await client.response()
    expect(await asked.ended).toEqual({ bytes: 10, whole: true })
    expect(asked.text).toBe('{"ID":"x"}')
  })

  it('behind what has passed it is refused', async () => {
    const errors: unknown[] = []
    const late = intermediate().use(async (call, next) => {
      const replied = await next(call)
      try {
        call.tap(new Seen())
      } catch (error) {
        errors.push(error)
      }
      return replied
    })
    await using to = await setUpWith(late, 'unix', answer(ok))
    await using client = await to.client()
    await client.send(create)
    await client.response()
    expect(String(errors)).toBe('TypeError: the body is on its way already: tap it before it is passed on')
  })
})

/** Everything that a client and an engine are sent. */
async function passing(
  layers: Intermediate,
  transport: Transport,
  sent: string,
  replied: { sent: string; closes?: boolean },
): Promise<{ toEngine: string; toClient: string }> {
  await using to = await setUpWith(layers, transport, byHand)
  await using client = await to.client()
  await client.send(sent)
  const engine = await to.upstream.connection(0)
  await engine.request()
  await engine.send(replied.sent)
  if (replied.closes) await engine.end()
  const { raw } = await client.response()
  return { toEngine: engine.receivedText, toClient: raw.toString('latin1') }
}
