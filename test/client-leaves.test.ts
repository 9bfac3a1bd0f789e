import type { CallRecord, ErrorReport } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import type { Transcript } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import {
  attach,
  byHand,
  meanwhile,
  nobodyLeft,
  ping,
  plainAttach,
  request,
  response,
  upgraded,
} from './docker-calls.js'
import { everyWay, setUp, setUpWith, transports } from './matrix.js'

const leaving = [
  { how: 'closes', leave: (client: Transcript) => client.destroy() },
  { how: 'resets', leave: (client: Transcript) => client.reset() },
  { how: 'ends its side', leave: (client: Transcript) => client.end() },
]

const wait = request('POST /containers/web/wait')
const load = request('POST /images/load', ['Content-Length: 1000000'])
const events = request('GET /events')
const chunked = response('200 OK', '', ['Transfer-Encoding: chunked'])

describe.each(everyWay)(
  'a client that leaves takes its upstream along, over $transport with $stack',
  (way) => {
    describe.each(leaving)('it $how', ({ leave }) => {
      it.each([
        { when: 'while it waits for the reply', call: wait, reply: '' },
        { when: 'while the reply streams', call: events, reply: `${chunked}2\r\n{}\r\n` },
        { when: 'while its upload goes on', call: `${load}begin`, reply: '' },
        { when: 'after an early reply', call: `${load}begin`, reply: response('400 Bad Request', 'no') },
        { when: 'while a hijack is waited for', call: attach, reply: '' },
        { when: 'in a tunnel', call: attach, reply: `${upgraded}prompt` },
        { when: 'between calls', call: ping, reply: response('200 OK', 'OK') },
      ])('$when', async ({ call, reply }) => {
        const records: CallRecord[] = []
        const reports: ErrorReport[] = []
        await using to = await setUp(way, byHand, {
          onCall: (record) => records.push(record),
          onError: (report) => reports.push(report),
        })
        await using client = await to.client()
        await client.send(call)
        const engine = await to.upstream.connection(0)
        await engine.bytes(call.length)
        await engine.send(reply)
        await client.bytes(reply.length)
        leave(client)
        await engine.closed()
        await client.closed()
        await nobodyLeft(to)
        expect(records).toHaveLength(1)
        expect(reports).toEqual([])
        expect(engine.receivedText).toBe(call)
      })
    })

    it('it closes, and the upstream writes on: it is told that nobody listens', async () => {
      await using to = await setUp(way, byHand)
      const client = await to.client()
      await client.send(plainAttach)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(response('200 OK', '', []))
      await client.head()
      client.destroy()
      await engine.gone()
    })

    it('it resets while nothing is read of the reply', async () => {
      await using to = await setUp(way, byHand)
      const client = await to.client()
      await client.send(events)
      const engine = await to.upstream.connection(0)
      await engine.request()
      await engine.send(response('200 OK', '', []))
      await client.head()
      client.pause()
      void engine.send(Buffer.alloc(30_000_000))
      client.destroy()
      await engine.closed()
      await nobodyLeft(to)
    })
  },
)

describe.each(transports)('call.signal, over %s', (transport) => {
  it.each(leaving)('aborts when the client $how', async ({ leave }) => {
    let heard = () => {}
    const aborted = new Promise<void>((resolve) => (heard = resolve))
    const layers = intermediate().use(async (call, next) => {
      call.signal.addEventListener('abort', heard)
      return next(call)
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(wait)
    await (await to.upstream.connection(0)).request()
    leave(client)
    await aborted
  })

  it('does not when the call was answered', async () => {
    let signal: AbortSignal | undefined
    const layers = intermediate().use(async (call, next) => {
      signal = call.signal
      return next(call)
    })
    await using to = await setUpWith(layers, transport, byHand)
    await using client = await to.client()
    await client.send(ping)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(response('200 OK', 'OK'))
    await client.response()
    client.destroy()
    await engine.closed()
    expect(signal?.aborted).toBe(false)
  })

  it('is aborted already for those who ask later', async () => {
    let ask = () => {}
    const asking = new Promise<void>((resolve) => (ask = resolve))
    let aborted: boolean | undefined
    const layers = intermediate().use('POST /containers/:id/wait', async (call, next) => {
      await asking
      aborted = call.signal.aborted
      return next(call)
    })
    await using to = await setUpWith(layers, transport, byHand)
    const client = await to.client()
    await client.send(wait)
    await client.end()
    await meanwhile(to)
    ask()
    await (await to.upstream.connection(1)).ended()
    expect(aborted).toBe(true)
  })
})
