import { readdir, readFile } from 'node:fs/promises'
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

// One after another: each is a process of its own, with the compiler in it.
it('each runs by the command line, without any setting', async () => {
  await using folder = await temporaryFolder()
  for (const file of files) {
    const listen = ['--listen', `unix://${folder.file(`${file}.sock`)}`, '--upstream', 'memory:']
    // Two processes of tests may not serve metrics at one place.
    const env = { METRICS: 'tcp://127.0.0.1:0' }
    await using up = start(['up', `${process.cwd()}/examples/${file}`, ...listen], { cwd: folder.path, env })
    await up.prints('export DOCKER_HOST=')
    expect(up.stdout).toContain('Layers, the outermost first:')
    up.signal('SIGTERM')
    expect([file, await up.ended, up.stderr]).toEqual([file, 0, ''])
  }
})

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
