import { Duplex, PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { intermediate } from '@intermediate/core'
import type { Transcript, UpstreamConnection } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { hijacked, nobodyLeft, upgrade, upgraded } from './docker-calls.js'
import { seed } from './fuzz/fuzz.js'
import type { Setup } from './matrix.js'
import { everyWay, setUp, setUpWith, transports } from './matrix.js'

const kib = 1024
const clients = 16

describe.each(everyWay)(`many clients at once, over $transport with $stack (seed ${seed})`, (way) => {
  it('each get what is theirs, and so does the engine', async () => {
    const plans = planned(`${way.transport} ${way.stack}`)
    await using to = await setUp(way, (connection) => serve(connection, plans))
    await all(to, plans)
  })
})

/** Holds every call and every reply for a while, and looks at their heads before and after. */
const holding = (plans: Plans) =>
  intermediate().use(async function holding(call, next) {
    const { random, fields, replyFields } = plans.of(call.query['id']!)
    await turns(random(4))
    expect([...call.headers]).toEqual(fields)
    const replied = await next(call)
    await turns(random(8))
    expect([...replied.headers]).toEqual(replyFields)
    await turns(random(4))
    expect([...call.headers]).toEqual(fields)
    setImmediate(() => plans.check(() => expect([...replied.headers]).toEqual(replyFields)))
    if (replied.tunnel === undefined || random(2) === 0) return replied
    return replied.withTunnel(
      Duplex.from({ readable: replied.tunnel.pipe(new PassThrough()), writable: replied.tunnel }),
    )
  })

describe.each(transports)(`many clients of a layer that holds calls, over %s (seed ${seed})`, (transport) => {
  it('each get what is theirs, and the layer finds every head as it was', async () => {
    const plans = planned(`${transport} held`)
    await using to = await setUpWith(holding(plans), transport, (connection) => serve(connection, plans))
    await all(to, plans)
  })
})

async function all(to: Setup, plans: Plans): Promise<void> {
  await Promise.all(plans.clients.map((calls, index) => talk(to, calls, index)))
  await nobodyLeft(to)
  plans.done()
}

/** One client: it sends all its calls without waiting for a reply, and compares every byte that comes. */
async function talk(to: Setup, calls: readonly Plan[], index: number): Promise<void> {
  const random = randomly(`client ${index}`)
  await using client = await to.client()
  const last = calls.at(-1)!
  if (last.ending === 'leaves') {
    void sendInPieces(client, last.request, random).catch(() => {})
    await client.bytes(1)
    if (random(2) === 0) client.destroy()
    else client.reset()
    return
  }
  const slow = readSlowly(client, random)
  const send = async () => {
    for (const { request } of calls) await sendInPieces(client, request, random)
    if (last.ending !== 'tunnel') return
    await sendInPieces(client, last.input, random)
    await client.end()
  }
  const read = async () => {
    for (const { id, reply } of calls) same(await client.bytes(reply.length), reply, id)
    if (last.ending !== 'goes on') same(await client.ended(), last.output, last.id)
  }
  await Promise.all([send(), read()])
  await slow
}

/** The engine: it answers what the plan of each call says. */
async function serve(connection: UpstreamConnection, plans: Plans): Promise<void> {
  const slow = readSlowly(connection, randomly(`engine ${connection.index}`))
  for await (const { target, raw } of connection.eachRequest()) {
    const plan = plans.of(/id=([^&]*)/.exec(target)![1]!)
    const { id, ending, request, reply, output, input, random } = plan
    plans.check(() => same(raw, request, id))
    await sendInPieces(connection, reply, random)
    if (ending === 'leaves') continue
    plans.answered++
    if (ending === 'goes on') continue
    const sent = sendInPieces(connection, output, random)
    if (ending === 'tunnel') {
      const received = await connection.ended()
      plans.check(() => same(received, input, id))
    }
    await sent
    await connection.end()
    break
  }
  await slow
}

function same(got: Buffer, expected: Buffer, id: string): void {
  if (got.equals(expected)) return
  let at = 0
  while (at < got.length && got[at] === expected[at]) at++
  const found = got.subarray(at, at + 40).toString('latin1')
  throw new Error(`byte ${at} of ${expected.length} (${got.length} came) of ${id} is another: ${found}`)
}

/** One call, and all that goes either way with it. Nobody else has these bytes. */
interface Plan {
  readonly id: string
  readonly request: Buffer
  /** Its head, and a body that is framed. */
  readonly reply: Buffer
  readonly fields: [string, string][]
  readonly replyFields: [string, string][]
  readonly ending: Ending
  /** What comes after the reply's head to the end of the connection: a body, or a tunnel's output. */
  readonly output: Buffer
  /** What goes into the tunnel. */
  readonly input: Buffer
  readonly random: Random
}

type Ending = 'goes on' | 'until close' | 'tunnel' | 'leaves'

class Plans {
  readonly clients: readonly (readonly Plan[])[]
  answered = 0
  private readonly byId: Map<string, Plan>
  private readonly failures: unknown[] = []

  constructor(plans: readonly (readonly Plan[])[]) {
    this.clients = plans
    this.byId = new Map(plans.flat().map((plan) => [plan.id, plan]))
  }

  of(id: string): Plan {
    return this.byId.get(id)!
  }

  /** For what is found where a failure would not reach the test. */
  check(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.failures.push(error)
    }
  }

  done(): void {
    if (this.failures.length > 0) throw this.failures[0]
    expect(this.answered).toBe(this.clients.flat().filter(({ ending }) => ending !== 'leaves').length)
  }
}

