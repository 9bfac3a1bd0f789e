import { describe, expect, test } from 'vitest'
import { endpoints, unknownEndpoint } from './endpoints.js'
import { IntermediateError } from '../errors.js'
import { select } from './patterns.js'

const keys = (...patterns: string[]): string[] => select(patterns).map(({ key }) => key)

const refusal = (patterns: string | readonly string[]): IntermediateError => {
  try {
    select(patterns)
  } catch (error) {
    if (error instanceof IntermediateError) return error
    throw error
  }
  throw new Error('the pattern was taken')
}

test('every endpoint selects itself, by its own name', () => {
  for (const endpoint of endpoints) expect(select(endpoint.key)).toEqual([endpoint])
})

test('a list selects each endpoint once, in the order of the table', () => {
  expect(keys('GET /info', 'HEAD /_ping', '* /_ping')).toEqual(['GET /_ping', 'HEAD /_ping', 'GET /info'])
})

test('a parameter may have any name', () => {
  expect(keys('GET /containers/:anything/json')).toEqual(['GET /containers/:id/json'])
})

test('a parameter meets no fixed segment, and a fixed segment no parameter', () => {
  expect(keys('* /containers/:id')).toEqual(['DELETE /containers/:id'])
  expect(keys('POST /containers/create')).toEqual(['POST /containers/create'])
  expect(() => select('GET /containers/web/json')).toThrow(IntermediateError)
})

describe('a wildcard', () => {
  test('is any part of a path, fixed or not', () => {
    expect(keys('* /exec/*rest')).toEqual([
      'GET /exec/:id/json',
      'POST /exec/:id/resize',
      'POST /exec/:id/start',
    ])
    expect(keys('GET /*any/logs')).toEqual([
      'GET /containers/:id/logs',
      'GET /services/:id/logs',
      'GET /tasks/:id/logs',
    ])
  })

  test('may stand between parameters', () => {
    expect(keys('DELETE /*any/:last')).toContain('DELETE /containers/:id/checkpoints/:checkpoint')
    expect(keys('DELETE /*any/:last')).toEqual(keys('DELETE /*rest'))
  })

  test('takes an empty last segment: /networks/ lists the networks too', () => {
    expect(keys('GET /networks{/*rest}')).toEqual(['GET /networks', 'GET /networks/', 'GET /networks/:id'])
    expect(keys('GET /networks')).toEqual(['GET /networks'])
  })

  test('in braces may be absent', () => {
    expect(keys('DELETE /containers/:id{/*rest}')).toEqual([
      'DELETE /containers/:id',
      'DELETE /containers/:id/checkpoints/:checkpoint',
    ])
  })
})

test('* /*rest is the whole table, without what the table does not have', () => {
  expect(select('* /*rest')).toEqual(endpoints)
})

test('unknown is selected by its name', () => {
  expect(select('unknown')).toEqual([unknownEndpoint])
  expect(keys('GET /info', 'unknown')).toEqual(['unknown', 'GET /info'])
})

test('the case counts, and so does a slash at the end', () => {
  for (const pattern of ['get /info', 'GET /Info', 'GET /info/']) {
    expect(refusal(pattern).message).toContain('did you mean "GET /info"')
  }
})

describe('a pattern that selects nothing is an error at start that says', () => {
  test.each([
    [
      'which endpoints are near',
      'GET /contaners/json',
      'No endpoint of the Docker API matches "GET /contaners/json": did you mean "GET /containers/json", "GET /containers/:id/json" or "GET /containers/:id/top"?',
    ],
    [
      'that parameters have a colon',
      'GET /containers/{id}/json',
      'The endpoint "GET /containers/{id}/json" has a parameter in braces: write "GET /containers/:id/json".',
    ],
    [
      'that the method is missing',
      '/containers/create',
      'The endpoint "/containers/create" must be a method and a path: write "POST /containers/create", or "* /containers/create" for every method.',
    ],
    [
      'what a pattern looks like',
      'containers',
      'The endpoint "containers" must be a method and a path: write "POST /containers/create", or "* /containers/create" for every method.',
    ],
    [
      'that wildcards have a name',
      '* /containers/*',
      'The endpoint "* /containers/*" has a wildcard without a name: write "* /containers/*rest".',
    ],
    [
      'that parameters are whole segments',
      'GET /containers/web-:id/json',
      'The endpoint "GET /containers/web-:id/json" has a parameter or wildcard inside a segment: it must be a whole one, as in "/:id".',
    ],
    [
      'what cannot be read',
      'GET /containers/(.+)/json',
      'The endpoint "GET /containers/(.+)/json" cannot be read: Unexpected ( at index 12: /containers/(.+)/json.',
    ],
  ])('%s', (_, pattern, message) => {
    const error = refusal(['GET /info', pattern])
    expect(error.code).toBe('ERR_CONFIGURATION')
    expect(error.message).toBe(message)
  })

  test('that a list must name something', () => {
    expect(refusal([]).message).toBe(
      'No endpoint is named: write at least one, such as "POST /containers/create".',
    )
  })
})
