import { readFile } from 'node:fs/promises'
import { memoryEngine } from '@intermediate/testing'
import { expect, it } from 'vitest'
import example from './readme-example.js'

const readme = await readFile('packages/enricher/README.md', 'utf8')

it('the README is short, and its example is the one below', async () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(61)
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

interface Inspected {
  readonly Config: { readonly Labels: unknown }
  readonly HostConfig: { readonly Memory: number; readonly Init: boolean }
}
