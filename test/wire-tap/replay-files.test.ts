import { appendFile, writeFile } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import { replay } from '@intermediate/wire-tap'
import { describe, expect, it, vi } from 'vitest'
import { request, response } from '../docker-calls.js'
import { eventsOf, linesOf, recorded, replayed } from './recorded.js'

const info = request('GET /info')
const recording = () => recorded([[info, response('200 OK', '{}\n')]])

describe('a recording', () => {
  it('whose last line was cut is read without it, and that is said', async () => {
    const whole = await recording()
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    try {
      await using to = await replayed(`${whole}{"type":"call","call":2,"endp`)
      expect(stderr.mock.calls.join().replace(/\/\S+jsonl/, 'FILE')).toBe(
        `intermediate: replay() leaves out line 5 of FILE, the last one, which was cut.\n`,
      )
      expect((await to.ask(info)).status).toBe(200)
    } finally {
      stderr.mockRestore()
    }
  })

  it.each([
    ['{"type":"call"\n{}\n', 'line 1 is no JSON'],
    ['null\n', 'line 1 is no event of a tap'],
    ['{"type":"note","call":1}\n', 'line 1 is no event of a tap'],
    ['{"type":"end","call":1,"time":1}\n', 'line 1 has no call, time or path'],
  ])('with a line that is none is refused: %s', async (text, why) => {
    await using folder = await temporaryFolder()
    const path = folder.file('x.jsonl')
    await writeFile(path, text)
    await expect(replay(path)).rejects.toMatchObject({
      code: 'ERR_CONFIGURATION',
      message: `replay() was given ${path}, which is not what jsonLines() wrote: ${why}.`,
    })
    const whole = folder.file('whole.jsonl')
    await writeFile(whole, await recording())
    await appendFile(whole, text)
    await expect(replay(whole)).rejects.toThrow(why.replace('1', '5'))
  })

  it('of several files is to come in their order', async () => {
    await using folder = await temporaryFolder()
    const [older, newer] = [folder.file('older.jsonl'), folder.file('newer.jsonl')]
    await writeFile(older, await recording())
    await writeFile(newer, linesOf(eventsOf(await recording())))
    await replay([older, newer])
    await expect(replay([newer, older])).rejects.toThrow(
      `replay() was given ${older}, which is not what jsonLines() wrote: line 1 is older than the file before: give the oldest file first.`,
    )
  })

  it.each([
    [() => replay('/nosuch.jsonl'), /^replay\(\) cannot read \/nosuch\.jsonl: ENOENT/],
    [() => replay('/'), /^replay\(\) cannot read \/: EISDIR/],
    [() => replay([]), 'replay() was given no path: give that of a recording.'],
    [() => replay(''), 'replay() was given the path : give it as text.'],
    [
      () => replay('x', { speed: 2 } as never),
      'replay() was given the option speed, which does not exist: there is pace.',
    ],
    [() => replay('x', { pace: 2 } as never), 'replay() was given the pace 2: say true or false.'],
  ])('that is not there, or options that are none, are refused', async (make, message) => {
    await expect(make()).rejects.toThrow(message)
  })
})
