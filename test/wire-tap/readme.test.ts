import { readFile } from 'node:fs/promises'
import { memoryEngine } from '@intermediate/testing'
import { expect, it, vi } from 'vitest'
import example from './readme-example.js'

const readme = await readFile('packages/wire-tap/README.md', 'utf8')

it('the README is short, and its example is the one below', async () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(71)
  expect(readme).toContain(`\`\`\`ts\n${await readFile('test/wire-tap/readme-example.ts', 'utf8')}\`\`\``)
})

it('the example shows what it says', async () => {
  const [, said] = /\n(→ POST.*?)\n```/s.exec(readme) ?? []
  const lines: string[] = []
  let end!: () => void
  const ended = new Promise<void>((resolve) => (end = resolve))
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text))
    if (lines.length === 5) end()
    return true
  })
  try {
    await using engine = await memoryEngine()
    await using listening = await example.with({ upstream: engine.address }).listen('tcp://127.0.0.1:0')
    const base = listening.addresses[0]!.replace('tcp:', 'http:')
    const body = '{"Driver":"local","DriverOpts":{"o":"password=hunter2"},"Labels":{},"Name":"data"}'
    const headers = { 'Content-Type': 'application/json' }
    expect((await fetch(`${base}/volumes/create`, { method: 'POST', headers, body })).status).toBe(201)
    await ended
  } finally {
    stdout.mockRestore()
  }
  const shown = lines.map((line) =>
    line
      .replace(/^\S+ #\d+ /, '')
      .replace(/ [\d.]+ ms.*/, '')
      .trimEnd(),
  )
  // The reply's body stands between the reply and its end.
  expect(shown.filter((line) => !line.startsWith('← {')).join('\n')).toBe(said)
})
