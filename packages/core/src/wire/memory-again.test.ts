import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Framing } from './framing.js'
import { ChunkedBody, LengthBody, noBody } from './framing.js'
import { RequestHead } from './request-head.js'
import { giveBack, ReadBuffers } from './read-buffers.js'
import type { ReaderOwner } from './reader.js'
import type { Sink } from './sink.js'
import { MessageReader } from './reader.js'
import { nowhere } from './sink.js'

const small = 8 * 1024
const medium = 64 * 1024
const large = 256 * 1024

const get = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'
const put = 'PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
const post = (body: string) => `POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`

describe('memory is read into again', () => {
  test('where the message in it was written at once', () => {
    const { socket, sink } = reading(passed)
    const { memory } = socket
    socket.receives(post('hello'))
    expect(socket.memory).toBe(memory)
    socket.receives(get)
    expect([sink.left, socket.memory === memory]).toEqual([post('hello') + get, true])
  })

  test('where nobody wants what is in it', () => {
    const { socket } = reading((self) => {
      self.head.passing = true
      self.reader.passContent(nowhere)
    })
    const { memory } = socket
    socket.receives(post('hello'))
    expect(socket.memory).toBe(memory)
  })

  test('where it went on into a tunnel', () => {
    const { socket, sink, reader } = reading()
    reader.tunnel(sink)
    const { memory } = socket
    for (const text of ['in', 'put']) socket.receives(text)
    expect([sink.left, socket.memory === memory]).toEqual(['input', true])
  })

  test('where a part of a head was added to what came before', () => {
    const { socket, sink } = reading(passed)
    socket.receives(get.slice(0, 9))
    const { memory } = socket
    socket.receives(get.slice(9, 15))
    socket.receives(get.slice(15))
    expect([sink.left, socket.memory === memory]).toEqual([get, true])
  })

  test.each([
    ['the reading goes on', (self: Reading) => self.reader.pass(self.sink)],
    ['nobody wants the body', (self: Reading) => self.reader.passContent(nowhere)],
    ['the message becomes a tunnel', (self: Reading) => self.reader.tunnel(self.sink)],
    ['it is over', (self: Reading) => self.reader.stop()],
    ['it waits', () => undefined],
  ])('where somebody keeps the head that was in it, and %s', (what, act) => {
    const self = reading(act)
    const { memory } = self.socket
    self.socket.receives(get)
    expect(self.socket.memory === memory).toBe(what !== 'it is over')
    for (const text of ['x', 'y']) self.socket.receives(text)
    self.reader.resume()
    expect([...self.heads[0]!.fields()]).toEqual([['Host', 'a']])
  })

  test('where a small message waits for somebody who passes it on later, in one write', () => {
    const { socket, sink, reader } = reading()
    const { memory } = socket
    socket.receives(post('hello'))
    expect(socket.memory === memory).toBe(true)
    reader.pass(sink)
    expect([sink.left, sink.writes]).toEqual([post('hello'), 1])
  })

  test.each([
    ['passed on', (self: Reading) => self.reader.pass(self.sink), true],
    ['passed on to a sink that is full', (self: Reading) => self.reader.pass(self.sink), false],
    ['dropped', (self: Reading) => self.reader.stop(), true],
    ['taken as content', (self: Reading) => self.reader.passContent({ write: () => true, end() {} }), false],
  ])('by others where a large message waited in it and was then %s', (how, act, isFreed) => {
    const self = reading()
    const { socket, sink, reader, heads } = self
    const { memory } = socket
    const text = post('x'.repeat(5000))
    if (how.endsWith('full')) Object.assign(sink, { takes: 0, limit: 1 })
    socket.receives(text)
    expect(socket.memory === memory).toBe(false)
    expect(isFree(memory)).toBe(false)
    act(self)
    expect(isFree(memory)).toBe(isFreed)
    useFree()
    sink.drain()
    reader.resume()
    if (how.startsWith('passed')) expect(sink.left === text).toBe(true)
    expect(heads[0]!.get('host')).toBe('a')
  })

  test('by somebody else where the sink was full, and has written it', () => {
    const { socket, sink, reader } = reading()
    sink.takes = 0
    sink.limit = 1
    reader.tunnel(sink)
    const { memory } = socket
    socket.receives('input')
    expect([socket.memory === memory, isFree(memory), socket.paused]).toEqual([false, false, true])
    sink.drain()
    reader.resume()
    expect([sink.left, isFree(memory), socket.paused]).toEqual(['input', true, false])
  })

  test('by somebody else where the sink was full of one message with its head', () => {
    const { socket, sink, reader } = reading(passed)
    const text = post('x'.repeat(1000))
    sink.takes = 0
    sink.limit = 1
    const { memory } = socket
    socket.receives(text.slice(0, -1))
    expect(isFree(memory)).toBe(false)
    sink.drain()
    reader.resume()
    expect([sink.left, isFree(memory)]).toEqual([text.slice(0, -1), true])
  })
})

