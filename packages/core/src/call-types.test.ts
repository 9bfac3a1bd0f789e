import { expectTypeOf, test } from 'vitest'
import type { api, Call, Endpoints, Handler, Intermediate, Layer, Reply } from '@intermediate/core'
import type { Endpoint } from './endpoints/endpoint-types.js'

declare const used: Intermediate
declare const any: Call
declare const next: Handler

/** Compiled, not run. */
const compiles = (program: () => unknown): void => {
  expectTypeOf(program).toBeFunction()
}

test('a layer of every call narrows by the endpoint, with its body, parameters, query and reply', () => {
  compiles(() =>
    used.use(async (call, next) => {
      expectTypeOf(call.endpoint).toEqualTypeOf<Endpoint>()
      if (call.endpoint === 'POST /containers/create') {
        expectTypeOf((await call.json()).HostConfig).toEqualTypeOf<api.HostConfig | null | undefined>()
        expectTypeOf(call.query.name).toEqualTypeOf<string | undefined>()
        const created = await next(call)
        if (created.ok) expectTypeOf((await created.json()).Id).toEqualTypeOf<string | null | undefined>()
        return created
      }
      if (call.endpoint === 'POST /containers/:id/exec') {
        expectTypeOf(call.params).toEqualTypeOf<{ id: string }>()
        expectTypeOf((await call.json()).Privileged).toEqualTypeOf<boolean | null | undefined>()
      }
      return next(call)
    }),
  )
})

test('several endpoints narrow by theirs, and what they have in common needs no narrowing', () => {
  compiles(() =>
    used.use(['POST /containers/create', 'POST /containers/:id/exec'], async (call, next) => {
      expectTypeOf(call.endpoint).toEqualTypeOf<'POST /containers/create' | 'POST /containers/:id/exec'>()
      // @ts-expect-error a create body has no such field
      void (await call.json()).Privileged
      if (call.endpoint === 'POST /containers/create') void (await call.json()).HostConfig
      else expectTypeOf(call.params.id).toEqualTypeOf<string>()
      return next(call)
    }),
  )
  compiles(() =>
    used.use(['POST /containers/create', 'POST /volumes/create'], async (call, next) => {
      const body = await call.json()
      body.Labels = { ...body.Labels, team: 'core' }
      return next(call)
    }),
  )
})

test('a wildcard has what it selects', () => {
  compiles(() =>
    used.use('* /exec{/*rest}', async (call, next) => {
      expectTypeOf(call.params.id).toEqualTypeOf<string>()
      if (call.endpoint === 'POST /exec/:id/start')
        expectTypeOf((await call.json()).Detach).toEqualTypeOf<boolean | null | undefined>()
      return next(call)
    }),
  )
})

test('next gives the reply of the endpoint, whatever the call', () => {
  compiles(async () => {
    expectTypeOf(next(any)).resolves.toEqualTypeOf<Reply>()
    if (any.endpoint === 'GET /info') expectTypeOf(next(any)).resolves.toEqualTypeOf<Reply<'GET /info'>>()
    const other = any.to('GET /images/:name/json', { params: { name: 'busybox' } })
    expectTypeOf(next(other)).resolves.toEqualTypeOf<Reply<'GET /images/:name/json'>>()
  })
})

test('a reply narrows by ok', () => {
  compiles(async () => {
    const reply = await next(any.to('GET /containers/json'))
    // @ts-expect-error it may be an error, which has no entries
    void (await reply.json())[0]
    if (reply.ok) expectTypeOf(reply.json()).resolves.toEqualTypeOf<api.ContainerSummary[]>()
    else expectTypeOf(reply.json()).resolves.toEqualTypeOf<{ message?: string | null }>()
    if (reply.ok)
      reply.items((container) => {
        expectTypeOf(container).toEqualTypeOf<api.ContainerSummary>()
        return container
      })
  })
})

test('a call of its own takes the parameters of the endpoint, its query, and gives its reply', () => {
  compiles(async () => {
    const inspected = await any.ask('GET /containers/:id/json', { params: { id: 'x' }, query: { size: '1' } })
    if (inspected.ok)
      expectTypeOf((await inspected.json()).Config?.Labels).toEqualTypeOf<
        Record<string, string> | null | undefined
      >()
    await any.ask('GET /info')
    await any.ask('POST /volumes/create', { body: { Name: 'v' } })
    // @ts-expect-error it needs an id
    await any.ask('GET /containers/:id/json')
    // @ts-expect-error it is id
    await any.ask('GET /containers/:id/json', { params: { name: 'x' } })
    // @ts-expect-error a query is text
    await any.ask('GET /containers/json', { query: { all: true } })
    // @ts-expect-error it has no parameters
    await any.ask('GET /info', { params: { id: 'x' } })
    // @ts-expect-error there is no such endpoint
    await any.ask('GET /nosuch')
  })
})

test('parameters, queries and bodies of endpoints', () => {
  type Of<E extends Endpoint> = Endpoints[E]
  expectTypeOf<Call<'DELETE /containers/:id/checkpoints/:checkpoint'>['params']>().toEqualTypeOf<{
    id: string
    checkpoint: string
  }>()
  expectTypeOf<Call<'POST /images/create'>['query']['fromImage']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Call<'GET /info'>['query']['of-tomorrow']>().toEqualTypeOf<string | undefined>()
  expectTypeOf<Of<'POST /volumes/create'>['body']>().toEqualTypeOf<api.VolumeCreateRequest>()
  expectTypeOf<Of<'POST /services/create'>['body']['TaskTemplate']>().toEqualTypeOf<
    api.TaskSpec | null | undefined
  >()
  expectTypeOf<Of<'POST /networks/:id/connect'>['body']['Container']>().toEqualTypeOf<
    string | null | undefined
  >()
  expectTypeOf<Of<'POST /exec/:id/start'>['body']['Detach']>().toEqualTypeOf<boolean | null | undefined>()
  expectTypeOf<Of<'POST /containers/create'>['body']>().toEqualTypeOf<api.ContainerCreateBody>()
})

test('use takes a layer of any call, one for its endpoints, or an intermediate, and nothing else', () => {
  compiles(() => {
    const every: Layer = (call, next) => next(call)
    const info = (call: Call<'GET /info'>, next: Handler) => next(call)
    used.use(every).use(every, { name: 'every' }).use(used).use(used, { policy: true })
    used.use('GET /info', info).use(['GET /info'], every, { deadline: 1 }).use('* /info', used)
    used.use(process.argv[2] ?? '', every)
    // @ts-expect-error it is a layer of one endpoint only
    used.use(info)
    // @ts-expect-error it is a layer of another endpoint
    used.use('GET /version', info)
    // @ts-expect-error there is no layer
    used.use('GET /info')
    // @ts-expect-error there are two
    used.use(every, (call, next) => next(call))
    // @ts-expect-error there is no such option
    used.use(every, { nmae: 'x' })
    // @ts-expect-error it returns no reply
    used.use(async () => ({ status: 200 }))
  })
})
