import { describe, expect, test } from 'vitest'
import { IntermediateError } from '../errors.js'
import { endpoints } from './endpoints.js'
import { select } from './patterns.js'
import type { PrivateEndpointOptions } from './private-endpoints.js'
import { everyEndpoint, isPrivate, privateEndpoint } from './private-endpoints.js'
import { recognise } from './recognise.js'
import { targetOf } from './target.js'

declare module '@intermediate/core' {
  interface Endpoints {
    'POST /things/:name/run': {
      params: { name: string }
      query: { wait?: string }
      body: { Args?: string[] | null }
      reply: { Id?: string | null }
    }
  }
}

/** One without types, as a program in JavaScript declares it. */
const declare = (key: string, options?: PrivateEndpointOptions) => privateEndpoint(key, options)

const run = privateEndpoint('POST /things/:name/run')
const all = declare('GET /things', { items: 'list' })
const one = declare('GET /things/:name', { slashes: true })
const session = declare('POST /things/:name/session', { hijack: true, items: 'stream' })

const found = (method: string, target: string): string[] =>
  recognise(method, target).matches.map(({ endpoint }) => endpoint.key)

describe('a private endpoint is recognised as the engine would recognise it', () => {
  test('with its parameters, decoded once', () => {
    expect(recognise('POST', '/things/a%20b%252f/run?wait=1').matches).toEqual([
      { endpoint: run, params: { name: 'a b%2f' } },
    ])
  })

  test('with or without a version, which may be outdated', () => {
    expect(recognise('POST', '/v1.45/things/x/run')).toMatchObject({ version: '1.45', path: '/things/x/run' })
    expect(recognise('POST', '/v1.23/things/x/run')).toMatchObject({ matches: [{}], outdated: true })
  })

  test('by the case of its path and its method', () => {
    for (const target of [
      '/Things/x/run',
      '/things/x/Run',
      '/things/x/run/',
      '/things//run',
      '/things/x/y/run',
    ])
      expect(found('POST', target)).toEqual([])
    expect(found('PUT', '/things/x/run')).toEqual([])
  })

  test('its parameter spans slashes where that was asked for', () => {
    expect(recognise('GET', '/things/x/y').matches).toEqual([{ endpoint: one, params: { name: 'x/y' } }])
    expect(found('GET', '/things')).toEqual(['GET /things'])
  })
})

test('the endpoints of the Docker API stay what they are', () => {
  expect(found('POST', '/containers/things/exec')).toEqual(['POST /containers/:id/exec'])
  expect(endpoints.some(isPrivate)).toBe(false)
  expect(everyEndpoint()).toEqual([...endpoints, run, all, one, session])
})

test('it is frozen, no engine has it, and its id comes after the table', () => {
  expect(Object.isFrozen(run)).toBe(true)
  expect(run).toMatchObject({ id: endpoints.length + 1, engines: [], hijack: false, slashes: false })
  expect(session).toMatchObject({ id: endpoints.length + 4, hijack: true, jsonStream: true })
})

test('patterns select it by its name and by wildcards, and a misspelt one is told of it', () => {
  expect(select('POST /things/:thing/run')).toEqual([run])
  expect(select('* /things{/*rest}')).toEqual([run, all, one, session])
  expect(select('* /*rest')).toEqual([...endpoints, run, all, one, session])
  expect(() => select('POST /thing/:name/run')).toThrow('did you mean "POST /things/:name/run"')
})

test('a layer can make a call of it', () => {
  const asked = { version: '1.45', params: { name: 'a b' }, query: { wait: '1' } }
  expect(targetOf('POST /things/:name/run', asked)).toEqual({
    method: 'POST',
    target: '/v1.45/things/a%20b/run?wait=1',
  })
})

