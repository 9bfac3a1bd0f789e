import { readdir, readFile, stat } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import type { TapEvent } from '@intermediate/wire-tap'
import { asciicast } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { frame } from './sink-calls.js'

describe('asciicast', () => {
  const call = (path: string, query = {}, number = 1) =>
    ({
      ...frame(''),
      type: 'call',
      endpoint: path.replace('/x/', '/:id/'),
      path,
      params: { id: 'x' },
      query,
      headers: {},
      call: number,
    }) as unknown as TapEvent
  const body = (of: 'call' | 'reply', json: unknown, number = 1) =>
    ({ ...frame(''), type: 'body', of, json, call: number }) as TapEvent
  const start = call('POST /exec/x/start')
  const end = { ...frame(''), type: 'end' } as TapEvent

  /** The files that a sink writes of these events. */
  async function recorded(events: readonly TapEvent[]): Promise<unknown[][]> {
    await using folder = await temporaryFolder()
    const sink = asciicast(folder.file('casts'))
    for (const event of events) await sink(event)
    await sink.close()
    const names = await readdir(folder.file('casts'))
    const texts = await Promise.all(names.map((name) => readFile(folder.file(`casts/${name}`), 'utf8')))
    return texts.map((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    )
  }
  const header = (width: number, height: number) => ({ version: 2, width, height, timestamp: 1, title: 'x' })

  it('records a session with its size and times, and characters that come in parts', async () => {
    expect(
      await recorded([
        call('POST /containers/x/exec', {}, 7),
        body('call', { Tty: true, ConsoleSize: [31, 97] }, 7),
        body('reply', { Id: 'x' }, 7),
        start,
        frame('$ \xe2\x82'),
        frame('\xac', { time: 1500 }),
        frame('ls\r', { stream: 'stdin', time: 1750.1234567 }),
        call('POST /exec/x/resize', { h: '40', w: '120' }, 8),
        end,
      ]),
    ).toEqual([
      [header(97, 31), [0, 'o', '$ '], [0.5, 'o', '€'], [0.750123, 'i', 'ls\r'], [0.750123, 'r', '120x40']],
    ])
  })

  it('waits for the size that an older client tells after the start', async () => {
    expect(
      await recorded([
        start,
        frame('$ '),
        call('POST /exec/x/resize', { h: '5', w: '6' }, 8),
        frame('x'),
        end,
      ]),
    ).toEqual([[header(6, 5), [0, 'o', '$ '], [0, 'o', 'x']]])
    expect(await recorded([start, frame('$ '), end])).toEqual([[header(80, 24), [0, 'o', '$ ']]])
  })

  it('leaves no file of what is no terminal', async () => {
    expect(
      await recorded([start, frame('in', { stream: 'stdin' }), frame('out', { stream: 'stdout' }), end]),
    ).toEqual([])
    const much = Array.from({ length: 20 }, () => frame('x'.repeat(10_000), { stream: 'stdin' }))
    expect(await recorded([start, ...much, end])).toEqual([])
  })

  it('names files by what they are of, whatever a client calls it, for their owner only', async () => {
    await using folder = await temporaryFolder()
    const sink = asciicast(folder.file('casts'))
    const id = `../../etc/\0\n${'x'.repeat(300)}`
    await sink({ ...call('POST /containers/x/attach'), params: { id } } as unknown as TapEvent)
    await sink(frame('$ '))
    await sink(end)
    await sink.close()
    const [name] = await readdir(folder.file('casts'))
    expect(name).toMatch(/^1970-01-01T00-00-01-000Z-attach-______etc___x{28}-1\.cast$/)
    const { mode } = await stat(folder.file(`casts/${name}`))
    expect(mode & 0o777).toBe(0o600)
    expect(await readdir(folder.path)).toEqual(['casts'])
  })

  it('has times that never go back, and ends in whole characters, though the session does not', async () => {
    expect(
      await recorded([
        start,
        frame('a', { time: 2000 }),
        frame('b\xe2\x82', { time: 1000 }),
        frame('\xe2', { stream: 'stdin', time: 3000 }),
        end,
      ]),
    ).toEqual([
      [{ ...header(80, 24), timestamp: 2 }, [0, 'o', 'a'], [0, 'o', 'b'], [0, 'o', '�'], [0, 'i', '�']],
    ])
  })

  it('keeps sessions apart that are open at the same time, and closes those that are', async () => {
    const other = { ...call('POST /exec/x/start', {}, 2) }
    const casts = await recorded([start, other, frame('1'), frame('2', { call: 2 }), frame('1'), end])
    expect(casts.map((lines) => lines.slice(1).map((line) => (line as string[])[2]))).toEqual([
      ['1', '1'],
      ['2'],
    ])
  })
})
