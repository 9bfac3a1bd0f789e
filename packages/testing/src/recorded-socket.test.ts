import { describe, expect, test } from 'vitest'
import { certificates } from './certificates.js'
import type { RecordedSocket } from './recorded-socket.js'
import { recordingUpstream } from './recording-upstream.js'
import { transcript } from './transcript.js'

const overs = ['unix', 'tcp', 'tls'] as const
type Over = (typeof overs)[number]

interface Pair extends AsyncDisposable {
  client: RecordedSocket
  server: RecordedSocket
}

/** Both ends of one connection, with no script on either. */
async function pair(over: Over, deadline?: number): Promise<Pair> {
  const certs = over === 'tls' ? await certificates() : undefined
  const patience = deadline === undefined ? {} : { deadline }
  const upstream = await recordingUpstream(async () => {}, {
    ...patience,
    ...(certs ? { tls: { cert: certs.cert, key: certs.key } } : { listen: over === 'unix' ? over : 'tcp' }),
  })
  const client = await transcript(upstream.address, { ...patience, ...(certs && { tls: { ca: certs.ca } }) })
  return {
    client,
    server: await upstream.connection(0),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await upstream[Symbol.asyncDispose]()
      await certs?.[Symbol.asyncDispose]()
    },
  }
}

const directions = ['client', 'server'] as const

describe.each(overs)('over %s', (over) => {
  describe.each(directions)('the %s', (mine) => {
    const other = mine === 'client' ? 'server' : 'client'

    test('records exactly the bytes that were sent', async () => {
      await using ends = await pair(over)
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
      await ends[other].send(everyByte)
      await ends[other].send(everyByte.toString('latin1'))
      await ends[mine].bytes(512)
      expect(ends[mine].received).toEqual(Buffer.concat([everyByte, everyByte]))
    })

    test('can end its side and still read', async () => {
      await using ends = await pair(over)
      await ends[mine].send('last words')
      await ends[mine].end()
      expect(String(await ends[other].ended())).toBe('last words')
      await ends[other].send('still here')
      await ends[mine].until('still here')
      expect(ends[mine].isEnded).toBe(false)
      await ends[other].end()
      await Promise.all([ends[mine].closed(), ends[other].closed()])
      expect([ends[mine].error, ends[other].error]).toEqual([undefined, undefined])
    })

    test('sees a large message that is followed by FIN whole', async () => {
      await using ends = await pair(over)
      const large = Buffer.alloc(3_000_000, 'abcdefg')
      const sent = ends[other].send(large)
      void ends[other].end()
      const received = await ends[mine].ended()
      await sent
      expect(received.equals(large)).toBe(true)
      expect(ends[other].sent).toBe(large.length)
    })

    test('tells a peer that closed from one that finished writing', async () => {
      await using ends = await pair(over)
      await ends[other].end()
      await ends[mine].ended()
      await expect(ends[mine].gone({ deadline: 100 })).rejects.toThrow(
        'the peer to refuse what is written to it',
      )
      ends[other].destroy()
      await ends[mine].gone()
      expect(ends[mine].isClosed).toBe(true)
    })

    test('can stall its peer, and go on', async () => {
      await using ends = await pair(over)
      ends[mine].pause()
      const large = Buffer.alloc(30_000_000)
      await expect(ends[other].send(large, { deadline: 200 })).rejects.toThrow('30000000 bytes to be taken')
      ends[mine].resume()
      await ends[mine].bytes(large.length)
    })

    if (over !== 'unix')
      test('sees a reset', async () => {
        await using ends = await pair(over)
        await ends[other].send('.')
        await ends[mine].until('.')
        ends[other].reset()
        await ends[mine].closed()
        expect(ends[mine].wasReset).toBe(true)
        expect(ends[mine].isEnded).toBe(false)
      })

    test('sees a reset where the peer closed before it read everything', async () => {
      await using ends = await pair(over)
      await ends[other].send('.')
      await ends[mine].until('.')
      ends[other].pause()
      await ends[mine].send(Buffer.alloc(100_000))
      ends[other].reset()
      await ends[mine].closed()
      expect(ends[mine].wasReset).toBe(true)
    })
  })
})

