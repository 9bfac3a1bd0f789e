import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Framing } from './framing.js'
import { ChunkedBody, LengthBody, noBody, UntilCloseBody } from './framing.js'
import { RequestHead } from './request-head.js'
import type { Malformed } from './malformed.js'
import type { ReaderOwner } from './reader.js'
import type { Sink } from './sink.js'
import { MessageReader } from './reader.js'

const get = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'
const post = 'POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'
const put = 'PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
const chunks = '3;x\r\nhel\r\n2\r\nlo\r\n0\r\nA: b\r\n\r\n'

describe('a message', () => {
  test('is passed on in one write where it came in one read, and the next is not read until it is asked for', () => {
    const { socket, told, reader } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    socket.sends(`${post}hello${get}`)
    expect(told).toEqual(['head POST /b', `write ${post}hello`, 'message end'])
    reader.next()
    expect(told.slice(3)).toEqual(['head GET /a', `write ${get}`, 'message end'])
  })

  test('is passed on as it comes', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    socket.sends(post.slice(0, 9), `${post.slice(9)}he`, 'l', `lo${get}`)
    expect(told).toEqual([
      'head begun',
      'head POST /b',
      `write ${post}he`,
      'write l',
      'write lo',
      'message end',
    ])
  })

  test('is passed on later too: its head with what came of its body, and the rest', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(`${post}he`)
    expect(told).toEqual(['head POST /b'])
    reader.pass(sink)
    socket.sends('llo')
    expect(told.slice(1)).toEqual([`write ${post}he`, 'write llo', 'message end'])
  })

  test('without a body is complete once it was taken, not before', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(get)
    expect(told).toEqual(['head GET /a'])
    reader.pass(sink)
    expect(told.slice(1)).toEqual([`write ${get}`, 'message end'])
  })

  test('gives the content of its body, and its end', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.passContent(self.sink) })
    socket.sends(put + chunks + get)
    expect(told).toEqual(['head PUT /c', 'write hel', 'write lo', 'end', 'message end'])
  })

  test('gives the content that was held, later', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(put + chunks.slice(0, 12))
    reader.passContent(sink)
    socket.sends(chunks.slice(12))
    expect(told).toEqual(['head PUT /c', 'write hel', 'write lo', 'end', 'message end'])
  })

  test('without a body has no content but an end', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.passContent(self.sink) })
    socket.sends(get)
    expect(told).toEqual(['head GET /a', 'end', 'message end'])
  })

  test('that somebody took may lose the rest of its body to somebody else', () => {
    const { socket, told, reader } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    socket.sends(`${put}3\r\nhe`)
    reader.passContent({
      write: (bytes) => told.push(`drop ${bytes.toString()}`) > 0,
      end: () => told.push('dropped'),
    })
    socket.sends('l\r\n2\r\nlo\r\n0\r\n\r\n')
    expect(told).toEqual([
      'head PUT /c',
      `write ${put}3\r\nhe`,
      'drop l',
      'drop lo',
      'dropped',
      'message end',
    ])
  })

  test('counts by the bytes that were passed on', () => {
    for (const later of [false, true]) {
      const { socket, reader, sink } = reading({ onHead: (self) => later || self.reader.pass(self.sink) })
      socket.sends(`${post}he`, 'llo')
      if (later) reader.pass(sink)
      expect(reader.passed).toBe(post.length + 5)
    }
  })

  test('may be one of many that came in one read', () => {
    let messages = 0
    const { socket, told } = reading({
      onHead: (self) => self.reader.pass(self.sink),
      onMessageEnd(self) {
        messages++
        self.reader.next()
      },
    })
    socket.sends(get.repeat(20_000)).fin()
    expect(messages).toBe(20_000)
    expect(told.at(-1)).toBe('eof')
  })

  test('may come byte by byte, and costs no more then', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    const head = `GET /a HTTP/1.1\r\nHost: a\r\nX-Registry-Auth: ${'a'.repeat(512 * 1024)}\r\n\r\n`
    // Read or copied anew with every byte, this would take minutes.
    for (const octet of head.split('')) socket.sends(octet)
    expect(told).toEqual(['head begun', 'head GET /a', `write ${head}`, 'message end'])
  })

  test('may follow heads that are no message of their own, as 1xx replies are', () => {
    const { socket, told } = reading({
      frame: (head) => (head.target === '/a' ? undefined : frame(head)),
      onHead: (self) => self.reader.pass(self.sink),
    })
    socket.sends(get.slice(0, 5), get.slice(5) + get, `${get}${post}hello`)
    expect(told).toEqual(['head begun', 'head POST /b', `write ${post}hello`, 'message end'])
  })
})

