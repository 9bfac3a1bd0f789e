import { gzipSync } from 'node:zlib'
import { intermediate, reply } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import type { WireTapOptions } from '@intermediate/wire-tap'
import { wireTap } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import {
  attach,
  byHand,
  execStart,
  hijacked,
  ok,
  request,
  response,
  session,
  upgraded,
} from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'

function tapped(options?: WireTapOptions) {
  const sink = told()
  return { sink, layers: intermediate().use(wireTap(sink, options)) }
}

/** What a sink is told of one call that is answered so. */
async function toldOf(sent: string, answered: string, options?: WireTapOptions) {
  const { sink, layers } = tapped(options)
  await using to = await setUpWith(layers, 'unix', answer(answered))
  await using client = await to.client()
  await client.send(sent)
  expect((await client.response()).raw.toString('latin1')).toBe(answered)
  await sink.until('end')
  expect(to.upstream.connections[0]!.receivedText).toBe(sent)
  return sink
}

const packed = (body: string) =>
  response('200 OK', body, ['Content-Encoding: gzip', `Content-Length: ${body.length}`])

const frame = (stream: number, text: string) =>
  `${String.fromCharCode(stream)}\0\0\0\0\0\0${String.fromCharCode(text.length)}${text}`

describe('a tap tells of', () => {
  it('a call, its JSON, the reply and its end, in their order', async () => {
    const body = '{"Name":"v","n":12345678901234567890}'
    const sink = await toldOf(
      request('POST /v1.45/volumes/create?x=1&x=2&y=%20', ['X-A: 1', 'x-a: 2'], body),
      response('201 Created', '{"Name":"v"}'),
    )
    expect(sink.events.map(({ type, call }) => [type, call - sink.events[0]!.call])).toEqual([
      ['call', 0],
      ['body', 0],
      ['reply', 0],
      ['body', 0],
      ['end', 0],
    ])
    expect(sink.of('call')[0]).toMatchObject({
      endpoint: 'POST /volumes/create',
      method: 'POST',
      path: '/volumes/create',
      version: '1.45',
      query: { x: ['1', '2'], y: ' ' },
      headers: { 'x-a': '1, 2', host: 'docker' },
      client: undefined,
    })
    expect(sink.of('body').map(({ of, json }) => [of, json])).toMatchObject([
      ['call', { Name: 'v' }],
      ['reply', { Name: 'v' }],
    ])
    const upstream = expect.stringMatching(/^unix:\/\/\/.+/) as string
    expect(sink.of('reply')[0]).toMatchObject({ status: 201, answeredBy: undefined, upstream, tunnel: false })
    const end = sink.of('end')[0]!
    expect(end).toMatchObject({ status: 201, received: body.length, sent: 12, aborted: false, tunnel: false })
    expect(end.upstream).toBe(sink.of('reply')[0]!.upstream)
    expect(end.duration).toBeGreaterThan(0)
    expect(end.time - sink.of('call')[0]!.time).toBeLessThan(10_000)
  })

  it('a body that is no JSON, too large, coded or malformed only how long it is', async () => {
    for (const body of [
      'tar-archive',
      `{"a":"${'x'.repeat(50)}"}`,
      gzipSync('{}').toString('latin1'),
      '{"a":',
    ]) {
      const sink = await toldOf(request('POST /build', [], body), ok, { bodies: 50 })
      expect(sink.of('body')).toEqual([])
      expect(sink.of('end')[0]).toMatchObject({ received: body.length, sent: 2, leftOut: ['call'] })
    }
    const none = await toldOf(request('POST /build', [], '{}'), ok, { bodies: 0 })
    expect(none.of('body')).toEqual([])
    expect(none.of('end')[0]!.leftOut).toBeUndefined()
  })

  it.each<[what: string, sent: string, answered: string, leftOut: string[] | undefined]>([
    ['nobody', request('POST /volumes/create', [], '{}'), response('200 OK', '{}'), undefined],
    ['nobody, where there are none', request('POST /volumes/create'), response('200 OK', ''), undefined],
    ['both', request('POST /volumes/create', [], 'x'), response('400 Bad Request', 'y'), ['call', 'reply']],
    ['the engine, compressed', request('GET /info'), packed(gzipSync('{}').toString('latin1')), ['reply']],
    ['nobody, of a stream', request('GET /events'), response('200 OK', '{}{}'), undefined],
  ])('whose body it was not told: %s', async (_whose, sent, answered, leftOut) => {
    const sink = await toldOf(sent, answered)
    expect(sink.of('end')[0]!.leftOut).toEqual(leftOut)
  })

  it('each item of a stream of JSON as it comes, before the next', async () => {
    const { sink, layers } = tapped()
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(request('GET /events'))
    const engine = await to.upstream.connection(0)
    await engine.request()
    const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
    await engine.send(response('200 OK', '', ['Transfer-Encoding: chunked']))
    await engine.send(chunk('{"a":"}{\\""}\n{"b"'))
    await sink.until('item')
    expect(sink.of('item').map(({ json }) => json)).toEqual([{ a: '}{"' }])
    await engine.send(chunk(':[{}]}\n'))
    await sink.until('item', 2)
    expect(sink.of('item')[1]!.json).toEqual({ b: [{}] })
    await engine.send('0\r\n\r\n')
    await sink.until('end')
  })

  it('logs as frames of their streams', async () => {
    const logs = frame(1, 'out') + frame(2, 'err') + frame(1, '')
    const sink = await toldOf(request('GET /containers/web/logs?stdout=1'), response('200 OK', logs))
    expect(sink.of('frame').map(({ stream, data }) => [stream, data.toString()])).toEqual([
      ['stdout', 'out'],
      ['stderr', 'err'],
    ])
  })

  it.each([
    [
      'frames, wherever they are cut',
      [frame(1, 'out').slice(0, 5), frame(1, 'out').slice(5) + frame(2, 'err')],
      ['stdout out', 'stderr err'],
    ],
    ['what a terminal shows', ['\x1b[1m$ ', '\x01 x'], ['raw \x1b[1m$ ', 'raw \x01 x']],
  ] as const)('what attach carries: %s', async (_what, pieces, seen) => {
    const { sink, layers } = tapped()
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    await client.head()
    await client.send('typed')
    await engine.bytes(5)
    let length = 0
    for (const piece of pieces) {
      await engine.send(piece)
      length += piece.length
      await client.bytes(piece.length)
    }
    await client.end()
    await engine.end()
    await sink.until('end')
    const frames = sink.of('frame').map(({ stream, data }) => `${stream} ${data.toString('latin1')}`)
    expect(frames).toEqual(['stdin typed', ...seen])
    expect(sink.of('end')[0]).toMatchObject({
      tunnel: true,
      status: 101,
      received: 5,
      sent: length,
      aborted: false,
    })
  })

  it('what was typed only where it may, and of build sessions only how much', async () => {
    for (const [sent, opened, options] of [
      [execStart, hijacked, { stdin: false }],
      [session, response('101 Switching Protocols', '', ['Connection: Upgrade', 'Upgrade: h2c']), {}],
    ] as const) {
      const { sink, layers } = tapped(options)
      await using to = await setUpWith(layers, 'unix', byHand)
      await using client = await to.client()
      await client.send(sent)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(opened)
      await client.head()
      await client.send('secret')
      await client.end()
      await engine.ended()
      await engine.end()
      await sink.until('end')
      expect(sink.of('frame')).toEqual([])
      expect(sink.of('end')[0]!.received).toBeGreaterThanOrEqual(6)
    }
  })

  it('who answered instead of the engine, and what failed', async () => {
    const { sink, layers } = tapped()
    layers
      .use('GET /info', async function guard() {
        return reply(403, { message: 'no' })
      })
      .use('GET /version', function broken() {
        throw new Error('with a secret')
      })
    await using to = await setUpWith(layers.with({ onError: () => {} }), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('GET /info'))
    await client.response()
    await client.send(request('GET /version'))
    expect((await client.response()).status).toBe(500)
    await sink.until('end', 2)
    expect(sink.of('end').map(({ status, answeredBy, error }) => [status, answeredBy, error])).toEqual([
      [403, 'guard', undefined],
      [500, undefined, 'a layer failed'],
    ])
  })

  it('a reply that is cut', async () => {
    const { sink, layers } = tapped()
    await using to = await setUpWith(layers, 'tcp', byHand)
    await using client = await to.client()
    await client.send(request('GET /info'))
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(`${response('200 OK', '', ['Content-Length: 10'])}{"a"`)
    await client.until('{"a"')
    engine.reset()
    await sink.until('end')
    expect(sink.of('end')[0]).toMatchObject({ status: 200, sent: 4, aborted: true })
    expect(sink.of('body')).toEqual([])
  })

  it('calls that layers before it make, whether or not they read the reply', async () => {
    const sink = told()
    const asking = intermediate()
      .use('GET /version', async (call, next) => {
        await (await call.ask('GET /info')).json()
        await call.ask('GET /info')
        return next(call)
      })
      .use(wireTap(sink))
    await using to = await setUpWith(asking, 'unix', answer(response('200 OK', '{}')))
    await using client = await to.client()
    await client.send(request('GET /version'))
    await client.response()
    await sink.until('end', 3)
    const ends = sink.of('end').map(({ endpoint, status, aborted }) => `${endpoint} ${status} ${aborted}`)
    expect(ends.toSorted()).toEqual(['GET /info 200 false', 'GET /info 200 false', 'GET /version 200 false'])
  })

  it('the endpoints it is for, and nothing else', async () => {
    const { sink, layers } = tapped({ endpoints: ['GET /info', '* /volumes{/*rest}'] })
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    for (const line of ['GET /_ping', 'GET /info', 'GET /volumes']) {
      await client.send(request(line))
      await client.response()
    }
    await sink.until('end', 2)
    expect(sink.of('call').map(({ endpoint }) => endpoint)).toEqual(['GET /info', 'GET /volumes'])
  })

  it('no more than the sink wants', async () => {
    const sink = Object.assign(told(), { wants: ['end'] as const })
    await using to = await setUpWith(intermediate().use(wireTap(sink)), 'unix', answer(ok))
    await using client = await to.client()
    await client.send(request('POST /volumes/create', [], '{}'))
    await client.response()
    await sink.until('end')
    expect(sink.events.map(({ type }) => type)).toEqual(['end'])
  })
})

describe('options', () => {
  it.each([
    [() => wireTap(undefined as never), 'wireTap() takes a sink, such as terminal(), and not undefined.'],
    [
      () => wireTap(told(), { body: 1 } as never),
      'wireTap() was given the option body, which does not exist: there are endpoints, bodies, stdin, queue, redact and onError.',
    ],
    [
      () => wireTap(told(), { bodies: -1 }),
      'wireTap() was given the bodies -1: give it in bytes, as a whole number from 0.',
    ],
    [
      () => wireTap(told(), { queue: 1 }),
      'wireTap() was given the queue 1: give it in bytes, as a whole number from 4096.',
    ],
    [() => wireTap(told(), { stdin: 1 as never }), 'wireTap() was given the stdin 1: say true or false.'],
    [
      () => wireTap(told(), { redact: { envs: true } as never }),
      'wireTap() redact was given the option envs, which does not exist: there are env and headers.',
    ],
    [
      () => wireTap(told(), { redact: { headers: 'X' as never } }),
      'wireTap() redact was given the headers X: give a list of names.',
    ],
  ])('that cannot be used are an error at start', (make, message) => {
    expect(make).toThrow(message)
  })
})