describe('memory is left alone', () => {
  test('where a sink has not written it, though it takes more', () => {
    const { socket, sink, reader } = reading()
    reader.tunnel(sink)
    sink.takes = 0
    for (const text of ['a', 'b', 'c']) socket.receives(text)
    for (const memory of socket.filled) expect(isFree(memory)).toBe(false)
    sink.drain()
    reader.resume()
    expect(sink.left).toBe('abc')
  })

  test('where a sink does not say what it needs', () => {
    const taken: Buffer[] = []
    const sink = { write: (bytes: Buffer) => taken.push(bytes) < 3, end: () => undefined }
    const { socket, reader } = reading()
    reader.tunnel(sink)
    for (const text of ['a', 'b', 'c']) socket.receives(text)
    reader.resume()
    for (const memory of socket.filled) expect(isFree(memory)).toBe(false)
    expect(taken.join('')).toBe('abc')
  })

  test('where the bytes of a head were written to a sink that is full, whoever keeps the head', () => {
    const { socket, sink } = reading((self) => {
      Object.assign(self.sink, { takes: 0, limit: 1 })
      self.sink.write(self.head.bytes)
      self.reader.passContent(nowhere)
    })
    socket.receives(post('hello'))
    socket.receives(post('world'))
    sink.drain()
    expect(sink.left).toBe(post('hello').slice(0, -5) + post('world').slice(0, -5))
  })

  test('where the fields of a head are taken one by one, and the head was not the first in it', () => {
    const seen: string[] = []
    let fields: Iterator<readonly [name: string, value: string]> | undefined
    const { socket } = reading((self) => {
      if (self.head.method === 'GET') {
        passed(self)
        return
      }
      fields = self.head.fields()
      seen.push(fields.next().value[0])
    })
    socket.receives(get + post('X-Injected: by the body\r\n\r\n'))
    for (let next = fields!.next(); !next.done && seen.length < 9; next = fields!.next())
      seen.push(next.value[0])
    expect(seen).toEqual(['Host', 'Content-Length'])
  })

  test('where it is all over in the middle of a write', () => {
    const { socket, reader } = reading()
    let kept: Buffer = Buffer.alloc(0)
    socket.receives(post('x'.repeat(5000)))
    reader.passContent({
      write(bytes) {
        kept = bytes
        reader.stop()
        return true
      },
      end() {},
    })
    useFree()
    expect(kept.toString('latin1')).toBe('x'.repeat(5000))
  })

  test('where a head came in parts, and a layer has it', () => {
    const heads: RequestHead[] = []
    const { socket, reader, sink } = reading(({ head }) => void heads.push(head))
    for (const part of [get.slice(0, 5), get.slice(5, 20), get.slice(20)]) socket.receives(part)
    reader.pass(sink)
    reader.next()
    socket.receives(get.replace('Host: a', 'Host: b'))
    useFree()
    expect(heads.map((head) => head.get('host'))).toEqual(['a', 'b'])
    expect(sink.left).toBe(get)
  })

  test('where the head of an informational message was in it', () => {
    const given: Buffer[] = []
    const { socket } = reading(passed, (head) => {
      if (head.target !== '/a') return frame(head)
      given.push(head.bytes)
      return undefined
    })
    const { memory } = socket
    socket.receives(get)
    expect(socket.memory).not.toBe(memory)
    socket.receives(get + post('hello'))
    for (const filled of socket.filled) expect(isFree(filled)).toBe(false)
    expect(given.map(String)).toEqual([get, get])
  })

  test('where a part of it waits to be read', () => {
    const { socket, sink, reader } = reading(passed, undefined, () => undefined)
    const { memory } = socket
    socket.receives(get + post('hello'))
    expect([sink.left, socket.memory === memory, socket.paused]).toEqual([get, false, true])
    useFree()
    expect(isFree(memory)).toBe(false)
    reader.next()
    expect([sink.left, isFree(memory)]).toEqual([get + post('hello'), true])
  })

  test('where a part of it waits for its body', () => {
    const { socket, sink } = reading((self) => {
      self.head.passing = true
      self.reader.pass(self.sink, true)
    })
    const text = post('hello')
    const { memory } = socket
    socket.receives(text.slice(0, -3))
    expect([sink.left, socket.memory === memory]).toEqual(['', false])
    useFree()
    socket.receives(text.slice(-3))
    expect([sink.left, sink.writes, isFree(memory)]).toEqual([text, 1, true])
  })

  test('where a body was gathered and its sink has not written it', () => {
    const { socket, sink, reader } = reading((self) => {
      self.head.passing = true
      self.reader.pass(self.sink, true)
    })
    const text = post('hello')
    sink.takes = 0
    sink.limit = 1
    for (const part of [text.slice(0, -3), text.slice(-3)]) socket.receives(part)
    sink.drain()
    reader.resume()
    expect(sink.left).toBe(text)
  })

  test('where its sink has something else to write when it has room again', () => {
    const { socket, sink, reader } = reading()
    reader.tunnel(sink)
    sink.takes = 0
    sink.limit = 1
    const { memory } = socket
    socket.receives('input')
    reader.resume()
    expect(isFree(memory)).toBe(false)
    sink.drain()
    reader.resume()
    expect(isFree(memory)).toBe(false)
    expect(sink.left).toBe('input')
  })

  test('where it went in several writes', () => {
    const { socket, sink, reader } = reading((self) => {
      self.head.passing = true
      self.reader.passContent(self.sink)
    })
    sink.takes = 0
    sink.limit = 1
    const { memory } = socket
    socket.receives(`${put}3\r\nhel\r\n2\r\nlo\r\n`)
    sink.drain()
    reader.resume()
    expect([sink.left, isFree(memory)]).toEqual(['hello', false])
  })

  test.each([
    ['another', (self: Reading, other: SocketSink) => self.reader.passContent(other)],
    ['nobody', (self: Reading) => self.reader.passContent(nowhere)],
    ['a tunnel', (self: Reading, other: SocketSink) => self.reader.tunnel(other)],
    ['nobody, as all is over,', (self: Reading) => self.reader.stop()],
  ])('where %s takes the place of a sink that was full', (_who, replace) => {
    const self = reading(passed)
    const { socket, sink, reader } = self
    const other = new SocketSink()
    sink.takes = 0
    sink.limit = 1
    const text = post('x'.repeat(1000))
    const { memory } = socket
    socket.receives(text.slice(0, -500))
    replace(self, other)
    reader.resume()
    expect(isFree(memory)).toBe(false)
    socket.receives(text.slice(-500))
    reader.resume()
    expect(isFree(memory)).toBe(false)
    sink.drain()
    expect(sink.left).toBe(text.slice(0, -500))
  })

  test('where the sink that took the place of a full one is full too, and has room sooner', () => {
    const { socket, sink, reader } = reading(passed)
    const other = new SocketSink()
    for (const each of [sink, other]) Object.assign(each, { takes: 0, limit: 1 })
    const { memory } = socket
    socket.receives(`${put}3\r\nhel\r\n`)
    reader.passContent(other)
    socket.receives('1\r\nl\r\n1\r\no\r\n0\r\n\r\n'.slice(0, 12))
    other.drain()
    reader.resume()
    expect(isFree(memory)).toBe(false)
    sink.drain()
    expect([sink.left, other.left]).toEqual([`${put}3\r\nhel\r\n`, 'lo'])
  })

  test('where it was the end of a message, and its sink is full', () => {
    const { socket, sink, reader } = reading(passed)
    sink.takes = 0
    sink.limit = 1
    socket.receives(post('hello'))
    useFree()
    sink.drain()
    reader.resume()
    expect(sink.left).toBe(post('hello'))
  })
})

