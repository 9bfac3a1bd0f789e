import type { Layer } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyCall } from './any-body.js'
import { behind } from './behind.js'
import type { Engine, Sent } from './behind.js'

const enrichers: readonly (readonly [string, () => Layer])[] = [
  ['labels', () => enricher.labels({ team: 'core', 'a "$b"': '\\`' })],
  ['labels that keep', () => enricher.labels({ team: 'core', b: '1' }, { keep: true })],
  ['environment', () => enricher.environment({ A: '1', C: '2' })],
  ['environment that keeps', () => enricher.environment({ A: '1', C: '2' }, { keep: true })],
  [
    'limits',
    () =>
      enricher.limits({
        memory: { default: '512m', max: '1g' },
        cpus: { default: 1 / 3, max: 2 / 3 },
        pids: { max: 9 },
      }),
  ],
  ['limits without ceilings', () => enricher.limits({ memory: { default: '6m' }, cpus: { default: 0.01 } })],
  ['network', () => enricher.network('apps')],
  ['imageMirror', () => enricher.imageMirror({ 'docker.io': 'mirror.local/hub' })],
  ['apiVersion', () => enricher.apiVersion({ shown: '1.44' })],
]

const engine: Engine = (line) => {
  if (line.startsWith('GET /images/')) return line.includes('local') ? {} : undefined
  const HostConfig = { Memory: 2 ** 29, MemorySwap: 2 ** 31, CpuQuota: 20_000 }
  return {
    Id: 'web',
    HostConfig,
    Scope: 'swarm',
    ApiVersion: '1.41',
    MinAPIVersion: '1.24',
    Config: { Labels: null },
  }
}

describe.each(enrichers)('%s', (_, make) => {
  it('applied twice changes nothing more, and fails on nothing', async () => {
    await using once = await behind([make()], engine)
    await using stacked = await behind([make(), make()], engine)
    await using chained = await behind([make()], engine, [make()])
    await fc.assert(
      fc.asyncProperty(anyCall, async ({ line, body: value }) => {
        const body = value === undefined ? undefined : JSON.stringify(value)
        const first = await once.send(line, body)
        expect(first.response.status).not.toBe(500)
        for (const twice of [stacked, chained])
          expect(seenOf(await twice.send(line, body))).toEqual(seenOf(first))
      }),
      { numRuns: 300 },
    )
  })
})

/** What the engine got, if anything, and what the client was told. */
function seenOf({ line, query, body, response, auth }: Sent): readonly unknown[] {
  return [line, String(query), body, auth, response.status]
}