function planned(way: string): Plans {
  const random = randomly(way)
  const endings = ['goes on', 'until close', 'tunnel', 'leaves'] as const
  return new Plans(
    Array.from({ length: clients }, (_client, c) => {
      const ending = endings[c % endings.length]!
      const before = ending === 'leaves' ? 0 : random(7)
      const calls = Array.from({ length: before }, (_call, n) => plan(`${c}.${n}`, 'goes on', random))
      return [...calls, plan(`${c}.last`, ending, random)]
    }),
  )
}

function plan(id: string, ending: Ending, random: Random): Plan {
  const isTunnel = ending === 'tunnel'
  const tag = `X-Tag: ${`${id},`.repeat(1 + random(200))}`
  const asked = isTunnel && random(2) === 0 ? upgrade : []
  const start = `POST ${isTunnel ? '/exec/web/start' : '/images/load'}?id=${id} HTTP/1.1`
  const gathered = random(2 * kib)
  const body = framed(bytes(id, 'body', isTunnel ? gathered : size(random)), random)
  const requestFields = ['Host: docker', tag, ...asked, ...body.fields]
  const replied = framed(bytes(id, 'reply', size(random)), random)
  const open = ending === 'until close' || isTunnel
  const startLine = isTunnel ? (asked.length > 0 ? upgraded : hijacked) : 'HTTP/1.1 200 OK\r\n\r\n'
  const [status = '', ...given] = startLine.trimEnd().split('\r\n')
  const replyFields = [...given, tag.replace('Tag', 'Reply'), ...(open ? [] : replied.fields)]
  const hints =
    random(3) === 0 && !isTunnel ? head('HTTP/1.1 103 Early Hints', [tag.replace('Tag', 'Hint')]) : ''
  const replyHead = Buffer.from(hints + head(status, replyFields))
  return {
    id,
    request: Buffer.concat([Buffer.from(head(start, requestFields)), body.bytes]),
    reply: open ? replyHead : Buffer.concat([replyHead, replied.bytes]),
    fields: requestFields.map(pair),
    replyFields: replyFields.map(pair),
    ending,
    output: bytes(id, 'output', open ? size(random) : 0),
    input: bytes(id, 'input', isTunnel ? size(random) : 0),
    random: randomly(id),
  }
}

/** Mostly small, some as large as what is read at once or a little off, and some of MiB. */
function size(random: Random): number {
  const kind = random(12)
  if (kind === 0) return random(3 * kib * kib)
  if (kind < 4) return [8, 64, 256][random(3)]! * kib - 300 + random(600)
  return random(kind < 8 ? 20 * kib : 300)
}

function framed(content: Buffer, random: Random): { fields: string[]; bytes: Buffer } {
  if (random(2) === 0) return { fields: [`Content-Length: ${content.length}`], bytes: content }
  const parts: Buffer[] = []
  for (let at = 0; at < content.length;) {
    const end = Math.min(content.length, at + 1 + random(random(2) === 0 ? 100 * kib : 5 * kib))
    parts.push(Buffer.from(`${(end - at).toString(16)}\r\n`), content.subarray(at, end), Buffer.from('\r\n'))
    at = end
  }
  return {
    fields: ['Transfer-Encoding: chunked'],
    bytes: Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]),
  }
}

/** So many bytes that say whose they are, and where. */
function bytes(id: string, what: string, length: number): Buffer {
  const all = Buffer.alloc(length, `${id} ${what};`)
  for (let at = 0; at + 8 <= length; at += 64) all.write(at.toString(36).padStart(7, '_'), at)
  return all
}

/** The first piece is a head as often as not, so that what follows is read while somebody has the head. */
async function sendInPieces(to: Transcript | UpstreamConnection, all: Buffer, random: Random): Promise<void> {
  const first = random(2) === 0 ? all.indexOf('\r\n\r\n') + 4 : 0
  for (let at = 0; at < all.length;) {
    const left = all.length - at
    const most = random(3) === 0 ? 100 : left > 300 * kib ? left : 50 * kib
    const end = at < first ? first : Math.min(all.length, at + 1 + random(most))
    await to.send(all.subarray(at, end))
    if (end === first || random(4) === 0) await turns(random(5))
    at = end
  }
}

/** Stops reading now and then, the first time for long enough that all on the way is full. */
async function readSlowly(side: Transcript | UpstreamConnection, random: Random): Promise<void> {
  if (random(3) === 0) return
  for (let pauses = 1 + random(8); pauses > 0 && !side.isClosed; pauses--) {
    side.pause()
    await turns(random(60))
    side.resume()
    await turns(random(20))
  }
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn()
}

function head(startLine: string, fields: readonly string[]): string {
  return `${[startLine, ...fields].join('\r\n')}\r\n\r\n`
}

function pair(field: string): [string, string] {
  const [name, value] = field.split(': ')
  return [name!, value!]
}

/** A whole number from 0 to below this one; the same in every run for one seed and name. */
type Random = (below: number) => number

function randomly(name: string): Random {
  let state = Buffer.from(`${seed} ${name}`).reduce(
    (sum, octet) => Math.imul(sum ^ octet, 16777619),
    2166136261,
  )
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
