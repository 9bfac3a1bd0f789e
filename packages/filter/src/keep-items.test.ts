import { intermediate } from '@intermediate/core'
import { expect, expectTypeOf, test } from 'vitest'
import { filter } from './filter.js'

test('only endpoints that have items can be left some out of', () => {
  const compiled = () => [
    filter.items('POST /volumes/prune', (name) => name !== 'mine'),
    filter.items(['GET /volumes', 'GET /containers/json'], ({ Labels }) => Labels?.['team'] === 'core'),
    // @ts-expect-error its replies have no items
    filter.items('GET /info', () => true),
    // @ts-expect-error one of them has none
    filter.items(['GET /volumes', 'GET /info'], () => true),
  ]
  expectTypeOf(compiled).toBeFunction()
})

test('it is called what its function is called, or else items', () => {
  const mine = () => true
  const layers = [filter.items('GET /volumes', mine), filter.items('GET /volumes', () => true)]
  expect(layers.map(({ name, policy }) => [name, policy])).toEqual([
    ['mine', true],
    ['items', true],
  ])
  expect(intermediate().use(layers[0]!).layers).toEqual([{ name: 'mine', endpoints: ['GET /volumes'] }])
})
