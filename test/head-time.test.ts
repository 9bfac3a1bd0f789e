import type { Transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { attach, byHand, ok, ping, request, upgraded } from './docker-calls.js'
import { everyWay, setUp } from './matrix.js'
import type { Setup } from './matrix.js'

/** Long enough for a call to come in time on a busy machine. */
const options = { headTimeout: 400 }

describe.each(everyWay)('the time for a head, over $transport with $stack', (way) => {
  it('ends a connection that says nothing, and one that does not finish what it says', async () => {
    await using to = await setUp(way, byHand, options)
    await using silent = await to.client()
    await using begun = await to.client()
    await begun.send(ping.slice(0, -1))
    await using endless = await to.client()
    await using second = await to.client()
    await answered(to, second)
    await second.send(ping.slice(0, 1))
    await Promise.all([silent, begun, second].map((client) => ended(client)))
    await trickled(endless)
    await (await to.upstream.connection(0)).closed()
    expect(to.upstream.connections.map(({ receivedText }) => receivedText)).toEqual([ping])
  })

  it('is no time for anything else: not for a body, a reply, a tunnel, or the next call', async () => {
    await using to = await setUp(way, byHand, options)
    await using idle = await to.client()
    await answered(to, idle)
    await using waiting = await to.client()
    await waiting.send(ping)
    const waitedFor = await to.upstream.connection(1)
    await waitedFor.request()
    await using sending = await to.client()
    const upload = request('POST /build', [], 'a tar')
    await sending.send(upload.slice(0, -1))
    const sentTo = await to.upstream.connection(2)
    await sentTo.until('a ta')
    await using tunnelling = await to.client()
    await tunnelling.send(attach)
    const tunnelled = await to.upstream.connection(3)
    await tunnelled.request()
    await tunnelled.send(upgraded)
    await tunnelling.head()

    await using silent = await to.client()
    await ended(silent)

    await answered(to, idle)
    await waitedFor.send(ok)
    expect((await waiting.response()).raw.toString()).toBe(ok)
    await sending.send(upload.slice(-1))
    await sentTo.until('r')
    await sentTo.send(ok)
    expect((await sending.response()).raw.toString()).toBe(ok)
    await tunnelling.send('stdin')
    await tunnelled.until('stdin')
  })
})

/** A call there and back, by the engine's first connection. */
async function answered(to: Setup, client: Transcript): Promise<void> {
  await client.send(ping)
  const engine = await to.upstream.connection(0)
  await engine.request()
  await engine.send(ok)
  await client.response()
}

/** Our FIN, and not a word: there is no call that it could answer. */
async function ended(client: Transcript): Promise<void> {
  expect((await client.closed()).toString()).toBe('')
}

/** Sends a head that has no end, bit by bit, for as long as it is taken. */
async function trickled(client: Transcript): Promise<void> {
  await client.send('GET /')
  while (!client.isEnded) await client.send('x')
  await ended(client)
}
