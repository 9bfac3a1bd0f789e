import type { api, Call, Layer } from '@intermediate/core'
import { expect, expectTypeOf, test } from 'vitest'
import { enricher } from './enricher.js'
import * as exported from './index.js'

test('an enricher is all there is', () => {
  expect(Object.keys(exported)).toEqual(['enricher'])
  expect(Object.keys(enricher)).toEqual([
    'reply',
    'items',
    'apiVersion',
    'environment',
    'imageMirror',
    'labels',
    'limits',
    'network',
  ])
})

test('a layer is named for what it does', () => {
  const names: readonly (readonly [string, Layer])[] = [
    ['enricher', enricher('GET /info', () => {})],
    ['team', enricher('GET /info', function team() {})],
    ['enricher.reply', enricher.reply('GET /info', () => {})],
    ['enricher.items', enricher.items('GET /containers/json', () => {})],
    ['labels', enricher.labels({ a: 'b' })],
    ['environment', enricher.environment({ A: 'b' })],
    ['limits', enricher.limits({ pids: { max: 5 } })],
    ['network', enricher.network('apps')],
    ['imageMirror', enricher.imageMirror({ 'docker.io': 'mirror.local' })],
    ['apiVersion', enricher.apiVersion()],
  ]
  for (const [name, layer] of names) expect(layer.name).toBe(name)
})

test('a change is given the body of its endpoint', () => {
  enricher('POST /containers/create', (call) => {
    expectTypeOf(call.body).toEqualTypeOf<api.ContainerCreateBody>()
    expectTypeOf(call.query.name).toEqualTypeOf<string | undefined>()
    call.body.Labels = { ...call.body.Labels, team: 'core' }
  })
  enricher('POST /containers/:id/update', async ({ body, params }) => {
    expectTypeOf(params).toEqualTypeOf<{ id: string }>()
    expectTypeOf(body.Memory).toEqualTypeOf<number | bigint | null | undefined>()
  })
  enricher('GET /info', ({ body }) => void expectTypeOf(body).toEqualTypeOf<undefined>())
})

test('several endpoints are told apart by their name', () => {
  enricher(['POST /volumes/create', 'POST /containers/create'], (call) => {
    call.body.Labels = {}
    if (call.endpoint === 'POST /volumes/create') call.body.Driver = 'local'
    else call.body.Image = 'busybox'
    // @ts-expect-error a volume has no image
    if (call.endpoint === 'POST /volumes/create') call.body.Image = 'busybox'
  })
})

test('a reply is given as the engine has done what it was asked', () => {
  enricher.reply('GET /version', async (reply, call) => {
    expectTypeOf(reply.ok).toEqualTypeOf<true>()
    expectTypeOf((await reply.json()).ApiVersion).toEqualTypeOf<string | null | undefined>()
    expectTypeOf(call).toEqualTypeOf<Call<'GET /version'>>()
  })
  enricher.reply(['GET /version', 'GET /info'], async (reply, call) => {
    expectTypeOf(call.endpoint).toEqualTypeOf<'GET /version' | 'GET /info'>()
    expectTypeOf(await reply.json()).toEqualTypeOf<api.SystemVersion | api.SystemInfo>()
  })
})

test('an item is one of the list, or of the stream', () => {
  enricher.items(
    'GET /containers/json',
    (item) => void expectTypeOf(item).toEqualTypeOf<api.ContainerSummary>(),
  )
  enricher.items('GET /volumes', (item) => void expectTypeOf(item).toEqualTypeOf<api.Volume>())
  enricher.items('GET /events', (item) => void expectTypeOf(item).toEqualTypeOf<api.EventMessage>())
})

test('what selects nothing does not compile', () => {
  const notRun = (): unknown => [
    // @ts-expect-error there is no such endpoint
    enricher('POST /container/create', () => {}),
    // @ts-expect-error nor this one
    enricher.reply(['GET /info', 'GET /infos'], () => {}),
    // @ts-expect-error the parameter is called id
    enricher.items('GET /containers/{id}/top', () => {}),
    // @ts-expect-error a change changes: it returns nothing
    enricher('GET /info', () => 5),
    // @ts-expect-error labels are text
    enricher.labels({ replicas: 3 }),
    // @ts-expect-error there is no such limit
    enricher.limits({ disk: { max: '1g' } }),
    // @ts-expect-error CPUs are a number
    enricher.limits({ cpus: { max: '2' } }),
  ]
  expectTypeOf(notRun).returns.toBeUnknown()
})
