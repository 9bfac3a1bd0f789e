import { Socket } from 'node:net'
import { Duplex, PassThrough, Transform, Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { intermediate } from '@intermediate/core'
import type { Transcript, UpstreamConnection } from '@intermediate/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  attach,
  byHand,
  hijacked,
  meanwhile,
  nobodyLeft,
  ok,
  plainAttach,
  request,
  upgraded,
} from './docker-calls.js'
import { type Setup, setUpWith, transports } from './matrix.js'

/** Fewer bytes than make a socket ask for a pause. */
const small = 8 * 1024
const large = 4 * 1024 * 1024

/** The layer gives back another tunnel. */
function wrapping(wrap: (tunnel: Duplex) => Duplex) {
  return intermediate().use('POST /containers/:id/attach', async (call, next) => {
    const replied = await next(call)
    return replied.withTunnel(wrap(replied.tunnel!))
  })
}

/** Passes on in its own time what goes in, and has all of it before that. */
function through(tunnel: Duplex): Duplex {
  const input = new Transform({
    transform: (bytes: Buffer, _encoding, done) => void setImmediate(() => done(null, bytes)),
  })
  const output = new PassThrough()
  input.pipe(tunnel).pipe(output)
  return Duplex.from({ readable: output, writable: input })
}

/** The same by hand, to an end that comes before what it passes on has arrived. */
function byPieces(tunnel: Duplex): Duplex {
  const input = new Writable({
    write: (bytes: Buffer, _encoding, done) =>
      void setImmediate(() => (tunnel.write(bytes) ? done() : tunnel.once('drain', done))),
    final: (done) => {
      tunnel.end()
      done()
    },
  })
  return Duplex.from({ readable: tunnel, writable: input })
}

/** Lets nothing in. */
function mute(tunnel: Duplex): Duplex {
  return Duplex.from({ readable: tunnel, writable: new Writable({ write: (_b, _e, done) => done() }) })
}

const carriers = [
  { carrier: 'no layer', layers: () => intermediate() },
  { carrier: 'a layer that only forwards', layers: () => intermediate().use((call, next) => next(call)) },
  { carrier: 'a layer that returns the tunnel', layers: () => wrapping((tunnel) => tunnel) },
  { carrier: 'a layer that puts streams around it', layers: () => wrapping(through) },
  { carrier: 'a layer that writes to it', layers: () => wrapping(byPieces) },
]
const forms = [
  { form: 'with Upgrade', call: attach, reply: upgraded },
  { form: 'without Upgrade', call: plainAttach, reply: hijacked },
]
const everyWay = transports.flatMap((transport) => carriers.map((carrier) => ({ transport, ...carrier })))

/** Every socket that was opened in this process, with those of the intermediate to the upstream. */
const opened: Socket[] = []

beforeEach(() => {
  const { connect } = Socket.prototype
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...to: unknown[]) {
    opened.push(this)
    return Reflect.apply(connect, this, to) as Socket
  })
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  opened.length = 0
})

interface Tunnel {
  readonly client: Transcript
  readonly engine: UpstreamConnection
  /** The intermediate's side of the engine's connection. */
  readonly link: Socket
}

async function openTunnel(to: Setup, { call, reply } = forms[0]!): Promise<Tunnel> {
  const client = await to.client()
  const before = opened.length
  await client.send(call)
  const engine = await to.upstream.connection(to.upstream.connections.length)
  await engine.request()
  await engine.send(reply)
  await client.head()
  return { client, engine, link: opened[before]! }
}

/** The output ends, and then the client sends until some of it waits in the intermediate, as the engine reads nothing. */
async function endOutputAndFill(to: Setup, { client, engine, link }: Tunnel): Promise<Buffer> {
  await engine.send('output')
  await engine.end()
  expect((await client.ended()).toString()).toBe('output')
  engine.pause()
  return fill(to, client, link)
}

/** Sends pieces, made by their index, until some of them wait in the intermediate. */
async function fill(to: Setup, client: Transcript, link: Socket, piece = plain): Promise<Buffer> {
  const pieces: Buffer[] = []
  let goal = link.bytesWritten
  do {
    const bytes = piece(pieces.length)
    pieces.push(bytes)
    goal += bytes.length
    await client.send(bytes)
    while (link.writableLength === 0 && link.bytesWritten < goal) await turn()
  } while (!(await waits(to, link)))
  return Buffer.concat(pieces)
}

/** Something is to be sent there, and not only for the moment that TLS takes. */
async function waits(to: Setup, link: Socket): Promise<boolean> {
  for (let turns = 0; turns < 20 && link.writableLength > 0; turns++) await turn()
  if (link.writableLength > 0) await meanwhile(to)
  return link.writableLength > 0
}

const plain = (n: number) => Buffer.alloc(small, `${n};`)
const chunk = (n: number) => Buffer.concat([Buffer.from('2000\r\n'), plain(n), Buffer.from('\r\n')])

function same(got: Buffer, expected: Buffer): void {
  expect(got.length).toBe(expected.length)
  expect(got.equals(expected)).toBe(true)
}

