import { readFile } from 'node:fs/promises'
import { enricher } from '@intermediate/enricher'
import { memoryEngine } from '@intermediate/testing'
import { expect, it } from 'vitest'
import example from './readme-example.js'
import { layers, readme, shown } from './readme-shown.js'

it('the README is short, and its example is the one below', async () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(66)
  expect(readme).toContain(`\`\`\`ts\n${await readFile('test/enrichers/readme-example.ts', 'utf8')}\`\`\``)
})

it('the example does what it says', async () => {
  const [, said] = /\n(\{"team".*)\n```/.exec(readme) ?? []
  await using engine = await memoryEngine()
  await using listening = await example.with({ upstream: engine.address }).listen('tcp://127.0.0.1:0')
  const base = listening.addresses[0]!.replace('tcp:', 'http:')
  const body = JSON.stringify({ Image: 'busybox', HostConfig: { Memory: 8 * 2 ** 30 } })
  const headers = { 'Content-Type': 'application/json' }
  const created = await fetch(`${base}/containers/create?name=web`, { method: 'POST', headers, body })
  expect(created.status).toBe(201)
  const { Config, HostConfig } = (await (await fetch(`${base}/containers/web/json`)).json()) as Inspected
  expect(`${JSON.stringify(Config.Labels)} ${HostConfig.Memory} ${HostConfig.Init}`).toBe(said)
})

it('every enricher is shown with what docker prints, as the tests with engines make it', async () => {
  const source = await readFile('test/enrichers/readme-shown.ts', 'utf8')
  const own = ['reply', 'items']
  const ready = Object.keys(enricher).filter((name) => !own.includes(name))
  expect(shown.map(({ name }) => name).toSorted()).toEqual(ready.toSorted())
  expect(Object.keys(layers).toSorted()).toEqual(ready.toSorted())
  // What the README has behind a comma is an option that may be left out.
  for (const { name, made } of shown)
    expect(source).toContain(`  ${name}: ${made.replace(/, \{ \w+ \}\)$/, ')')},\n`)
})

interface Inspected {
  readonly Config: { readonly Labels: unknown }
  readonly HostConfig: { readonly Memory: number; readonly Init: boolean }
}
