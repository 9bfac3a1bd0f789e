import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { intermediate } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import type { TapEvent } from '@intermediate/wire-tap'
import { jsonLines, wireTap } from '@intermediate/wire-tap'
import { describe, expect, it, vi } from 'vitest'
import { request } from '../docker-calls.js'
import { calling, frame } from './sink-calls.js'
import { told } from './told.js'

/** Until there is something in a file, which a sink writes when it can. */
async function written(path: string): Promise<void> {
  await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(0), { interval: 1 })
}

/** Every file of this process is on a disk with so many bytes left. */
async function diskWith(bytes: number) {
  const file = await open('/dev/null', 'a')
  await file.close()
  const write = file.write as FileHandle['write'] & ((data: Buffer, at: number, length: number) => unknown)
  const disk = { room: bytes }
  const spy = vi.spyOn(Object.getPrototypeOf(file) as FileHandle, 'write')
  spy.mockImplementation(async function (this: FileHandle, data: Buffer, at: number) {
    const length = Math.min(disk.room, data.length - at)
    if (length === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    disk.room -= length
    return write.call(this, data, at, length)
  } as never)
  return Object.assign(disk, { [Symbol.dispose]: () => spy.mockRestore() })
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

  it('keeps no full file where it is to keep none', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('calls.jsonl')
    await using sink = jsonLines(path, { maxBytes: 1, keep: 0 })
    for (const text of ['1', '2', '3']) await sink(frame(text))
    await sink.close()
    expect(await readdir(folder.path)).toEqual(['calls.jsonl'])
    expect(await texts(path)).toEqual(['3'])
  })

  it('tells of a file that cannot be written, and goes on once it can', async () => {
    await using folder = await temporaryFolder()
    await mkdir(folder.file('later'))
    const path = folder.file('later/calls.jsonl')
    const sink = jsonLines(path)
    await rm(folder.file('later'), { recursive: true })
    for (const dropped of [undefined, 10]) {
      await sink(frame('lost', { dropped } as object))
      await expect(sink.close()).rejects.toThrow('ENOENT')
    }
    await mkdir(folder.file('later'))
    await sink(frame('written', { dropped: 5 }))
    await sink(frame('next'))
    await sink.close()
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { ...frame(''), data: undefined, text: 'written', dropped: 17 },
      { ...frame(''), data: undefined, text: 'next' },
    ])
  })

  it('keeps whole lines on a disk that is full, and says in the next how many are lost', async () => {
    await using folder = await temporaryFolder()
    using disk = await diskWith(1000)
    const path = folder.file('calls.jsonl')
    const sink = jsonLines(path)
    const errors: unknown[] = []
    const tap = wireTap(sink, { onError: (error) => errors.push(error) })
    // What fails in the first round is told in the second.
    for (let round = 0; round < 2; round++)
      await calling(told(), Array<string>(10).fill(request('GET /info')), intermediate().use(tap))
    await sink.close().catch((error: unknown) => errors.push(error))
    expect(errors.length).toBeGreaterThan(1)
    expect(String(errors[0])).toContain('ENOSPC')
    const kept = (await readFile(path, 'utf8')).split('\n')
    expect(kept.length).toBeGreaterThan(1)
    expect(kept.pop()).toBe('')
    disk.room = Infinity
    await calling(told(), [request('GET /info')], intermediate().use(tap))
    await sink.close()
    const all = (await readFile(path, 'utf8')).trimEnd().split('\n')
    const dropped = all.map((line) => (JSON.parse(line) as TapEvent).dropped)
    const none = Array<undefined>(kept.length).fill(undefined)
    expect(dropped).toEqual([...none, 20 * 3 - kept.length, undefined, undefined])
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

  it('is an error at once where the file cannot be written', async () => {
    await using folder = await temporaryFolder()
    const path = folder.file('nowhere/calls.jsonl')
    expect(() => jsonLines(path)).toThrow(
      `jsonLines() cannot write to ${path} (ENOENT): give a file in a folder that is there.`,
    )
  })

  it.each([
    [() => jsonLines(''), 'jsonLines() was given the path : give it as text.'],
    [
      () => jsonLines('x', { size: 1 } as never),
      'jsonLines() was given the option size, which does not exist: there are maxBytes and keep.',
    ],
    [
      () => jsonLines('x', { keep: -1 }),
      'jsonLines() was given the keep -1: give it in files, as a whole number from 0.',
    ],
  ])('refuses options that cannot be used', (make, message) => {
    expect(make).toThrow(message)
  })
})