describe('a body that fills the memory to its end', () => {
  test.each([small, medium, large])('with its head, %d bytes, arrives as it was sent', (length) => {
    for (const takes of [Infinity, 0, 5]) {
      const { socket, sink, reader } = reading(passed)
      while (socket.memory.length < length) socket.receives(exactly(socket.memory.length))
      sink.drain()
      reader.resume()
      const before = sink.left.length
      const text = exactly(length)
      sink.takes = takes
      sink.limit = 1
      const { memory } = socket
      expect(memory).toHaveLength(length)
      socket.receives(text)
      if (takes < length) expect(isFree(memory)).toBe(false)
      else expect(socket.memory === memory).toBe(length === large)
      useFree()
      sink.drain()
      reader.resume()
      socket.receives(get)
      sink.drain()
      expect(sink.left.slice(before) === text + get).toBe(true)
    }
  })
})

test('nothing changes and nothing is mixed, whoever keeps what, and whatever is read meanwhile', () => {
  const message = fc.record({
    size: fc.oneof(fc.nat(50), fc.nat(2 * small), fc.constantFrom(small, 2 * medium, large)),
    framing: fc.constantFrom('none', 'length', 'chunked'),
    how: fc.constantFrom<How>(
      'spliced',
      'gathered',
      'looked at',
      'looked at later',
      'content',
      'informational',
    ),
  })
  const step = fc.record({
    who: fc.nat(2),
    act: fc.constantFrom<Act>('read', 'read', 'read', 'drain', 'go on', 'free'),
    length: fc.oneof(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: small }),
      fc.constant(large),
    ),
    takes: fc.constantFrom(0, 3, 1000, Infinity, Infinity),
    limit: fc.constantFrom(1, 16 * 1024),
  })
  fc.assert(
    fc.property(
      fc.array(fc.array(message, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 3 }),
      fc.array(step, { maxLength: 120 }),
      (plans, steps) => {
        const clients = plans.map((plan, index) => new Client(index, plan))
        for (const { who, act, length, takes, limit } of steps) {
          const client = clients[who]!
          client.sink.takes = takes
          client.sink.limit = limit
          client.does(act, length)
        }
        for (const client of clients) client.finishes()
        for (const client of clients) client.check()
      },
    ),
    { numRuns: 100 },
  )
})

