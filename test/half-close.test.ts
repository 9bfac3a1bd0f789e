import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { attach, byHand, hijacked, meanwhile, nobodyLeft, plainAttach, upgraded } from './docker-calls.js'
import { everyWay, setUp, stacks } from './matrix.js'
import { sendUntilStuck } from './stuck.js'

const forms = [
  { form: 'with Upgrade', call: attach, reply: upgraded },
  { form: 'without Upgrade', call: plainAttach, reply: hijacked },
]

describe.each(everyWay)('the two halves of a tunnel end apart, over $transport with $stack', (way) => {
  describe.each(forms)('$form', ({ call, reply }) => {
    it("output still arrives after stdin's end", async () => {
      const output = randomBytes(300_000)
      await using to = await setUp(way, byHand)
      await using client = await to.client()
      await client.send(call)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(reply)
      await client.head()
      await client.send('stdin')
      await client.end()
      expect((await engine.ended()).toString()).toBe('stdin')
      await engine.send(output)
      await engine.end()
      expect((await client.ended()).equals(output)).toBe(true)
      await engine.closed()
      await nobodyLeft(to)
    })

    it("stdin still arrives after the output's end", async () => {
      const input = randomBytes(300_000)
      await using to = await setUp(way, byHand)
      await using client = await to.client()
      await client.send(call)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(`${reply}output`)
      await engine.end()
      await client.head()
      expect((await client.ended()).toString()).toBe('output')
      await client.send(input)
      await client.end()
      expect((await engine.ended()).equals(input)).toBe(true)
      await client.closed()
      await nobodyLeft(to)
    })

    it('stdin may have ended before the reply', async () => {
      await using to = await setUp(way, byHand)
      await using client = await to.client()
      await client.send(`${call}early`)
      await client.end()
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(reply)
      expect((await engine.ended()).toString()).toBe('early')
      await engine.send('output')
      await engine.end()
      await client.head()
      expect((await client.ended()).toString()).toBe('output')
    })

    it('without any stdin too', async () => {
      await using to = await setUp(way, byHand)
      await using client = await to.client()
      await client.send(call)
      await client.end()
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(reply)
      expect((await engine.ended()).toString()).toBe('')
      await engine.send('output')
      await engine.end()
      await client.head()
      expect((await client.ended()).toString()).toBe('output')
    })
  })
})

// Over TCP, what is sent to an engine that has closed resets the connection, with all that was under way.
describe.each(stacks)('an engine that closes while the client still sends, with %s', (stack) => {
  it('all that it has said arrives', async () => {
    await using to = await setUp({ transport: 'unix', stack }, byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    await client.head()
    client.pause()
    const said = await sendUntilStuck(engine, to, () => randomBytes(16_384))
    engine.destroy()
    for (let n = 0; n < 3; n++) {
      await client.send('stdin')
      await meanwhile(to)
    }
    client.resume()
    const heard = await client.closed()
    expect(heard.length).toBeGreaterThanOrEqual(said)
  })

  it('all that it has said arrives, before it is seen that it never read what it was sent', async () => {
    await using to = await setUp({ transport: 'unix', stack }, byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    engine.pause()
    await engine.send(upgraded)
    await client.head()
    client.pause()
    await client.send(Buffer.alloc(500_000))
    const said = await sendUntilStuck(engine, to, () => randomBytes(16_384))
    engine.destroy()
    await meanwhile(to)
    client.resume()
    const heard = await client.closed()
    expect(heard.length).toBeGreaterThanOrEqual(said)
  })
})
