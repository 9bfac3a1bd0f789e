import { expectTypeOf, test } from 'vitest'
import type { Endpoints } from './endpoint-table.js'
import type { Endpoint } from './endpoint-types.js'
import type { Checked, Patterns, Selected } from './pattern-types.js'

type CallOf<E extends Endpoint> = E extends Endpoint
  ? { endpoint: E; params: Endpoints[E]['params']; body: Endpoints[E]['body']; reply: Endpoints[E]['reply'] }
  : never

declare function on<const P extends Patterns>(
  patterns: P & Checked<P>,
  judge: (call: CallOf<Selected<P>>) => unknown,
): void

type Body<E extends Endpoint> = Endpoints[E]['body']
type Reply<E extends Endpoint> = Endpoints[E]['reply']

/** Compiled, not run. */
const compiles = (program: () => unknown): void => {
  expectTypeOf(program).toBeFunction()
}

test('every field of a body may be absent or null, at every depth', () => {
  type HostConfig = NonNullable<Body<'POST /containers/create'>['HostConfig']>
  expectTypeOf<HostConfig['Privileged']>().toEqualTypeOf<boolean | null | undefined>()
  expectTypeOf<HostConfig['Binds']>().toEqualTypeOf<string[] | null | undefined>()
  expectTypeOf<Body<'POST /containers/create'>['Labels']>().toEqualTypeOf<
    Record<string, string> | null | undefined
  >()
})

test('a number that may be past 2^53 may be a bigint', () => {
  type HostConfig = NonNullable<Body<'POST /containers/create'>['HostConfig']>
  expectTypeOf<HostConfig['Memory']>().toEqualTypeOf<number | bigint | null | undefined>()
  expectTypeOf<HostConfig['OomScoreAdj']>().toEqualTypeOf<number | null | undefined>()
})

test('a list replies with a list, and /volumes with an object that holds it', () => {
  expectTypeOf<Reply<'GET /containers/json'>[number]['Labels']>().toEqualTypeOf<
    Record<string, string> | null | undefined
  >()
  expectTypeOf<NonNullable<Reply<'GET /volumes'>['Volumes']>[number]['Name']>().toEqualTypeOf<
    string | null | undefined
  >()
  expectTypeOf<Reply<'GET /networks/'>>().toEqualTypeOf<Reply<'GET /networks'>>()
})

test('a stream of JSON values replies with one of them', () => {
  expectTypeOf<Reply<'GET /events'>['Action']>().toEqualTypeOf<string | null | undefined>()
  expectTypeOf<Reply<'POST /build'>['stream']>().toEqualTypeOf<string | null | undefined>()
  expectTypeOf<Reply<'POST /images/create'>>().toEqualTypeOf<Reply<'POST /images/:name/push'>>()
  expectTypeOf<Reply<'GET /containers/:id/stats'>['name']>().toEqualTypeOf<string | null | undefined>()
})

test('what is not JSON is undefined', () => {
  expectTypeOf<Body<'POST /build'>>().toEqualTypeOf<undefined>()
  expectTypeOf<Body<'GET /containers/json'>>().toEqualTypeOf<undefined>()
  expectTypeOf<Reply<'GET /images/:name/get'>>().toEqualTypeOf<undefined>()
  expectTypeOf<Reply<'HEAD /_ping'>>().toEqualTypeOf<undefined>()
  expectTypeOf<Reply<'POST /containers/:id/start'>>().toEqualTypeOf<undefined>()
})

test('what the description does not have is open', () => {
  expectTypeOf<Body<'POST /grpc'>>().toBeUnknown()
  expectTypeOf<Reply<'GET /debug/vars'>>().toBeUnknown()
  expectTypeOf<Body<'unknown'>>().toBeUnknown()
})

test('known values of a text are offered, and others allowed', () => {
  const volume: Body<'POST /containers/create'> = { HostConfig: { Mounts: [{ Type: 'volume' }] } }
  const another: Body<'POST /containers/create'> = { HostConfig: { Mounts: [{ Type: 'of-tomorrow' }] } }
  expectTypeOf(volume).toEqualTypeOf(another)
})

test('a text where the engine reads it as a list is part of the type', () => {
  type HostConfig = NonNullable<Body<'POST /containers/create'>['HostConfig']>
  expectTypeOf<HostConfig['CapAdd']>().toEqualTypeOf<string | string[] | null | undefined>()
  expectTypeOf<Body<'POST /containers/:id/exec'>['Cmd']>().toEqualTypeOf<string[] | null | undefined>()
})

test('a field that does not exist does not compile', () => {
  compiles(() =>
    on('POST /containers/create', ({ body }) => [
      body.HostConfig?.Privileged,
      // @ts-expect-error it is Privileged
      body.HostConfig?.Privilegd,
      // @ts-expect-error and it is in HostConfig
      body.Privileged,
    ]),
  )
})

test('several endpoints narrow by their name', () => {
  compiles(() =>
    on(['POST /containers/create', 'POST /containers/:id/exec'], (call) => {
      // @ts-expect-error a body of create has no such field
      void call.body.Privileged
      if (call.endpoint === 'POST /containers/create') return call.body.HostConfig?.Privileged
      expectTypeOf(call.params).toEqualTypeOf<{ id: string }>()
      return call.body.Privileged
    }),
  )
})

test('what several bodies have in common needs no narrowing', () => {
  compiles(() =>
    on(['POST /containers/create', 'POST /volumes/create', 'POST /networks/create'], ({ body }) => {
      body.Labels = { ...body.Labels, team: 'core' }
    }),
  )
})

test('a wildcard has the bodies and replies of what it selects', () => {
  compiles(() =>
    on('* /exec{/*rest}', (call) => {
      expectTypeOf(call.endpoint).toEqualTypeOf<
        'GET /exec/:id/json' | 'POST /exec/:id/start' | 'POST /exec/:id/resize'
      >()
      expectTypeOf(call.params.id).toEqualTypeOf<string>()
      if (call.endpoint === 'POST /exec/:id/start')
        expectTypeOf(call.body.Detach).toEqualTypeOf<boolean | null | undefined>()
      if (call.endpoint === 'GET /exec/:id/json')
        expectTypeOf(call.reply.Running).toEqualTypeOf<boolean | null | undefined>()
    }),
  )
})

test('a call of any endpoint narrows too', () => {
  compiles(() => (call: CallOf<Endpoint>) => {
    if (call.endpoint !== 'POST /volumes/create') return
    expectTypeOf(call.body.Driver).toEqualTypeOf<string | null | undefined>()
  })
})

test('a pattern that matches nothing is told so', () => {
  expectTypeOf<Checked<'GET /nosuch'>>().toEqualTypeOf<{
    readonly 'no endpoint of the Docker API matches': 'GET /nosuch'
  }>()
  expectTypeOf<Checked<'GET /containers/{id}/json'>>().toEqualTypeOf<{
    readonly 'a parameter is written :name, not {name}': 'GET /containers/{id}/json'
  }>()
  compiles(() =>
    // @ts-expect-error no endpoint of the Docker API matches
    on('POST /containers/creat', () => true),
  )
})
