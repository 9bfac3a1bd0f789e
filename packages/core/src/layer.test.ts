import { expect, expectTypeOf, test } from 'vitest'
import { intermediate, IntermediateError, layer, reply } from '@intermediate/core'
import type { api, Call, Handler, Layer, LayerParts } from '@intermediate/core'

const noExec = layer('POST /containers/:id/exec', async function noExec({ params }) {
  return reply(403, { message: `exec into ${params.id} is not allowed here` })
})
const named = (name: string, parts: LayerParts = {}) =>
  layer(['GET /info', '* /volumes{/*rest}'], (call, next) => next(call), { name, ...parts })

test('a layer brings its endpoints and its name along', () => {
  expect(intermediate().use(noExec).use(named('others')).layers).toEqual([
    { name: 'noExec', endpoints: ['POST /containers/:id/exec'] },
    {
      name: 'others',
      endpoints: [
        'GET /info',
        'GET /volumes',
        'POST /volumes/create',
        'POST /volumes/prune',
        'GET /volumes/:name',
        'PUT /volumes/:name',
        'DELETE /volumes/:name',
      ].toSorted(inTheTable),
    },
  ])
})

test('use() narrows it, and has the last word about its name', () => {
  const layers = intermediate().use(['GET /info', 'GET /version'], named('inner'), { name: 'outer' })
  expect(layers.layers).toEqual([{ name: 'outer', endpoints: ['GET /info'] }])
  expect(() => intermediate().use('GET /version', noExec)).toThrow(
    /^None of GET \/version is wanted by .*noExec \(for POST \/containers\/:id\/exec\)\.$/,
  )
})

test('the function stays as it was, and may be of several layers', () => {
  async function same(call: Call, next: Handler) {
    return next(call)
  }
  const layers = [layer('GET /info', same), layer('GET /version', same, { name: 'other', policy: true })]
  expect(layers.map(({ name, endpoints, policy }) => ({ name, endpoints, policy }))).toEqual([
    { name: 'same', endpoints: ['GET /info'], policy: undefined },
    { name: 'other', endpoints: ['GET /version'], policy: true },
  ])
  expect(Object.keys(same)).toEqual([])
})

test('reasons are of its endpoints, and handed on', async () => {
  const reasons = async ({ params }: Call<'POST /containers/:id/exec'>) => [`no exec into ${params.id}`]
  const asked = layer('POST /containers/:id/exec', (call, next) => next(call), { policy: true, reasons })
  expect(await asked.reasons!({ params: { id: 'web' } } as Call)).toEqual(['no exec into web'])
})

test.each([
  [
    { polciy: true },
    'The layer for GET /info, * /volumes{/*rest} was given the option polciy, which does not exist.',
  ],
  [
    { reasons: async () => [] },
    'The layer for GET /info, * /volumes{/*rest} was given reasons, which only a policy has: say policy: true as well.',
  ],
])('what it cannot be is refused: %j', (parts, message) => {
  expect(() => named('mine', parts as LayerParts)).toThrow(message)
  expect(() => named('mine', parts as LayerParts)).toThrow(IntermediateError)
})

test('what is no function is refused', () => {
  expect(() => layer('GET /info', { policy: true } as never)).toThrow(
    'The layer for GET /info is not a function: give layer() its endpoints, then the function.',
  )
})

test('a pattern that selects nothing is an error when it is used', () => {
  const wrong = layer<string>('GET /nosuch', (call, next) => next(call))
  expect(() => intermediate().use(wrong)).toThrow('No endpoint of the Docker API matches "GET /nosuch"')
})

test('its call is typed by its endpoints', () => {
  const compiled = () => [
    layer(['POST /containers/create', 'POST /containers/:id/exec'], async (call, next) => {
      expectTypeOf(call.endpoint).toEqualTypeOf<'POST /containers/create' | 'POST /containers/:id/exec'>()
      if (call.endpoint === 'POST /containers/create')
        expectTypeOf((await call.json()).HostConfig).toEqualTypeOf<api.HostConfig | null | undefined>()
      return next(call)
    }),
    // @ts-expect-error no endpoint of the Docker API matches
    layer('GET /nosuch', (call, next) => next(call)),
    // @ts-expect-error it returns no reply
    layer('GET /info', async () => ({ status: 200 })),
    // @ts-expect-error there is no such option
    layer('GET /info', (call, next) => next(call), { polciy: true }),
  ]
  expectTypeOf(compiled).toBeFunction()
  expectTypeOf(noExec).toExtend<Layer>()
})

function inTheTable(a: string, b: string): number {
  const order = intermediate().use('* /*rest', (call, next) => next(call)).layers[0]!.endpoints!
  return order.indexOf(a as never) - order.indexOf(b as never)
}
