import { expect, it } from 'vitest'
import { parseFilters } from './filters.js'

const accepted = ['label', 'label!', 'name', 'dangling']

it.each(['{"name":["a","b"]}', '{"name":{"a":true,"b":true}}'])('reads %s', (json) => {
  expect(parseFilters(json, accepted).get('name')).toEqual(['a', 'b'])
})

it('without a value for a name, everything fits', () => {
  const filters = parseFilters(undefined, accepted)
  expect(filters.some('name', () => false)).toBe(true)
  expect(filters.labels(null)).toBe(true)
})

it.each([
  ['["a"]', true],
  ['["a=1"]', true],
  ['["a=2"]', false],
  ['["a","b"]', false],
  ['["a=1=2"]', false],
])('labels %s', (label, fits) => {
  expect(parseFilters(`{"label":${label}}`, accepted).labels({ a: '1' })).toBe(fits)
})

it('labels that must not be there', () => {
  const filters = parseFilters('{"label!":["a"]}', accepted)
  expect([filters.labels({ a: '' }), filters.labels({ b: '' })]).toEqual([false, true])
})

it.each([
  ['nothing', 'the filters are invalid: they are a JSON object of names, each with a list of values'],
  ['{"nonsense":["x"]}', 'the filter nonsense is invalid here: there are label, label!, name, dangling'],
])('refuses %s', (json, message) => {
  expect(() => parseFilters(json, accepted)).toThrow(message)
})

it('a truth value is one', () => {
  expect(parseFilters('{"dangling":["true"]}', accepted).flag('dangling')).toBe(true)
  expect(() => parseFilters('{"dangling":["maybe"]}', accepted).flag('dangling')).toThrow(
    'the filter dangling=maybe is invalid',
  )
})
