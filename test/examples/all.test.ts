import { readdir, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { temporaryFolder } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { start } from '../cli/started.js'

const files = (await readdir('examples')).toSorted()
const texts = await Promise.all(files.map((file) => readFile(`examples/${file}`, 'utf8')))
const readme = await readFile('README.md', 'utf8')

describe.each(files.map((file, at) => [file, texts[at]!] as const))('%s', (file, text) => {
  it('says its effect in its first line, and has at most 40', () => {
    const lines = text.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^\/\/ [A-Z].+\.$/)
    expect(lines.length).toBeLessThanOrEqual(40)
  })
})

// Two at a time: each is a process of its own, with the compiler in it.
it('each runs by the command line, without any setting', { timeout: 90_000 }, async () => {
  const waiting = [...files]
  const ended: (readonly [file: string, code: number | string])[] = []
  const runAll = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      ended.push([file, await run(file)])
  }
  await Promise.all([runAll(), runAll()])
  expect(ended.toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(files.map((file) => [file, 0]))
})

/** Until it listens, and is stopped. */
async function run(file: string): Promise<number | string> {
  await using folder = await temporaryFolder()
  const listen = ['--listen', `unix://${folder.file('i.sock')}`, '--upstream', 'memory:']
  // Where it is by default, metrics may be served already.
  const env = { METRICS: 'tcp://127.0.0.1:0' }
  await using up = start(['up', resolve('examples', file), ...listen], { cwd: folder.path, env })
  await up.prints('export DOCKER_HOST=')
  expect(up.stdout).toContain('Layers, the outermost first:')
  up.signal('SIGTERM')
  return await up.ended
}

describe('the README', () => {
  it('shows examples as they are', () => {
    const shown = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code)
    const codes = texts.map((text) => text.slice(text.indexOf('import')))
    expect(shown.length).toBeGreaterThan(0)
    for (const code of shown) expect(codes).toContain(code)
  })

  it('says one line of each', () => {
    const rows = readme.matchAll(/^\| \[(.+?)\]\(examples\/\1\.ts\) \| \S.* \|$/gm)
    expect([...rows].map(([, name]) => `${name}.ts`).toSorted()).toEqual(files)
  })

  it('links to no example that is not there', () => {
    const linked = [...readme.matchAll(/\(examples\/(.+?)\)/g)].map(([, file]) => file!)
    expect(linked.filter((file) => !files.includes(file))).toEqual([])
  })
})