describe('what cannot be declared is an error that says', () => {
  const refusal = (key: string, options?: object): string => {
    try {
      privateEndpoint(key, options)
    } catch (error) {
      if (error instanceof IntermediateError && error.code === 'ERR_CONFIGURATION') return error.message
      throw error
    }
    throw new Error('it was declared')
  }

  test.each([
    ['', 'must be a method and a path: write "POST /extensions/:name/run".'],
    ['/x', 'must be a method and a path: write "POST /extensions/:name/run".'],
    ['POST x', 'must be a method and a path: write "POST /extensions/:name/run".'],
    ['POST /', 'must be a method and a path: write "POST /extensions/:name/run".'],
    ['POST /x y', 'must be a method and a path: write "POST /extensions/:name/run".'],
    ['unknown', 'must be a method and a path: write "POST /extensions/:name/run".'],
    ['post /x', 'has the method post: use one of GET, HEAD, POST, PUT, PATCH, DELETE.'],
    ['* /x', 'has the method *: use one of GET, HEAD, POST, PUT, PATCH, DELETE.'],
    ['POST /v1.45/x', 'has a version, which is taken off before a path is recognised: leave it out.'],
    ['POST /:x/y', 'begins with a parameter: begin with a fixed segment of your own.'],
    ['POST /x/{id}', 'has a parameter in braces: write ":id".'],
    ['POST /x/', 'has the segment "", which the engine redirects or reads as another path: leave it out.'],
    ['POST /x//y', 'has the segment "", which the engine redirects or reads as another path: leave it out.'],
    [
      'POST /x/../y',
      'has the segment "..", which the engine redirects or reads as another path: leave it out.',
    ],
    ['POST /x/:1', 'has the parameter ":1": give it a name of letters, digits and _, as in ":id".'],
    [
      'POST /x/a%20b',
      'has the segment "a%20b": make it of letters, digits, "-", ".", "_" and "~", or of one parameter.',
    ],
    [
      'POST /x/*rest',
      'has the segment "*rest": make it of letters, digits, "-", ".", "_" and "~", or of one parameter.',
    ],
    ['POST /x/:a/:a', 'has the parameter ":a" twice: give each its own name.'],
    ['POST /containers/create', 'is an endpoint of the Docker API: use it without declaring it.'],
    [
      'POST /containers/:name/exec',
      'fits paths of "POST /containers/:id/exec", on which the engine acts: begin with a fixed segment of your own.',
    ],
    [
      'DELETE /containers/:id/snapshots/:snapshot',
      'fits paths of "DELETE /containers/:id", on which the engine acts: begin with a fixed segment of your own.',
    ],
    [
      'GET /images/all/json',
      'fits paths of "GET /images/:name/json", on which the engine acts: begin with a fixed segment of your own.',
    ],
    ['POST /things/:name/run', 'was declared before: declare it once.'],
    ['POST /things/:id/run', 'was declared before, as "POST /things/:name/run": declare it once.'],
  ])('of %s', (key, message) => {
    expect(refusal(key)).toBe(`The private endpoint "${key}" ${message}`)
  })

  test.each([
    [{ hijacks: true }, 'was given the option hijacks, which does not exist.'],
    [{ hijack: 'yes' }, 'was given the hijack yes: say true or false.'],
    [{ items: true }, 'was given the items true: say "list" or "stream".'],
    [{ slashes: true }, 'has 2 parameters, but slashes can span only where there is one.'],
  ])('of the options %j', (options, message) => {
    const key = 'POST /others/:a/to/:b'
    expect(refusal(key, options)).toBe(`The private endpoint "${key}" ${message}`)
    expect(() => select(key)).toThrow(IntermediateError)
  })
})

test('what only looks like an endpoint of the Docker API may be declared', () => {
  declare('PATCH /containers/:id/exec')
  declare('POST /containers/:id/snapshot')
  expect(found('POST', '/containers/web/snapshot')).toEqual(['POST /containers/:id/snapshot'])
  expect(found('POST', '/containers/web/start')).toEqual(['POST /containers/:id/start'])
})