describe('head and body together', () => {
  test('are one write, however they come', () => {
    for (const late of [false, true])
      for (const text of [`${post}hello`, put + chunks])
        for (let cut = 1; cut < text.length; cut++) {
          const { socket, told, reader, sink } = reading({
            onHead: (self) => late || self.reader.pass(self.sink, true),
          })
          socket.sends(text.slice(0, cut), text.slice(cut))
          if (late) reader.pass(sink, true)
          expect(told.slice(-2), `cut at ${cut}`).toEqual([`write ${text}`, 'message end'])
        }
  })

  test('are one write byte by byte, behind other messages and before others', () => {
    const { socket, told } = reading({
      onHead: (self) => self.reader.pass(self.sink, true),
      onMessageEnd: (self) => self.reader.next(),
    })
    socket.sends(`${get}${post}h`, 'e', 'l', 'l', `o${put}`, ...chunks.slice(0, -1).split(''), `\n${get}`)
    expect(told.filter((line) => line.startsWith('write'))).toEqual([
      `write ${get}`,
      `write ${post}hello`,
      `write ${put}${chunks}`,
      `write ${get}`,
    ])
  })

  test('are one write with what was held until somebody took them', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(`${get}${post}he`)
    reader.pass(sink, true)
    reader.next()
    reader.pass(sink, true)
    socket.sends(`llo${get}`)
    expect(told).toEqual([
      'head GET /a',
      `write ${get}`,
      'message end',
      'head POST /b',
      `write ${post}hello`,
      'message end',
    ])
  })

  test('are gathered up to 64 KiB, and then go on as they come', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.pass(self.sink, true) })
    const length = 64 * 1024
    const head = `POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`
    const most = 'x'.repeat(length - head.length)
    socket.sends(head, most)
    expect(told).toEqual(['head POST /b'])
    socket.sends('y', 'z')
    expect(told.slice(1)).toEqual([`write ${head}${most}y`, 'write z'])
  })

  test('go as far as they came where the peer ends inside of them', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.pass(self.sink, true) })
    socket.sends(`${post}he`).fin()
    expect(told).toEqual(['head POST /b', 'fin', `write ${post}he`, 'eof inside'])
  })

  test('are gathered no more once the content goes elsewhere', () => {
    const { socket, told, reader, sink } = reading({
      onHead: (self) => self.reader.pass(self.sink, true),
    })
    socket.sends(put)
    reader.passContent(sink)
    socket.sends('3\r\nhel\r\n')
    expect(told).toEqual(['head PUT /c', 'write hel'])
    expect(reader.passed).toBe(8)
  })
})

