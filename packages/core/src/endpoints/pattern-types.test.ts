import { expectTypeOf, test } from 'vitest'
import type { Endpoints } from './endpoint-table.js'
import type { Endpoint } from './endpoint-types.js'
import type { Checked, Pattern, Patterns, Selected } from './pattern-types.js'

declare function take<const P extends Patterns>(patterns: P & Checked<P>): P

test('an endpoint says what its path and query hold', () => {
  expectTypeOf<Endpoints['GET /containers/:id/json']['params']>().toEqualTypeOf<{ id: string }>()
  expectTypeOf<Endpoints['GET /containers/:id/json']['query']>().toEqualTypeOf<{ size?: string }>()
  expectTypeOf<Endpoints['GET /images/json']['query']['shared-size']>().toEqualTypeOf<string | undefined>()
})

test('a name selects itself, and wildcards what they fit', () => {
  expectTypeOf<Selected<'GET /info'>>().toEqualTypeOf<'GET /info'>()
  expectTypeOf<Selected<'unknown'>>().toEqualTypeOf<'unknown'>()
  expectTypeOf<Selected<'* /_ping'>>().toEqualTypeOf<'GET /_ping' | 'HEAD /_ping'>()
  expectTypeOf<Selected<'* /exec{/*rest}'>>().toEqualTypeOf<
    'GET /exec/:id/json' | 'POST /exec/:id/start' | 'POST /exec/:id/resize'
  >()
  expectTypeOf<Selected<'GET /*name/json'>>().toEqualTypeOf<
    | 'GET /containers/json'
    | 'GET /containers/:id/json'
    | 'GET /distribution/:name/json'
    | 'GET /exec/:id/json'
    | 'GET /images/json'
    | 'GET /images/:name/json'
    | 'GET /plugins/:name/json'
  >()
  expectTypeOf<Selected<'GET /networks{/*rest}'>>().toEqualTypeOf<
    'GET /networks' | 'GET /networks/' | 'GET /networks/:id'
  >()
})

test('everything is the table, and not what the table does not have', () => {
  expectTypeOf<Selected<'* /*rest'>>().toEqualTypeOf<Exclude<Endpoint, 'unknown'>>()
})

test('a parameter meets parameters only, whatever their name', () => {
  expectTypeOf<Selected<'DELETE /containers/:anything'>>().toEqualTypeOf<'DELETE /containers/:id'>()
  expectTypeOf<Selected<'* /containers/:id'>>().toEqualTypeOf<'DELETE /containers/:id'>()
  expectTypeOf<Selected<'GET /containers/web/json'>>().toEqualTypeOf<never>()
})

test('a list selects what each of its patterns does', () => {
  expectTypeOf<Selected<readonly ['GET /info', 'GET /images{/:name}/json']>>().toEqualTypeOf<
    'GET /info' | 'GET /images/json' | 'GET /images/:name/json'
  >()
})

test('a pattern that is only known when the program runs may select any endpoint', () => {
  expectTypeOf<Selected<string>>().toEqualTypeOf<Endpoint>()
  expectTypeOf<Selected<readonly Pattern[]>>().toEqualTypeOf<Endpoint>()
})

test('a pattern that selects nothing does not compile', () => {
  const notRun = (): unknown => [
    take('GET /containers/:name/json'),
    take(['GET /info', '* /volumes{/*rest}', 'unknown']),
    // @ts-expect-error there is no such path
    take('GET /nosuch'),
    // @ts-expect-error there is no such method on this path
    take('GET /containers/create'),
    // @ts-expect-error the case matters
    take('post /containers/create'),
    // @ts-expect-error a parameter is written :id
    take('GET /containers/{id}/json'),
    // @ts-expect-error the method is missing
    take('/containers/create'),
    // @ts-expect-error a wildcard has a name
    take('* /containers/*'),
    // @ts-expect-error one of them selects nothing
    take(['GET /info', '* /nosuch{/*rest}']),
    // @ts-expect-error the compiler asks for /containers/json
    take(['GET /contaners/json']),
  ]
  expectTypeOf(notRun).toBeFunction()
})
