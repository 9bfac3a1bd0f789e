import { readFile } from 'node:fs/promises'
import { memoryEngine } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { comparable, shownInReadme, written } from './readme-console.js'
import example from './readme-example.js'

const readme = await readFile('packages/wire-tap/README.md', 'utf8')

it('the README is short, and its example is the one below', async () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(71)
  expect(readme).toContain(`\`\`\`ts\n${await readFile('test/wire-tap/readme-example.ts', 'utf8')}\`\`\``)
})

it('the example shows what it says', async () => {
  const said = await shownInReadme()
  await using engine = await memoryEngine()
  await using listening = await example.with({ upstream: engine.address }).listen('tcp://127.0.0.1:0')
  const base = listening.addresses[0]!.replace('tcp:', 'http:')
  // As the docker CLI sends it, which a test with engines shows.
  const body = said.lines[1]!.slice(said.lines[1]!.indexOf('{')).replace('[redacted]', 'hunter2')
  const lines = await written(said.lines.length, async () => {
    const headers = { 'Content-Type': 'application/json' }
    const made = await fetch(`${base}/volumes/create`, { method: 'POST', headers, body: `${body}\n` })
    expect(made.status).toBe(201)
  })
  expect(lines.map(comparable)).toEqual(said.lines.map(comparable))
  for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} #\d+ /)
})