describe('reading stops', () => {
  test('while one read of a body is held that nobody takes, and goes on when it is taken', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(`${post}h`, 'ello')
    expect(socket).toMatchObject({ paused: true, waiting: ['ello'] })
    reader.pass(sink)
    expect(socket).toMatchObject({ paused: false, waiting: [] })
    expect(told.slice(1)).toEqual([`write ${post}h`, 'write ello', 'message end'])
  })

  test('while the next message is held, and goes on when it is asked for', () => {
    const { socket, told, reader } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    socket.sends(get + get.slice(0, 4), get.slice(4))
    expect(socket).toMatchObject({ paused: true, waiting: [get.slice(4)] })
    reader.next()
    expect(socket).toMatchObject({ paused: false, waiting: [] })
    expect(told.slice(3)).toEqual(['head begun', 'head GET /a', `write ${get}`, 'message end'])
  })

  test('while the sink is full, and goes on when it has room', () => {
    const room = [false, true]
    const { socket, told, reader } = reading({
      onHead: (self) => self.reader.pass(self.sink),
      room: () => room.shift() ?? true,
    })
    socket.sends(`${post}h`, 'e', `llo`)
    expect(told).toEqual(['head POST /b', `write ${post}h`])
    expect(socket).toMatchObject({ paused: true, waiting: ['e', 'llo'] })
    reader.resume()
    expect(told.slice(2)).toEqual(['write e', 'write llo', 'message end'])
    expect(socket.paused).toBe(false)
  })

  test('while the sink of a content is full, though one read of chunks is all given', () => {
    const { socket, told, reader } = reading({
      onHead: (self) => self.reader.passContent(self.sink),
      room: () => false,
    })
    socket.sends(put + chunks.slice(0, -2), '\r\n')
    expect(told).toEqual(['head PUT /c', 'write hel', 'write lo'])
    expect(socket.paused).toBe(true)
    reader.resume()
    expect(told.slice(3)).toEqual(['end', 'message end'])
  })

  test('while the sink of the message before is full', () => {
    const { socket, told, reader } = reading({
      onHead: (self) => self.reader.pass(self.sink),
      onMessageEnd: (self) => self.reader.next(),
      room: () => false,
    })
    socket.sends(get + get, get)
    expect(told).toEqual(['head GET /a', `write ${get}`, 'message end'])
    reader.resume()
    expect(told.slice(3)).toEqual(['head GET /a', `write ${get}`, 'message end'])
    expect(socket).toMatchObject({ paused: true, waiting: [get] })
  })

  test('not because of a full sink that another took the place of', () => {
    const { socket, told, reader } = reading({
      onHead: (self) => self.reader.pass(self.sink),
      room: (self) => {
        self.reader.discard()
        return false
      },
    })
    socket.sends(`${post}he`, 'llo')
    expect(socket).toMatchObject({ paused: false, waiting: [] })
    expect(told).toEqual(['head POST /b', `write ${post}he`])
    expect(reader.ended).toBe(false)
  })

  test('not while nothing is held: a peer that leaves is noticed', () => {
    const { socket, told } = reading()
    socket.sends(post)
    expect(socket.paused).toBe(false)
    socket.fin()
    expect(told).toEqual(['head POST /b', 'fin'])
  })
})

describe('the end of the connection', () => {
  const passing: Partial<Script> = { onHead: (self) => self.reader.pass(self.sink) }

  test('before any head, between messages and inside of a head', () => {
    for (const [sent, whole] of [
      ['', 'eof'],
      [get, 'eof'],
      [get.slice(0, 1), 'eof inside'],
      [get + get.slice(0, -1), 'eof inside'],
    ] as const) {
      const { socket, told, reader } = reading({ ...passing, onMessageEnd: (self) => self.reader.next() })
      socket.sends(sent).fin()
      expect(told.at(-1), sent).toBe(whole)
      expect(told).toContain('fin')
      expect(reader.ended).toBe(true)
    }
  })

  test('inside of a body', () => {
    const { socket, told } = reading(passing)
    socket.sends(`${post}he`).fin()
    expect(told.slice(1)).toEqual([`write ${post}he`, 'fin', 'eof inside'])
  })

  test('inside of a body that nobody takes is told when somebody does', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(post).fin()
    expect(told).toEqual(['head POST /b', 'fin'])
    expect(reader.ended).toBe(false)
    reader.pass(sink)
    expect(told.slice(2)).toEqual([`write ${post}`, 'eof inside'])
  })

  test('behind a message that nobody takes is told when somebody did', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(get).fin()
    expect(told).toEqual(['head GET /a', 'fin'])
    reader.pass(sink)
    expect(told.slice(2)).toEqual([`write ${get}`, 'message end', 'eof'])
  })

  test('behind messages that wait is told after them', () => {
    const { socket, told, reader } = reading(passing)
    socket.sends(get + get).fin()
    expect(told).toEqual(['head GET /a', `write ${get}`, 'message end'])
    reader.next()
    expect(told.slice(3)).toEqual(['head GET /a', `write ${get}`, 'message end', 'fin', 'eof'])
  })

  test('behind a full sink is told when it has room', () => {
    const { socket, told, reader } = reading({ ...passing, room: () => false })
    socket.sends(`${post}he`)
    socket.emit('end')
    expect(told.slice(1)).toEqual([`write ${post}he`, 'fin'])
    reader.resume()
    expect(told.slice(3)).toEqual(['eof inside'])
  })

  test('is the end of a body that has no other', () => {
    for (const take of ['pass', 'passContent'] as const) {
      const { socket, told } = reading({
        frame: () => new UntilCloseBody(),
        onHead: (self) => self.reader[take](self.sink),
      })
      socket.sends(`${get}he`, 'llo').fin()
      expect(told).toEqual(
        take === 'pass'
          ? ['head GET /a', `write ${get}he`, 'write llo', 'fin', 'message end', 'eof']
          : ['head GET /a', 'write he', 'write llo', 'fin', 'end', 'message end', 'eof'],
      )
    }
  })

  test('is told once', () => {
    const { socket, told, reader } = reading(passing)
    socket.sends(get).fin()
    reader.next()
    reader.resume()
    expect(told.filter((line) => line.startsWith('eof'))).toEqual(['eof'])
  })
})

