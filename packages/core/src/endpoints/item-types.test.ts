import { readFileSync } from 'node:fs'
import { expect, expectTypeOf, test } from 'vitest'
import type { api, Handler, Reply } from '@intermediate/core'
import { itemPlace } from '../json/item-places.js'
import { endpoints } from './endpoints.js'
import type { Endpoint } from './endpoint-types.js'
import type { Item } from './item-types.js'

const entries = new Map(
  [
    ...read('api-endpoints.ts').matchAll(/^ {2}'(.+)': \{ .*; reply: ([^;]+?)(?:; item: ([^;]+?))? \}$/gm),
  ].map(([, key = '', reply = '', item]) => [key, { reply, item }]),
)

test.each(endpoints)('$key has items in its type where it has some when the program runs', (endpoint) => {
  const { reply, item } = entries.get(endpoint.key) ?? {}
  const place = itemPlace(endpoint)
  const typeIn = {
    list: () => [`${item}[]`, item],
    stream: () => [item, item],
    field: (name = '') => [reply, `NonNullable<${reply}['${name}']>[number]`],
  }
  const due = place && typeIn[place.kind](place.kind === 'field' ? place.name : undefined)
  expect([reply, item]).toEqual(due ?? [reply, undefined])
})

/** Compiled, not run. */
declare const next: Handler
declare const any: Reply
const compiles = (program: () => unknown): void => {
  expectTypeOf(program).toBeFunction()
}

test('the items of a list, of a stream, and of a list in a field', () => {
  expectTypeOf<Item<'GET /containers/json'>>().toEqualTypeOf<api.ContainerSummary>()
  expectTypeOf<Item<'GET /networks/'>>().toEqualTypeOf<api.NetworkSummary>()
  expectTypeOf<Item<'GET /events'>>().toEqualTypeOf<api.EventMessage>()
  expectTypeOf<Item<'POST /containers/:id/wait'>>().toEqualTypeOf<api.ContainerWaitResponse>()
  expectTypeOf<Item<'GET /volumes'>>().toEqualTypeOf<api.Volume>()
  expectTypeOf<Item<'GET /containers/:id/top'>>().toEqualTypeOf<string[]>()
})

test('a prune lists names, and that of images what became of each', () => {
  expectTypeOf<Item<'POST /build/prune'>>().toEqualTypeOf<string>()
  expectTypeOf<Item<'POST /containers/prune'>>().toEqualTypeOf<string>()
  expectTypeOf<Item<'POST /networks/prune'>>().toEqualTypeOf<string>()
  expectTypeOf<Item<'POST /volumes/prune'>>().toEqualTypeOf<string>()
  expectTypeOf<Item<'POST /images/prune'>>().toEqualTypeOf<api.ImageDeleteResponseItem>()
})

test('what has no items has none in its type, whatever lists are in it', () => {
  expectTypeOf<Item<'GET /system/df'>>().toBeNever()
  expectTypeOf<Item<'GET /info'>>().toBeNever()
  expectTypeOf<Item<'POST /containers/:id/start'>>().toBeNever()
  expectTypeOf<Item<'unknown'>>().toBeNever()
})

test('of several endpoints an item is one of each, of any endpoint any value', () => {
  expectTypeOf<Item<'GET /volumes' | 'GET /events'>>().toEqualTypeOf<api.Volume | api.EventMessage>()
  expectTypeOf<Item<Endpoint>>().toEqualTypeOf<NonNullable<unknown>>()
})

test('items() is for endpoints that have some', () => {
  compiles(() => [
    reply<'GET /volumes'>((each) => each.items(({ Name }) => ({ Name: Name?.toUpperCase() ?? null }))),
    reply<'POST /volumes/prune'>((each) => each.items((name) => name.toUpperCase())),
    reply<'GET /images/json' | 'GET /containers/json'>((each) => each.items((item) => item)),
    any.items((item) => item),
    // @ts-expect-error an item of another type
    reply<'POST /volumes/prune'>((each) => each.items(() => ({ Name: 'v' }))),
    // @ts-expect-error its replies have no items: read them with json()
    reply<'GET /info'>((each) => each.items((item) => item)),
    // @ts-expect-error its replies have no items: read them with json()
    reply<'GET /system/df'>((each) => each.items((item) => item)),
    // @ts-expect-error one of them has none
    reply<'GET /info' | 'GET /volumes'>((each) => each.items((item) => item)),
  ])
})

test('a layer returns the reply of any endpoint, with items or without', () => {
  compiles(() => {
    next<'GET /info'> satisfies (call: never) => Promise<Reply>
    next<'GET /volumes'> satisfies (call: never) => Promise<Reply>
  })
})

declare function reply<E extends Endpoint>(look: (reply: Reply<E>) => void): void

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8')
}
