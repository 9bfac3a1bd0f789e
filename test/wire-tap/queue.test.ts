import { intermediate } from '@intermediate/core'
import type { TapEvent } from '@intermediate/wire-tap'
import { wireTap } from '@intermediate/wire-tap'
import { describe, expect, it, vi } from 'vitest'
import { attach, byHand, ok, request, upgraded } from '../docker-calls.js'
import { answer } from '@intermediate/testing'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'

/** A sink that takes one event and no more, until it is let go on. */
function stalling() {
  const sink = told()
  let goOn!: () => void
  const stalled = new Promise<void>((resolve) => (goOn = resolve))
  const write = (event: TapEvent) => {
    sink(event)
    return stalled
  }
  return { sink, goOn, write }
}

const size = 512

describe('a sink that has stalled', () => {
  it('costs a call nothing, and what does not fit is dropped and counted', async () => {
    const { sink, goOn, write } = stalling()
    // Three calls that are whole, with room for what is in them.
    const layers = intermediate().use(wireTap(write, { queue: 3 * 3 * size + 3 * 120 }))
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    for (let i = 0; i < 10; i++) {
      await client.send(request('GET /info'))
      expect((await client.response()).raw.toString()).toBe(ok)
    }
    expect(sink.events.map(({ type }) => type)).toEqual(['call'])
    goOn()
    await sink.until('end', 3)
    expect(sink.events.map(({ type }) => type)).toEqual([
      'call',
      'reply',
      'end',
      'call',
      'reply',
      'end',
      'call',
      'reply',
      'end',
    ])
    expect(sink.events.map(({ dropped }) => dropped)).toEqual(Array(9).fill(undefined))
    await client.send(request('GET /info'))
    await client.response()
    await sink.until('end', 4)
    // Of seven calls the beginning, the reply and the end.
    expect(sink.events[9]).toMatchObject({ type: 'call', dropped: 21 })
  })

  it('still is told how a call ends of which it was told the beginning', async () => {
    const { sink, goOn, write } = stalling()
    const layers = intermediate().use(wireTap(write, { queue: 10 * size }))
    const session = await played(layers, 1000)
    expect(session.passed).toBe(1000 * 16)
    goOn()
    await sink.until('end')
    const end = sink.events.at(-1)!
    expect(end.type).toBe('end')
    expect(sink.of('frame').length + end.dropped!).toBe(session.frames)
    expect(end.dropped).toBeGreaterThan(900)
  })

  it('and works again is told what comes after', async () => {
    let failing = true
    const errors: unknown[] = []
    const sink = told()
    const layers = intermediate().use(
      wireTap(
        (event) => {
          if (failing) throw new Error('full')
          sink(event)
        },
        { onError: (error) => errors.push(error) },
      ),
    )
    await using to = await setUpWith(layers, 'unix', answer(ok))
    await using client = await to.client()
    const call = async () => {
      await client.send(request('GET /info'))
      await client.response()
    }
    await call()
    await expect.poll(() => errors.length).toBe(3)
    failing = false
    await call()
    await sink.until('end')
    expect(sink.events.map(({ dropped }) => dropped)).toEqual([3, undefined, undefined])
  })
})