describe.each(everyWay)('over $transport with $carrier', ({ transport, layers }) => {
  it.each(forms)("the client's last bytes arrive behind the output's end, $form", async (form) => {
    await using to = await setUpWith(layers(), transport, byHand)
    const tunnel = await openTunnel(to, form)
    const { client, engine, link } = tunnel
    const input = await endOutputAndFill(to, tunnel)
    await client.end()
    await client.closed()
    await meanwhile(to)
    expect(to.listening.connections).toBeGreaterThan(0)
    engine.resume()
    same(await engine.ended(), input)
    await engine.closed()
    await nobodyLeft(to)
    expect(link.destroyed).toBe(true)
  })

  it('megabytes arrive behind it at an engine that reads slowly', async () => {
    const input = Buffer.alloc(large + 100, 'all of it;')
    await using to = await setUpWith(layers(), transport, byHand)
    const { client, engine } = await openTunnel(to)
    await engine.end()
    await client.ended()
    const slow = readSlowly(engine)
    await client.send(input)
    await client.end()
    same(await engine.ended(), input)
    await slow
    await nobodyLeft(to)
  })

  it('they arrive though the output ends behind them', async () => {
    await using to = await setUpWith(layers(), transport, byHand)
    const { client, engine, link } = await openTunnel(to)
    engine.pause()
    const input = await fill(to, client, link)
    await client.end()
    await engine.send('output')
    await engine.end()
    expect((await client.closed()).toString()).toBe('output')
    await meanwhile(to)
    engine.resume()
    same(await engine.ended(), input)
    await nobodyLeft(to)
  })

  it('the last output arrives at a client that reads slowly, and ends its input meanwhile', async () => {
    const output = Buffer.alloc(large + 100, 'all of it;')
    await using to = await setUpWith(layers(), transport, byHand)
    const { client, engine } = await openTunnel(to)
    client.pause()
    void engine.send(output)
    void engine.end()
    const slow = readSlowly(client)
    await client.bytes(large)
    await client.send('input')
    await client.end()
    expect((await engine.ended()).toString()).toBe('input')
    same(await client.closed(), output.subarray(large))
    await slow
    await nobodyLeft(to)
  })

  it('the last output arrives at a client that reads slowly, though the engine is gone', async () => {
    const output = Buffer.alloc(large + 100, 'all of it;')
    await using to = await setUpWith(layers(), transport, byHand)
    const { client, engine } = await openTunnel(to)
    client.pause()
    await client.end()
    await engine.ended()
    void engine.send(output)
    void engine.end()
    const slow = readSlowly(client)
    same(await client.closed(), output)
    await slow
    await engine.closed()
    await nobodyLeft(to)
  })

  it('an engine that closes is not waited for', async () => {
    await using to = await setUpWith(layers(), transport, byHand)
    const tunnel = await openTunnel(to)
    await endOutputAndFill(to, tunnel)
    await tunnel.client.end()
    await tunnel.client.closed()
    tunnel.engine.destroy()
    await nobodyLeft(to)
    expect(tunnel.link.destroyed).toBe(true)
  })

  it('nor one that never reads, once the intermediate has closed for as long as it may', async () => {
    await using to = await setUpWith(layers(), transport, byHand)
    const tunnel = await openTunnel(to)
    const input = await endOutputAndFill(to, tunnel)
    await tunnel.client.end()
    await tunnel.client.closed()
    await to.listening.close({ grace: 1 })
    expect(to.listening.connections).toBe(0)
    expect(tunnel.link.destroyed).toBe(true)
    tunnel.engine.resume()
    expect((await tunnel.engine.closed()).length).toBeLessThan(input.length)
  })
})

const overTcp = everyWay.filter(({ transport }) => transport !== 'unix')

describe.each(overTcp)('over $transport with $carrier, a client that resets', ({ transport, layers }) => {
  it('takes along what waits for the engine', async () => {
    await using to = await setUpWith(layers(), transport, byHand)
    const tunnel = await openTunnel(to)
    const input = await endOutputAndFill(to, tunnel)
    tunnel.client.reset()
    await nobodyLeft(to)
    expect(tunnel.link.destroyed).toBe(true)
    tunnel.engine.resume()
    expect((await tunnel.engine.closed()).length).toBeLessThan(input.length)
  })
})

describe.each(transports)('over %s', (transport) => {
  it('a layer that lets nothing in is not waited for without end', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    await using to = await setUpWith(wrapping(mute), transport, byHand)
    const { client, engine, link } = await openTunnel(to)
    await engine.end()
    await client.ended()
    await client.send('nobody gets this')
    await client.end()
    await client.closed()
    await meanwhile(to)
    await vi.advanceTimersByTimeAsync(60_000)
    vi.useRealTimers()
    await nobodyLeft(to)
    expect(link.destroyed).toBe(true)
    await engine.closed()
  })

  it.each([
    { when: 'the client ends', fields: [] },
    { when: 'it was to be the last', fields: ['Connection: close'] },
  ])('a body arrives whole behind its reply when $when', async ({ fields }) => {
    await using to = await setUpWith(intermediate(), transport, byHand)
    await using client = await to.client()
    const before = opened.length
    await client.send(request('POST /images/load', ['Transfer-Encoding: chunked', ...fields]))
    const engine = await to.upstream.connection(0)
    await engine.head()
    engine.pause()
    const body = await fill(to, client, opened[before]!, chunk)
    await client.send('0\r\n\r\n')
    await engine.send(ok)
    expect((await client.response()).raw.toString()).toBe(ok)
    await client.end()
    await client.closed()
    await meanwhile(to)
    engine.resume()
    same(await engine.ended(), Buffer.concat([body, Buffer.from('0\r\n\r\n')]))
    await engine.end()
    await nobodyLeft(to)
  })
})

/** Reads a little at a time. */
async function readSlowly(side: Transcript | UpstreamConnection): Promise<void> {
  while (!side.isEnded && !side.isClosed) {
    side.pause()
    for (let turns = 0; turns < 5; turns++) await turn()
    side.resume()
    await turn()
  }
}
