import { PassThrough } from 'node:stream'
import { terminal } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { request } from '../docker-calls.js'
import { calling, frame } from './sink-calls.js'

describe('terminal', () => {
  async function shown(isTTY: boolean, lines: readonly string[]) {
    const stream = Object.assign(new PassThrough(), { isTTY })
    await calling(terminal({ stream }), lines)
    return (stream.read() as Buffer).toString()
  }

  it('shows what passes, a line for each event', async () => {
    const text = await shown(false, [request('POST /volumes/create?x=1', [], '{"Name":"v"}')])
    expect(text.replaceAll(/\d\d:\d\d:\d\d\.\d{3} #\d+/g, 'TIME').replace(/[\d.]+ ms/, 'N ms')).toBe(
      `TIME → POST /volumes/create?x=1
TIME → {"Name":"v"}
TIME ← 200
TIME 200 POST /volumes/create N ms, 12 B in, 2 B out
`,
    )
  })

  it('lets nothing that passes write to the terminal', async () => {
    const stream = new PassThrough()
    const sink = terminal({ stream })
    await sink({ ...frame('\x1b]0;x\x07\x9b2J'), path: '/\x1b[2J' })
    await sink(frame('', { data: Buffer.from('\u202eabc\u2066\u2028') }))
    await sink({
      ...frame(''),
      type: 'call',
      method: 'GET',
      version: undefined,
      params: {},
      query: undefined,
      headers: {},
      client: undefined,
      certificate: undefined,
      path: '/\x1b[2J',
    })
    expect((stream.read() as Buffer).toString()).not.toMatch(
      /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/,
    )
  })

  it('shows no more of what is long than its beginning, in whole characters', async () => {
    const stream = new PassThrough()
    await terminal({ stream })(frame('', { data: Buffer.from('😀'.repeat(1000)) }))
    const text = (stream.read() as Buffer).toString()
    expect(text.length).toBeLessThan(250)
    expect(text).toMatch(/😀…\n$/)
    expect(text).not.toContain('\ufffd')
  })

  it('tells the tap of a reader that has left, and does not end the process', async () => {
    const stream = new PassThrough({ highWaterMark: 1 })
    const sink = terminal({ stream })
    const waiting = sink(frame('x'))
    stream.destroy(new Error('EPIPE'))
    await waiting
    expect(() => sink(frame('y'))).toThrow('EPIPE')
  })

  it('says what was dropped, and waits for a slow stream', async () => {
    const stream = new PassThrough({ highWaterMark: 1 })
    const waiting = terminal({ stream })({ ...frame('x'), dropped: 3 })
    expect(waiting).toBeInstanceOf(Promise)
    expect(String(stream.read())).toContain('(3 events were dropped)\n')
    await waiting
  })
})