describe('reading', () => {
  test('goes on where the last read stopped', async () => {
    await using ends = await pair('unix')
    const { client, server } = ends
    await server.send('one two two one')
    expect(String(await client.until('two'))).toBe('one two')
    expect(String(await client.until(/t\w+/g))).toBe(' two')
    expect(String(await client.bytes(2))).toBe(' o')
    expect(client.cursor).toBe(13)
    expect(String(await client.until((unread) => unread.length === 2))).toBe('ne')
    expect(client.unread).toHaveLength(0)
    expect(client.receivedText).toBe('one two two one')
  })

  test('head after head', async () => {
    await using ends = await pair('unix')
    await ends.client.send('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\nA: b\r\n\r\n')
    expect(await ends.server.head()).toBe('GET /1 HTTP/1.1\r\n\r\n')
    expect(await ends.server.head()).toBe('GET /2 HTTP/1.1\r\nA: b\r\n\r\n')
  })

  test('finds what comes in pieces', async () => {
    await using ends = await pair('unix')
    const found = ends.server.until('needle')
    for (const piece of ['hay nee', 'd', 'le hay']) await ends.client.send(piece)
    expect(String(await found)).toBe('hay needle')
  })

  test('for await gives the bytes as they come, to the end', async () => {
    await using ends = await pair('unix')
    await ends.client.send('all of ')
    await ends.client.send('it')
    await ends.client.end()
    let text = ''
    for await (const bytes of ends.server) text += String(bytes)
    expect(text).toBe('all of it')
  })
})

describe('a wait that cannot be', () => {
  test('fails at its deadline, and shows what came', async () => {
    await using ends = await pair('unix')
    await ends.server.send('HTTP/1.1 400 Bad Request\r\nA: \x01\r\n\r\nno')
    await ends.client.until('no')
    await expect(ends.client.until('HTTP/1.1 200', { deadline: 50 })).rejects.toThrow(
      [
        'waited 0.05 s for "HTTP/1.1 200"; received 36 bytes:',
        '  HTTP/1.1 400 Bad Request\\r\\n',
        '  A: \\x01\\r\\n',
        '  \\r\\n',
        '  no',
      ].join('\n'),
    )
  })

  test('says so when nothing came', async () => {
    await using ends = await pair('unix', 50)
    await expect(ends.client.bytes(3)).rejects.toThrow('waited 0.05 s for 3 bytes; nothing was received')
    await expect(ends.client.ended()).rejects.toThrow(
      "waited 0.05 s for the peer's FIN; nothing was received",
    )
  })

  test('fails at once when the peer has ended', async () => {
    await using ends = await pair('unix')
    const head = ends.client.head()
    await ends.server.send('HTTP')
    await ends.server.end()
    await expect(head).rejects.toThrow(
      'the peer ended its side before the end of a head; received 4 bytes:\n  HTTP',
    )
  })

  test('fails at once when the connection was reset', async () => {
    await using ends = await pair('tcp')
    const end = ends.client.ended()
    ends.server.reset()
    await expect(end).rejects.toThrow(
      "the connection failed (ECONNRESET) before the peer's FIN; nothing was received",
    )
    await expect(ends.client.send('late')).rejects.toThrow('before 4 bytes to be taken')
  })

  test('points at the line that waited', async () => {
    await using ends = await pair('unix')
    const error = await ends.client.bytes(1, { deadline: 10 }).catch((reason: unknown) => reason)
    expect((error as Error).stack?.split('\n')[1]).toContain('recorded-socket.test.ts')
  })

  test('text that is no latin1 is refused rather than cut', async () => {
    await using ends = await pair('unix')
    expect(() => ends.client.send('5 €')).toThrow(
      '"€" is no latin1 character: pass Buffer.from(text) to send it as UTF-8.',
    )
  })
})
