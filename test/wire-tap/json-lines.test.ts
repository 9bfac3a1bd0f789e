import { mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import type { TapEvent } from '@intermediate/wire-tap'
import { jsonLines } from '@intermediate/wire-tap'
import { describe, expect, it, vi } from 'vitest'
import { request } from '../docker-calls.js'
import { calling, frame } from './sink-calls.js'

/** Until there is something in a file, which a sink writes when it can. */
async function written(path: string): Promise<void> {
  await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(0), { interval: 1 })
}

describe('jsonLines', () => {
  it('writes every event as a line, for its owner only', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    const sink = jsonLines(path)
    await calling(sink, [request('POST /volumes/create?x=1', ['X-Registry-Auth: secret'], '{"Name":"v"}')])
    await sink(frame('text'))
    await sink(frame('\xff\xfe'))
    await sink.close()
    const events = (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as TapEvent)
    expect(events.map(({ type }) => type)).toEqual(['call', 'body', 'reply', 'end', 'frame', 'frame'])
    expect(events[0]).toMatchObject({
      endpoint: 'POST /volumes/create',
      headers: { 'x-registry-auth': '[redacted]' },
    })
    expect(events.slice(4)).toMatchObject([{ text: 'text' }, { base64: '//4=' }])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('begins another file where one is full, and keeps so many', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    const line = JSON.stringify({ ...frame(''), data: undefined, text: '0' }).length + 1
    for (let round = 0; round < 2; round++) {
      await using sink = jsonLines(path, { maxBytes: 2 * line, keep: 2 })
      for (let i = 0; i < 5; i++) await sink(frame(String(i)))
    }
    const texts = async (name: string) =>
      [...(await readFile(folder.file(name), 'utf8')).matchAll(/"text":"(\d)"/g)]
        .map(([, text]) => text)
        .join('')
    expect((await readdir(folder.path)).toSorted()).toEqual(['calls.jsonl', 'calls.jsonl.1', 'calls.jsonl.2'])
    const files = ['calls.jsonl.2', 'calls.jsonl.1', 'calls.jsonl']
    expect(await Promise.all(files.map(texts))).toEqual(['40', '12', '34'])
  })

  it('tells of a file that cannot be written, and goes on once it can', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('later/calls.jsonl')
    const sink = jsonLines(path)
    await sink(frame('lost'))
    await expect(sink.close()).rejects.toThrow('ENOENT')
    await mkdir(folder.file('later'))
    await sink(frame('written'))
    await sink.close()
    expect(await readFile(path, 'utf8')).toMatch(/"text":"written"\}\n$/)
  })

  it('tells of a full disk', async () => {
    const sink = jsonLines('/dev/full')
    await sink(frame('lost'))
    await expect(sink.close()).rejects.toThrow('ENOSPC')
    await sink(frame('lost too'))
    await expect(sink.close()).rejects.toThrow('ENOSPC')
  })

  /** The texts in a file, line by line, all of which are JSON. */
  const texts = async (path: string) =>
    (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text)

  it('begins a line of its own after one that was cut', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    await writeFile(path, '{"type":"fra')
    await using sink = jsonLines(path)
    await sink(frame('after'))
    await sink.close()
    expect(await readFile(path, 'utf8')).toMatch(/^\{"type":"fra\n\{.*"text":"after"\}\n$/)
  })

  it.each([
    ['moves', (path: string) => rename(path, `${path}.moved`)],
    [
      'puts another in the place of',
      async (path: string) => {
        await rename(path, `${path}.moved`)
        await writeFile(path, '')
      },
    ],
    ['removes', (path: string) => rm(path)],
    ['empties', (path: string) => truncate(path)],
  ])('goes on in a file of that name when somebody %s it', async (_what, act) => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    await using sink = jsonLines(path)
    await sink(frame('before'))
    await written(path)
    await act(path)
    await sink(frame('after'))
    await sink.close()
    expect(await texts(path)).toEqual(['after'])
  })

  it('shares a file with another that has the same path', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    const line = JSON.stringify({ ...frame(''), data: undefined, text: '00' }).length + 1
    const sinks = [0, 1].map(() => jsonLines(path, { maxBytes: 10 * line, keep: 20 }))
    const sent = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'))
    for (const [i, text] of sent.entries()) {
      await sinks[i % 2]!(frame(text))
      if (i % 7 === 0) await Promise.all(sinks.map((sink) => sink.close()))
    }
    await Promise.all(sinks.map((sink) => sink.close()))
    const all = await Promise.all((await readdir(folder.path)).map((name) => texts(folder.file(name))))
    expect(all.flat().toSorted()).toEqual(sent)
  })

  it('loses none of what comes faster than the disk, and closes when all is written', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    const sink = jsonLines(path)
    const sent = Array.from({ length: 5000 }, (_, i) => String(i))
    for (const text of sent) void sink(frame(text))
    await sink.close()
    expect(await texts(path)).toEqual(sent)
  })

  it.each([
    [() => jsonLines(''), 'jsonLines() was given the path : give it as text.'],
    [
      () => jsonLines('x', { size: 1 } as never),
      'jsonLines() was given size, which does not exist: it has maxBytes, keep.',
    ],
    [
      () => jsonLines('x', { keep: -1 }),
      'jsonLines() was given the keep -1: give it in files, as a whole number from 0.',
    ],
  ])('refuses options that cannot be used', (make, message) => {
    expect(make).toThrow(message)
  })
})
