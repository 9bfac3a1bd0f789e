import { intermediate, reply } from '@intermediate/core'
import type { TapEvent } from '@intermediate/wire-tap'
import { prometheus, wireTap } from '@intermediate/wire-tap'
import parsePrometheus from 'parse-prometheus-text-format'
import { describe, expect, it } from 'vitest'
import { attach, byHand, request, upgraded } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { calling, frame } from './sink-calls.js'
import { told } from './told.js'

describe('prometheus', () => {
  it('counts calls, bytes and refusals, and serves that for its own parser to read', async () => {
    await using sink = await prometheus({ listen: 'tcp://127.0.0.1:0' })
    const guard = intermediate().use('GET /info', async function guard() {
      return reply(403, 'no!')
    })
    await calling(
      sink,
      [request('POST /volumes/create', [], '{}'), request('GET /info'), request('GET /info')],
      guard,
    )
    await sink({
      ...frame(''),
      type: 'end',
      dropped: 7,
      status: 101,
      tunnel: false,
      duration: 5000,
      received: 0,
      sent: 0,
    } as TapEvent)
    const response = await fetch(sink.url)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const families = new Map(parsePrometheus(await response.text()).map((family) => [family.name, family]))
    const values = (name: string) =>
      families
        .get(name)!
        .metrics.map(({ labels, value }) => [Object.values(labels ?? {}).join(' '), Number(value)])
    expect(values('intermediate_calls_total')).toEqual([
      ['POST /volumes/create 200', 1],
      ['GET /info 403', 2],
      ['POST /exec/:id/start 101', 1],
    ])
    expect(values('intermediate_bytes_total').slice(0, 4)).toEqual([
      ['POST /volumes/create to engine', 2],
      ['POST /volumes/create to client', 2],
      ['GET /info to engine', 0],
      ['GET /info to client', 6],
    ])
    expect(values('intermediate_refusals_total')).toEqual([['guard', 2]])
    expect(values('intermediate_tap_dropped_total')).toEqual([['', 7]])
    expect((await fetch(`${sink.url}?from=prometheus`)).status).toBe(200)
    const durations = families.get('intermediate_call_duration_seconds')!
    expect(durations.type).toBe('HISTOGRAM')
    expect((await fetch(new URL('/', sink.url))).status).toBe(404)
  })

  it('counts the tunnels that are open', async () => {
    await using sink = await prometheus({ listen: 'tcp://127.0.0.1:0' })
    const open = async () =>
      /^intermediate_tunnels_open (\d+)$/m.exec(await (await fetch(sink.url)).text())?.[1]
    const seen = told()
    const layers = intermediate().use(wireTap(seen)).use(wireTap(sink))
    await using to = await setUpWith(layers, 'unix', byHand)
    await using client = await to.client()
    await client.send(attach)
    const engine = await to.upstream.connection(0)
    await engine.request()
    await engine.send(upgraded)
    await client.head()
    await seen.until('reply')
    expect(await open()).toBe('1')
    await client.end()
    await engine.end()
    await seen.until('end')
    expect(await open()).toBe('0')
  })

  it('counts a tunnel whose beginning was dropped neither when it opens nor when it ends', async () => {
    await using sink = await prometheus({ listen: 'tcp://127.0.0.1:0' })
    const end = { status: 101, tunnel: true, duration: 1, received: 0, sent: 0 }
    await sink({ ...frame(''), type: 'end', ...end } as TapEvent)
    expect(await (await fetch(sink.url)).text()).toMatch(/^intermediate_tunnels_open 0$/m)
  })

  it('has no more series than there are endpoints and states, whatever is called', async () => {
    await using sink = await prometheus({ listen: 'tcp://127.0.0.1:0' })
    const hostile = Array.from({ length: 50 }, (_, i) => request(`M${i} /x/${i}?q=${i}`, [`X-${i}: ${i}`]))
    const named = Array.from({ length: 50 }, (_, i) => request(`GET /containers/c${i}/json`))
    await calling(sink, [...hostile, ...named])
    const text = await (await fetch(sink.url)).text()
    expect(text.match(/^intermediate_calls_total\{.*/gm)).toEqual([
      'intermediate_calls_total{endpoint="unknown",status="200"} 50',
      'intermediate_calls_total{endpoint="GET /containers/:id/json",status="200"} 50',
    ])
  })

  it('says where it cannot listen, and that address is free once it has closed', async () => {
    const first = await prometheus({ listen: 'tcp://127.0.0.1:0' })
    const { host } = new URL(first.url)
    await expect(prometheus({ listen: `tcp://${host}` })).rejects.toThrow(
      `prometheus() cannot listen on tcp://${host} (EADDRINUSE): give another address.`,
    )
    const idle = await fetch(first.url)
    await first.close()
    await first.close()
    await idle.text().catch(() => {})
    await using again = await prometheus({ listen: `tcp://${host}` })
    expect(again.url).toBe(first.url)
  })

  it('refuses what is no address', async () => {
    await expect(prometheus({ listen: '9323' })).rejects.toThrow(
      'prometheus() was given 9323 to listen on: give tcp://127.0.0.1:9323, or another host and port.',
    )
  })
})