describe('a sink that fails', () => {
  it.each<[how: string, fail: () => void | Promise<void>]>([
    [
      'throws',
      () => {
        throw new Error('full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('full'))],
  ])('and %s costs a call nothing, and is told of once', async (_how, fail) => {
    const said: string[] = []
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    try {
      const last = told()
      const layers = intermediate().use(wireTap(last)).use(wireTap(fail))
      await using to = await setUpWith(layers, 'unix', answer(ok))
      await using client = await to.client()
      for (let i = 0; i < 5; i++) {
        await client.send(request('GET /info'))
        expect((await client.response()).raw.toString()).toBe(ok)
      }
      await last.until('end', 5)
      await expect.poll(() => said.length).toBeGreaterThan(0)
    } finally {
      stderr.mockRestore()
    }
    expect(said).toEqual(['intermediate: a sink of wireTap() failed: Error: full\n'])
  })

  it.each<[how: string, onError: () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no log')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no log'))],
  ])('ends nothing where its onError %s', async (_how, onError) => {
    const said: string[] = []
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
    try {
      const last = told()
      const full = () => {
        throw new Error('full')
      }
      const failing = Object.assign(full, { headers: full })
      const layers = intermediate().use(wireTap(last)).use(wireTap(failing, { onError }))
      await using to = await setUpWith(layers, 'unix', answer(ok))
      await using client = await to.client()
      for (let i = 0; i < 2; i++) {
        await client.send(request('GET /info'))
        expect((await client.response()).raw.toString()).toBe(ok)
      }
      await last.until('end', 2)
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      stderr.mockRestore()
    }
    expect(said).toEqual(['intermediate: onError of wireTap() failed: Error: no log\n'])
  })
})

describe('a session of a million frames', () => {
  it('loses none where there is room for them', async () => {
    let frames = 0
    let next = 0
    let dropped = 0
    let rest = ''
    const ended = new Promise<void>((resolve) => {
      const sink = (event: TapEvent) => {
        dropped += event.dropped ?? 0
        if (event.type === 'end') resolve()
        if (event.type !== 'frame' || event.stream === 'stdin') return
        frames++
        rest += event.data.toString('latin1')
        while (rest.length >= 8) {
          if (Number(rest.slice(0, 8)) !== next++) throw new Error(`frame ${next - 1} is ${rest.slice(0, 8)}`)
          rest = rest.slice(8)
        }
      }
      void run(sink)
    })
    async function run(sink: (event: TapEvent) => void) {
      await played(intermediate().use(wireTap(sink, { queue: 64 * 1024 * 1024 })), 1_000_000)
    }
    await ended
    expect([next, dropped]).toEqual([1_000_000, 0])
    expect(frames).toBeGreaterThanOrEqual(1_000_000)
  })

  it('has exactly those counted that were dropped', async () => {
    const { sink, goOn, write } = stalling()
    const { frames } = await played(intermediate().use(wireTap(write, { queue: 1024 * 1024 })), 1_000_000)
    goOn()
    await sink.until('end')
    const dropped = sink.events.reduce((sum, event) => sum + (event.dropped ?? 0), 0)
    expect(sink.of('frame').length).toBeGreaterThan(1900)
    expect(sink.of('frame').length + dropped).toBe(frames)
  })
})

/** Has an engine send that many frames of 8 bytes into a tunnel, and gives how many pieces of frames a tap sees of them. */
async function played(layers: ReturnType<typeof intermediate>, count: number) {
  let frames = 0
  let end!: () => void
  const ended = new Promise<void>((resolve) => (end = resolve))
  // Of the same bytes, cut in the same places, as it is in the same process.
  const counting = wireTap(
    (event) => {
      if (event.type === 'frame') frames++
      if (event.type === 'end') end()
    },
    { queue: 2 ** 40 },
  )
  await using to = await setUpWith(layers.use(counting), 'unix', byHand)
  await using client = await to.client()
  await client.send(attach)
  const engine = await to.upstream.connection(0)
  await engine.request()
  await engine.send(upgraded)
  await client.head()
  let passed = 0
  for (let at = 0; at < count; at += 10_000) {
    const upTo = Math.min(count, at + 10_000)
    const bytes = Buffer.alloc((upTo - at) * 16)
    for (let i = at; i < upTo; i++) {
      bytes[(i - at) * 16] = 1
      bytes[(i - at) * 16 + 7] = 8
      bytes.write(String(i).padStart(8, '0'), (i - at) * 16 + 8, 'latin1')
    }
    await Promise.all([
      engine.send(bytes),
      client.bytes(bytes.length).then(({ length }) => (passed += length)),
    ])
  }
  await client.end()
  await engine.end()
  await ended
  return { frames, passed }
}
