import { answer } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { byHand, ok, ping, response, upgrade } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'
import { chunked, create, expectRefusal, host, lines, received, sendInPieces, smuggled } from './refusal.js'

/** A chunk that is fine, and those that end elsewhere for another parser. */
const good = '2\r\n{}\r\n'
const hostileChunks = {
  'a size that overflows': '10000000000000002\r\n{}\r\n',
  'a size with a sign': '+2\r\n{}\r\n',
  'a size with 0x': '0x2\r\n{}\r\n',
  'a size behind a space': ' 2\r\n{}\r\n',
  'no size': '\r\n{}\r\n',
  'a size that ends in LF': '2\n{}\r\n',
  'an extension that ends in LF': '2;x\n{}\r\n',
  'a quoted LF in an extension': '2;x="\n"\r\n{}\r\n',
  'an extension without an end': `2;${'x'.repeat(5000)}\r\n{}\r\n`,
  'data longer than its size': '2\r\n{}}\r\n',
  'data without CR': '2\r\n{}\n',
  'an end in LF': '0\r\n\n',
  'a length in the trailers': '0\r\nContent-Length: 2\r\n\r\n',
  'a trailer that ends in LF': '0\r\nX: x\n\r\n',
  'a folded trailer': '0\r\nX: x\r\n y\r\n\r\n',
  'trailers without an end': `0\r\n${'X: x\r\n'.repeat(1000)}\r\n`,
}

describe.each(everyWay)('a request over $transport with $stack', (way) => {
  it.each(Object.entries(hostileChunks))(
    'whose chunks have %s is refused, and the engine runs nothing',
    async (_what, bad) => {
      await using to = await setUp(way, answer(ok))
      const call = lines(create, host, chunked) + good
      await using first = await to.client()
      await first.send(call)
      await sendInPieces(first, bad)
      await expectRefusal(first, 400)
      await using second = await to.client()
      await second.send(ping + call + bad + smuggled)
      expect((await second.response()).raw.toString()).toBe(ok)
      await expectRefusal(second, 400)
      for (const connection of to.upstream.connections) await connection.closed()
      expect(to.upstream.requests.map(({ raw }) => raw.toString())).toEqual([ping])
      for (const text of received(to)) expect(beginsOneOf(text, [call + bad, ping + call + bad])).toBe(true)
    },
  )

  it('that hijacks, with such chunks, goes nowhere: head and body wait for each other', async () => {
    await using to = await setUp(way, answer(ok))
    await using client = await to.client()
    await client.send(lines('POST /exec/3fa1/start HTTP/1.1', host, ...upgrade, chunked) + good)
    await client.send(`2\n{}\r\n0\r\n\r\n${smuggled}`)
    await expectRefusal(client, 400)
    for (const connection of to.upstream.connections) expect(await connection.closed()).toHaveLength(0)
  })

  it('whose chunks go wrong once the reply has begun ends the connection, and nothing is added to the reply', async () => {
    await using to = await setUp(way, byHand)
    await using client = await to.client()
    await client.send(lines(create, host, chunked) + good)
    const engine = await to.upstream.connection(0)
    await engine.until('{}')
    const half = response('200 OK', 'half', ['Content-Length: 8'])
    await engine.send(half)
    await client.until('half')
    await client.send(`2\n{}\r\n0\r\n\r\n${smuggled}`)
    await client.closed()
    await engine.closed()
    expect(client.receivedText).toBe(half)
    expect(engine.receivedText).not.toContain('\n{}\r\n0')
  })
})

/** No more of any of these was sent on than the part before what is wrong. */
function beginsOneOf(text: string, all: readonly string[]): boolean {
  return all.some((one) => one.length > text.length && one.startsWith(text))
}