type How = 'spliced' | 'gathered' | 'looked at' | 'looked at later' | 'content' | 'informational'
type Act = 'read' | 'drain' | 'go on' | 'free'

interface Message {
  readonly size: number
  readonly framing: string
  readonly how: How
}

/** A connection with messages that nobody else sends, and what must come of them. */
class Client {
  readonly sink: SocketSink
  private readonly self: Reading
  private readonly index: number
  private left: string
  private expected = ''
  /** Heads that were given, with the field that each must still have. */
  private readonly given: [head: RequestHead, tag: string][] = []
  private later: (() => void) | undefined

  constructor(index: number, plan: readonly Message[]) {
    this.index = index
    const plans = new Map<string, Message>()
    this.left = plan.map((message, n) => this.encode(`/${index}-${n}`, message, plans)).join('')
    this.self = reading(
      (self) => this.take(self, plans.get(self.head.target)!.how),
      (head) => {
        if (plans.get(head.target)!.how !== 'informational') return frame(head)
        this.given.push([head, head.target])
        return undefined
      },
    )
    this.sink = this.self.sink
  }

  does(act: Act, length: number): void {
    if (act === 'read' && !this.self.socket.paused) {
      const text = this.left.slice(0, Math.min(length, this.self.socket.memory.length))
      this.left = this.left.slice(text.length)
      if (text !== '') this.self.socket.receives(text)
    } else if (act === 'drain') {
      this.sink.drain()
      this.self.reader.resume()
    } else if (act === 'go on') {
      this.goOn()
    }
    useFree()
  }

  finishes(): void {
    this.sink.takes = Infinity
    for (let idle = 0; idle < 10; idle++) {
      const before = this.left
      for (const act of ['go on', 'drain', 'read'] as const) this.does(act, large)
      if (this.left !== before) idle = 0
    }
    this.sink.drain()
  }

  check(): void {
    expect(this.left).toBe('')
    expect(this.sink.left === this.expected).toBe(true)
    for (const [head, tag] of this.given) expect(head.get('x-tag')).toBe(tag)
  }

  private goOn(): void {
    const { later } = this
    this.later = undefined
    later?.()
  }

  private take({ head, reader, sink }: Taken, how: How): void {
    if (how === 'spliced' || how === 'gathered') {
      head.passing = true
      reader.pass(sink, how === 'gathered')
      return
    }
    this.given.push([head, head.target])
    const pass = () => (how === 'content' ? reader.passContent(sink) : reader.pass(sink))
    if (how === 'looked at later') this.later = pass
    else pass()
  }

  private encode(target: string, message: Message, plans: Map<string, Message>): string {
    plans.set(target, message)
    const { framing, how } = message
    const bodiless = framing === 'none' || message.size === 0 || how === 'informational'
    const content = bodiless ? '' : `${target}:`.repeat(message.size).slice(0, message.size)
    const fields = bodiless
      ? ''
      : framing === 'length'
        ? `Content-Length: ${content.length}\r\n`
        : 'Transfer-Encoding: chunked\r\n'
    const half = content.length >> 1
    const chunks = [content.slice(0, half), content.slice(half)].filter((chunk) => chunk !== '')
    const body =
      bodiless || framing === 'length'
        ? content
        : `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`
    const text = `PUT ${target} HTTP/1.1\r\nHost: a\r\nX-Tag: ${target}\r\n${fields}\r\n${body}`
    if (how === 'content') this.expected += content
    else if (how !== 'informational') this.expected += text
    return text
  }
}