describe('a malformed message', () => {
  test('is told after all that came before it, and nothing of it is passed on', () => {
    const { socket, told } = reading({
      onHead: (self) => self.reader.pass(self.sink),
      onMessageEnd: (self) => self.reader.next(),
    })
    socket.sends(`${post}hello${get.replace('Host:', 'Host :')}${get}`, get).fin()
    expect(told).toEqual([
      'head POST /b',
      `write ${post}hello`,
      'message end',
      'malformed has white space before the colon of a field',
    ])
  })

  test('is told in its body, of which nothing is passed on from the read that is wrong', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    socket.sends(put, '3\r\nhel\r\n', '2\r\nlo\r\n0\n\r\n', get)
    expect(told).toEqual([
      'head PUT /c',
      `write ${put}`,
      'write 3\r\nhel\r\n',
      'malformed has an invalid chunk size line',
    ])
  })

  test('may be answered, while the rest is read and forgotten', () => {
    const { socket, told, reader } = reading({ onMalformed: (self) => self.reader.discard() })
    socket.sends('GET /\n\n', get).fin()
    expect(told).toEqual(['malformed has an invalid request line', 'fin', 'eof'])
    expect(reader.ended).toBe(true)
  })
})

describe('a tunnel', () => {
  test('passes on all that follows the head, and its end', () => {
    const { socket, told } = reading({ onHead: (self) => self.reader.tunnel(self.sink) })
    socket.sends(`${post}he`, 'llo', get).fin()
    expect(told).toEqual(['head POST /b', 'write he', 'write llo', `write ${get}`, 'fin', 'end', 'eof'])
  })

  test('passes on what was held until it was opened', () => {
    const { socket, told, reader, sink } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    socket.sends(`${post}hellostdin`, 'more')
    expect(told).toEqual(['head POST /b', `write ${post}hello`, 'message end'])
    reader.tunnel(sink)
    expect(told.slice(3)).toEqual(['write stdin', 'write more'])
  })

  test('that opens behind the end ends at once', () => {
    const { socket, told, reader, sink } = reading({ onHead: (self) => self.reader.pass(self.sink) })
    socket.sends(`${post}hello`).fin()
    reader.tunnel(sink)
    expect(told.slice(2)).toEqual(['message end', 'fin', 'eof', 'end'])
  })

  test('takes the place of a body that was gathered', () => {
    const { socket, told, reader, sink } = reading({
      onHead: (self) => self.reader.pass(self.sink, true),
      room: () => false,
    })
    socket.sends(post)
    reader.tunnel(sink)
    socket.sends('a', 'b')
    expect(told).toEqual(['head POST /b', 'write a'])
    expect(socket).toMatchObject({ paused: true, waiting: ['b'] })
  })

  test('waits for a full sink, and ends behind it', () => {
    const { socket, told, reader } = reading({
      onHead: (self) => self.reader.tunnel(self.sink),
      room: () => false,
    })
    socket.sends(`${get}a`, 'b').fin()
    expect(told).toEqual(['head GET /a', 'write a'])
    reader.resume()
    expect(told.slice(2)).toEqual(['write b'])
    reader.resume()
    expect(told.slice(3)).toEqual(['fin', 'end', 'eof'])
  })
})

describe('a reader that is stopped', () => {
  test('tells nothing any more, and reads on to see the connection close', () => {
    const { socket, told, reader, sink } = reading()
    socket.sends(`${post}he`)
    reader.stop()
    reader.pass(sink)
    told.length = 0
    reader.next()
    reader.stop()
    socket.sends('llo', get).fin()
    expect(told).toEqual([])
  })

  test('while it passes something on, does nothing more', () => {
    for (const take of ['pass', 'passContent'] as const) {
      const { socket, told } = reading({
        onHead: (self) => self.reader[take](self.sink),
        room: (self) => {
          self.reader.stop()
          return false
        },
      })
      socket.sends(`${post}hello${get}`, get).fin()
      expect(told).toEqual(['head POST /b', take === 'pass' ? `write ${post}hello` : 'write hello'])
    }
  })
})

