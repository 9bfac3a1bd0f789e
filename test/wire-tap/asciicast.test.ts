import { readdir, readFile, stat } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import type { TapEvent } from '@intermediate/wire-tap'
import { asciicast } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { frame } from './sink-calls.js'

describe('asciicast', () => {
  const call = (path: string, query = {}, number = 1, who = {}) =>
    ({
      ...frame(''),
      ...who,
      type: 'call',
      endpoint: path.replace(/(containers|exec)\/(?!create$)[^/]+/, '$1/:id'),
      path,
      params: path.endsWith('/create') ? {} : { id: path.split('/')[2] },
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
  const header = (width: number, height: number) => ({
    version: 2,
    width,
    height,
    timestamp: 1,
    title: 'exec x',
  })

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

  /** The names of the files that a sink writes of these events, and what their headers say. */
  async function headers(events: readonly TapEvent[]) {
    await using folder = await temporaryFolder()
    await using sink = asciicast(folder.path)
    for (const event of [...events, frame('$ '), end]) await sink(event)
    const names = await readdir(folder.path)
    const texts = await Promise.all(names.map((name) => readFile(folder.file(name), 'utf8')))
    return texts.map((text, at) => {
      const { title, command } = JSON.parse(text.split('\n')[0]!) as Record<string, unknown>
      return { name: names[at]!.slice('1970-01-01T00-00-01-000Z-'.length), title, command }
    })
  }
  const id = 'b5c8127f'.repeat(8)

  it('says of an exec in which container it is, what it runs, and who has it', async () => {
    const made = [
      call('POST /containers/web/exec', {}, 7),
      body('call', { Tty: true, cmd: ['sh'], Cmd: ['sh', '-c', 'ls -l'] }, 7),
      body('reply', { Id: id }, 7),
    ]
    const command = 'sh -c ls -l'
    const name = 'exec-web-b5c8127fb5c8-1.cast'
    const started = (who: object) => [...made, call(`POST /exec/${id}/start`, {}, 1, who)]
    expect(await headers(started({}))).toEqual([{ name, title: `exec web: ${command}`, command }])
    expect(await headers(started({ client: '10.0.0.5' }))).toMatchObject([
      { title: `exec web: ${command} (10.0.0.5)` },
    ])
    expect(await headers(started({ client: '10.0.0.5', certificate: 'ann' }))).toMatchObject([
      { title: `exec web: ${command} (ann at 10.0.0.5)` },
    ])
  })

  it('says what a container was called that is attached to, or execed into, by its id', async () => {
    const made = [
      call('POST /containers/create', { name: 'web' }, 7),
      body('call', { Image: 'busybox', Entrypoint: ['/init'], Cmd: 'sh' }, 7),
      body('reply', { Id: id }, 7),
    ]
    expect(await headers([...made, call(`POST /containers/${id}/attach`)])).toEqual([
      { name: 'attach-web-b5c8127fb5c8-1.cast', title: 'attach web: /init sh', command: '/init sh' },
    ])
    const exec = [call(`POST /containers/${id}/exec`, {}, 8), body('reply', { Id: 'e1' }, 8)]
    expect(await headers([...made, ...exec, call('POST /exec/e1/start')])).toEqual([
      { name: 'exec-web-e1-1.cast', title: 'exec web', command: undefined },
    ])
  })

  it('says of others only what their clients call them', async () => {
    expect(await headers([call('POST /containers/web/attach')])).toEqual([
      { name: 'attach-web-1.cast', title: 'attach web', command: undefined },
    ])
  })

  it('lets no title steer a terminal, and no name leave the folder', async () => {
    const made = [
      call('POST /containers/create', { name: '/../\x1b[2J' }, 7),
      body('call', { Cmd: ['\x1b]0;x\x07', 'x'.repeat(1000)] }, 7),
      body('reply', { Id: 'x' }, 7),
    ]
    const [shown] = await headers([...made, call('POST /containers/x/attach')])
    expect(shown!.name).toBe('attach-_..___2J-x-1.cast')
    expect(shown!.title).toMatch(/^attach \/\.\.\/\\u001b\[2J: \\u001b\]0;x\\u0007 x{190,}…$/)
  })

  it('forgets no exec that was made for sizes that a client tells of what is not there', async () => {
    const sizes = Array.from({ length: 1001 }, (_, n) =>
      call(`POST /containers/no${n}/resize`, { h: '1', w: '1' }, 100 + n),
    )
    const [one] = await headers([
      call('POST /containers/web/exec', {}, 7),
      body('call', { Tty: true, Cmd: ['sh', '\u009b2J'] }, 7),
      body('reply', { Id: 'x' }, 7),
      ...sizes,
      start,
    ])
    expect(one).toMatchObject({ title: expect.stringContaining('exec web: sh'), command: 'sh \\u009b2J' })
  })

  it('is an error at once where the folder cannot be made', () => {
    expect(() => asciicast('/dev/null/casts')).toThrow(
      'asciicast() cannot make the folder /dev/null/casts (ENOTDIR): give another.',
    )
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
    expect(name).toMatch(/^1970-01-01T00-00-01-000Z-attach-\.\._\.\._etc___x{28}-1\.cast$/)
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