/** What reads like a socket of Node's that was made with `onread`: into memory, in which nothing else stays. */
class MemorySocket extends EventEmitter {
  memory: Buffer
  /** All that was ever read into. */
  readonly filled = new Set<Buffer>()
  paused = true
  private readonly reader: MessageReader<RequestHead>

  constructor(reader: MessageReader<RequestHead>) {
    super()
    this.reader = reader
    this.memory = this.next()
  }

  receives(text: string): void {
    const { memory } = this
    this.filled.add(memory)
    memory.fill('!')
    memory.write(text, 'latin1')
    this.reader.onread.callback(text.length, memory)
    this.memory = this.next()
    this.memory.fill('!')
    useFree()
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  private next(): Buffer {
    const memory = (this.reader.onread.buffer as () => Buffer)()
    known.add(memory)
    return memory
  }
}

/** What writes like a socket: at once what fits, and the rest later, from the memory that it was given. */
class SocketSink implements Sink {
  /** What has left. */
  left = ''
  writes = 0
  /** How long a write may be to leave at once. */
  takes = Infinity
  /** How many bytes wait before it is full. */
  limit = 16 * 1024
  private waiting: Buffer[] = []

  get writableLength(): number {
    return this.waiting.reduce((sum, { length }) => sum + length, 0)
  }

  write(bytes: Buffer): boolean {
    this.writes++
    if (this.waiting.length > 0 || this.takes < bytes.length) this.waiting.push(bytes)
    else this.left += bytes.toString('latin1')
    return this.writableLength < this.limit
  }

  end(): void {}

  drain(): void {
    for (const bytes of this.waiting) this.left += bytes.toString('latin1')
    this.waiting = []
  }
}

interface Reading {
  readonly reader: MessageReader<RequestHead>
  readonly socket: MemorySocket
  readonly sink: SocketSink
  readonly heads: readonly RequestHead[]
}

/** When a head is there. */
type Taken = Reading & { readonly head: RequestHead }

/** A reader into memory; by itself it reads one message after another, and passes none on. */
function reading(
  onHead: (self: Taken) => void = () => undefined,
  framed: (head: RequestHead) => Framing | undefined = frame,
  onMessageEnd: (reader: MessageReader<RequestHead>) => void = (reader) => reader.next(),
): Reading {
  const heads: RequestHead[] = []
  const owner: ReaderOwner<RequestHead> = {
    newHead: (buffer, start) => new RequestHead(buffer, start),
    frame: framed,
    onHeadBegun: () => undefined,
    onHead(head) {
      heads.push(head)
      onHead({ ...self, head })
    },
    onMessageEnd: () => onMessageEnd(reader),
    onFin: () => undefined,
    onEof: () => undefined,
    onMalformed(error) {
      throw error
    },
  }
  const reader = new MessageReader(owner)
  const socket = new MemorySocket(reader)
  const self = { reader, socket, sink: new SocketSink(), heads }
  reader.read(socket as unknown as Socket)
  return self
}

/** Passes a message on as calls pass that no layer wants. */
function passed({ head, reader, sink }: Taken): void {
  head.passing = true
  reader.pass(sink)
}

function frame(head: RequestHead): Framing {
  if (head.chunked) return new ChunkedBody()
  return head.contentLength > 0 ? new LengthBody(head.contentLength) : noBody
}

/** A message of so many bytes. */
function exactly(length: number): string {
  const body = 'x'.repeat(length)
  return post(body.slice(post(body).length - length))
}

/** Does what other connections do: reads into all the memory that is free. */
function useFree(): void {
  for (const buffer of free()) buffer.fill('?')
}

function isFree(memory: Buffer): boolean {
  return free().includes(memory)
}

/** What was ever read into here. */
const known = new WeakSet<Buffer>()

/** All memory that is free, of that: at most 16 of each size are ever kept. */
function free(): Buffer[] {
  const taken = [large, medium, small].flatMap((size) => Array.from({ length: 16 }, () => take(size)))
  const found = taken.filter((buffer) => known.has(buffer))
  for (const buffer of found) giveBack(buffer)
  return found
}

function take(size: number): Buffer {
  const buffers = new ReadBuffers()
  while (buffers.current.length < size) buffers.turn(buffers.current.length, true)
  return buffers.current
}