test('messages are read alike however they are cut, taken, held up and asked for', () => {
  const content = fc.string({ unit: 'binary-ascii', maxLength: 60 })
  const message = fc
    .record({
      pieces: fc.array(content, { maxLength: 3 }),
      framing: fc.constantFrom('none', 'length', 'chunked'),
      trailer: fc.boolean(),
      take: fc.constantFrom('pass', 'gather', 'passContent'),
      takenLate: fc.boolean(),
      nextLate: fc.boolean(),
    })
    .map(encode)
  const run = fc.record({
    messages: fc.array(message, { minLength: 1, maxLength: 6 }),
    cuts: fc.array(fc.nat(1500), { maxLength: 12 }),
    room: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
    later: fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
  })
  fc.assert(
    fc.property(run, ({ messages, cuts, room, later }) => {
      const rooms = cycle(room)
      const turns = cycle(later)
      const pending: (() => void)[] = []
      const passed: { writes: string[]; ended: boolean }[] = []
      const self = reading({
        onHead({ reader }) {
          const { take, takenLate } = messages[passed.length]!
          const writes: string[] = []
          const out = { writes, ended: false }
          passed.push(out)
          const sink: Sink = {
            write(bytes) {
              writes.push(bytes.toString('latin1'))
              const more = rooms()
              if (!more) pending.push(() => reader.resume())
              return more
            },
            end: () => (out.ended = true),
          }
          const taken = () =>
            take === 'passContent' ? reader.passContent(sink) : reader.pass(sink, take === 'gather')
          if (takenLate) pending.push(taken)
          else taken()
        },
        onMessageEnd({ reader }) {
          if (messages[passed.length - 1]!.nextLate) pending.push(() => reader.next())
          else reader.next()
        },
      })
      const parts = cutAt(messages.map(({ text }) => text).join(''), cuts)
      while (parts.length + pending.length > 0) {
        if (parts.length === 0 || (pending.length > 0 && turns())) pending.shift()!()
        else self.socket.sends(parts.shift()!)
        if (parts.length === 0 && pending.length === 0 && !self.socket.ended) self.socket.fin()
      }
      expect(passed.map(({ writes }) => writes.join(''))).toEqual(messages.map((sent) => sent.expected))
      expect(passed.map(({ ended }) => ended)).toEqual(messages.map(({ take }) => take === 'passContent'))
      for (const [index, { take }] of messages.entries())
        if (take === 'gather') expect(passed[index]!.writes).toHaveLength(1)
      expect(self.told.at(-1)).toBe('eof')
      expect(self.socket).toMatchObject({ paused: false, waiting: [] })
    }),
    { numRuns: 1000 },
  )
})

describe('over a real socket', () => {
  test('a body that nobody takes stays with its sender, and comes whole when somebody does', async () => {
    await using pair = await connected()
    const { client, server } = pair
    const self = reading({ onMessageEnd: () => server.emit('message end') }, server)
    const body = Buffer.alloc(8 * 1024 * 1024, 'abcdefg')
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`)
    client.write(body)
    while (!server.isPaused()) await turn()
    const held = server.bytesRead
    expect(held).toBeLessThan(256 * 1024)
    for (let turns = 0; turns < 20; turns++) await turn()
    expect(server.bytesRead).toBe(held)

    const received: Buffer[] = []
    self.reader.passContent({ write: (bytes) => received.push(bytes) > 0, end: () => undefined })
    await once(server, 'message end')
    expect(Buffer.concat(received).equals(body)).toBe(true)
  })

  test('a peer that leaves is noticed while its message waits', async () => {
    await using pair = await connected()
    const { client, server } = pair
    const { told } = reading({ onHead: () => client.end() }, server)
    client.write(get)
    await once(server, 'end')
    expect(told).toEqual(['head GET /a', 'fin'])
  })
})

/** A socket that is given what it reads: at once while it flows, later where it is paused. */
class ScriptedSocket extends EventEmitter {
  paused = false
  ended = false
  readonly waiting: string[] = []

  sends(...parts: string[]): this {
    this.waiting.push(...parts)
    this.flow()
    return this
  }

  fin(): this {
    this.ended = true
    this.flow()
    return this
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
    this.flow()
  }

  private flow(): void {
    while (!this.paused && this.waiting.length > 0) {
      const part = this.waiting.shift()!
      if (part !== '') this.emit('data', Buffer.from(part, 'latin1'))
    }
    if (this.paused || !this.ended || this.waiting.length > 0) return
    this.emit('end')
    this.removeAllListeners()
  }
}

interface Script {
  frame(head: RequestHead): Framing | undefined
  onHead(self: Reading): unknown
  onMessageEnd(self: Reading): void
  onMalformed(self: Reading): void
  /** Whether the sink has room for more after a write. */
  room(self: Reading): boolean
}

/** A reader, what it reads from, and what it has told. */
interface Reading {
  readonly socket: ScriptedSocket
  readonly told: string[]
  readonly sink: Sink
  readonly reader: MessageReader<RequestHead>
}

function reading(script: Partial<Script> = {}, socket?: Socket): Reading {
  const told: string[] = []
  const sink: Sink = {
    write(bytes) {
      told.push(`write ${bytes.toString('latin1')}`)
      return script.room?.(self) ?? true
    },
    end: () => told.push('end'),
  }
  const owner: ReaderOwner<RequestHead> = {
    newHead: (buffer, start) => new RequestHead(buffer, start),
    frame: (head) => (script.frame ?? frame)(head),
    onHeadBegun: () => told.at(-1) === 'head begun' || told.push('head begun'),
    onHead(head) {
      told.push(`head ${head.method} ${head.target}`)
      script.onHead?.(self)
    },
    onMessageEnd() {
      told.push('message end')
      script.onMessageEnd?.(self)
    },
    onFin: () => told.push('fin'),
    onEof: (whole) => told.push(whole ? 'eof' : 'eof inside'),
    onMalformed(error: Malformed) {
      told.push(`malformed ${error.message}`)
      script.onMalformed?.(self)
    },
  }
  const scripted = new ScriptedSocket()
  const reader = new MessageReader(owner)
  reader.read(socket ?? (scripted as unknown as Socket))
  const self = { socket: scripted, told, sink, reader }
  return self
}

function frame(head: RequestHead): Framing {
  if (head.chunked) return new ChunkedBody()
  return head.contentLength > 0 ? new LengthBody(head.contentLength) : noBody
}

interface Plan {
  readonly pieces: string[]
  readonly framing: string
  readonly trailer: boolean
  readonly take: string
  readonly takenLate: boolean
  readonly nextLate: boolean
}

/** The message as it is sent, and what must be passed on of it. */
function encode(plan: Plan): Plan & { text: string; expected: string } {
  const content = plan.framing === 'none' ? '' : plan.pieces.join('')
  const fields = {
    none: '',
    length: `Content-Length: ${content.length}\r\n`,
    chunked: 'Transfer-Encoding: chunked\r\n',
  }
  const last = `0\r\n${plan.trailer ? 'A: b\r\n' : ''}\r\n`
  const inChunks = plan.pieces
    .filter((piece) => piece !== '')
    .map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`)
  const body = plan.framing === 'chunked' ? [...inChunks, last].join('') : content
  const text = `PUT /x HTTP/1.1\r\nHost: a\r\n${fields[plan.framing as keyof typeof fields]}\r\n${body}`
  return { ...plan, text, expected: plan.take === 'passContent' ? content : text }
}

function cutAt(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].toSorted(
    (a, b) => a - b,
  )
  return at.slice(1).map((end, index) => text.slice(at[index], end))
}

/** These values in turn, then true. */
function cycle(values: readonly boolean[]): () => boolean {
  let index = 0
  return () => values[index++] ?? true
}

/** The two ends of a connection over a Unix socket. */
async function connected(): Promise<AsyncDisposable & { client: Socket; server: Socket }> {
  const folder = await mkdtemp(join(tmpdir(), 'reader-'))
  const listener = createServer({ allowHalfOpen: true }).listen(join(folder, 'socket'))
  await once(listener, 'listening')
  const client = connect(join(folder, 'socket'))
  const [server] = (await once(listener, 'connection')) as [Socket]
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      client.destroy()
      server.destroy()
      listener.close()
      await once(listener, 'close')
      await rm(folder, { recursive: true })
    },
  }
}
