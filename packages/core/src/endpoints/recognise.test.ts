import { posix } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EndpointInfo } from './endpoint-types.js'
import { endpoints, unknownEndpoint } from './endpoints.js'
import type { Match } from './match-path.js'
import { recognise, recogniser } from './recognise.js'

const found = (method: string, target: string): string[] =>
  recognise(method, target).matches.map(({ endpoint }) => endpoint.key)

const first = (method: string, target: string): Match | undefined => recognise(method, target).matches[0]

describe('whatever the values and however they are escaped', () => {
  test('a path of an endpoint is recognised as that endpoint', () => {
    fc.assert(
      fc.property(call(), ({ endpoint, params, version, target }) => {
        const recognition = recognise(endpoint.method, target)
        expect(recognition.matches).toContainEqual({ endpoint, params })
        expect(recognition.version).toBe(version)
        expect(recognition.path).toBe(pathOf(endpoint, params))
      }),
      { numRuns: 2000 },
    )
  })

  test('a path that the engine redirects is no endpoint', () => {
    fc.assert(
      fc.property(fc.constantFrom(...methods()), oddPath(), (method, path) => {
        fc.pre(posix.normalize(path) !== path)
        expect(found(method, path)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test('the version and the parameters, put back, give the path', () => {
    fc.assert(
      fc.property(fc.constantFrom(...methods()), oddPath(), (method, odd) => {
        const { matches, version, path } = recognise(method, odd)
        expect(`${version === undefined ? '' : `/v${version}`}${path}`).toBe(odd)
        for (const { endpoint, params } of matches) {
          expect(endpoint.method).toBe(method)
          expect([pathOf(endpoint, params), `${pathOf(endpoint, params)}/`]).toContain(path)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a parameter', () => {
  test('spans slashes where the route says so', () => {
    expect(recognise('POST', '/containers/web/db/exec').matches).toEqual([
      { endpoint: named('POST /containers/:id/exec'), params: { id: 'web/db' } },
    ])
    expect(first('GET', '/images/docker.io/library/nginx:latest/json')?.params).toEqual({
      name: 'docker.io/library/nginx:latest',
    })
    expect(found('GET', '/services/a/b')).toEqual([])
    expect(found('GET', '/services/a%2Fb')).toEqual([])
  })

  test('that spans may be empty or end in a slash at the end of the path, as for the engine', () => {
    expect(first('DELETE', '/containers/')?.params).toEqual({ id: '' })
    expect(first('DELETE', '/containers/web/')?.params).toEqual({ id: 'web/' })
    expect(first('GET', '/volumes/')?.params).toEqual({ name: '' })
    expect(found('GET', '/services/')).toEqual([])
  })

  test('that spans holds no line feed, which stops a dot in Go', () => {
    expect(found('GET', '/containers/a%0Ab/json')).toEqual([])
    expect(found('GET', '/configs/a%0Ab')).toEqual(['GET /configs/:id'])
  })

  test('takes any other character', () => {
    expect(first('GET', '/containers/x%2B+%00%C3%A9%5C/json')?.params).toEqual({ id: 'x++\0é\\' })
    expect(first('GET', '/containers/__proto__/json')?.params).toEqual({ id: '__proto__' })
  })

  test('may have the name of a fixed segment elsewhere', () => {
    expect(found('GET', '/containers/create/json')).toEqual(['GET /containers/:id/json'])
    expect(found('POST', '/containers/prune/start')).toEqual(['POST /containers/:id/start'])
    expect(found('GET', '/images/json/json')).toEqual(['GET /images/:name/json'])
  })
})

describe('where several endpoints fit, the first is the one that the engine acts on', () => {
  test('a checkpoint before a container', () => {
    expect(recognise('DELETE', '/containers/x/checkpoints/y').matches).toEqual([
      {
        endpoint: named('DELETE /containers/:id/checkpoints/:checkpoint'),
        params: { id: 'x', checkpoint: 'y' },
      },
      { endpoint: named('DELETE /containers/:id'), params: { id: 'x/checkpoints/y' } },
    ])
    expect(found('DELETE', '/containers/a/b/checkpoints/y')).toEqual(['DELETE /containers/:id'])
  })

  test('a fixed segment before a parameter', () => {
    expect(found('GET', '/debug/pprof/trace')).toEqual(['GET /debug/pprof/trace', 'GET /debug/pprof/:name'])
    expect(found('GET', '/debug/pprof/')).toEqual(['GET /debug/pprof/'])
  })

  test('the list of networks under both of its paths', () => {
    expect(found('GET', '/networks/')).toEqual(['GET /networks', 'GET /networks/'])
    expect(found('GET', '/networks')).toEqual(['GET /networks'])
  })
})

describe('a path', () => {
  test('ends at the first question mark, and not at a number sign', () => {
    expect(found('GET', '/info?a?b=/../')).toEqual(['GET /info'])
    expect(found('GET', '/info#x')).toEqual([])
    expect(found('GET', '/info%3Fall=1')).toEqual([])
  })

  test('is decoded once', () => {
    expect(found('GET', '/containers%2fjson')).toEqual(['GET /containers/json'])
    expect(found('GET', '/%63ontainers/json')).toEqual(['GET /containers/json'])
    expect(first('GET', '/containers/%252e%252e/json')?.params).toEqual({ id: '%2e%2e' })
  })

  test.each(['/containers/%zz/json', '/containers/%/json', '/%c0%af', '/containers/%ff/json', '/%ed%a0%80'])(
    'that cannot be decoded is unknown, and kept as it came: %s',
    (path) => {
      expect(recognise('GET', `${path}?all=1`)).toEqual({
        matches: [],
        version: undefined,
        outdated: false,
        path,
      })
    },
  )

  test.each([
    '//info',
    '/./info',
    '/info/.',
    '/containers/x/..',
    '/containers/x/%2e%2e/json',
    '/v1.41//info',
    '/.',
    '/..',
  ])('that the engine redirects is unknown: %s', (path) => {
    for (const method of ['GET', 'DELETE']) expect(found(method, path)).toEqual([])
  })

  test('may have dots that go nowhere', () => {
    expect(first('GET', '/containers/.../json')?.params).toEqual({ id: '...' })
    expect(first('GET', '/containers/.web/json')?.params).toEqual({ id: '.web' })
  })

  test.each([
    '/',
    '/Info',
    '/info/',
    '/info;x',
    '/containers/x/json/',
    '/containers/x/.json',
    '/exec/json',
    '/nosuch',
  ])('without a route is unknown: %s', (path) => expect(found('GET', path)).toEqual([]))
})

describe('a method', () => {
  test.each(['get', 'PATCH', 'OPTIONS', 'FOO', ''])('that no route has is unknown: %s', (method) => {
    expect(found(method, '/info')).toEqual([])
  })

  test('HEAD is only what the engine has as HEAD', () => {
    expect(found('HEAD', '/_ping')).toEqual(['HEAD /_ping'])
    expect(found('HEAD', '/containers/x/archive')).toEqual(['HEAD /containers/:id/archive'])
    expect(found('HEAD', '/info')).toEqual([])
    expect(found('HEAD', '/containers/json')).toEqual([])
  })
})

describe('a version', () => {
  test.each([
    ['1.45', false],
    ['1.24', false],
    ['1.24.0', false],
    ['1.41.', false],
    ['01.041', false],
    ['2', false],
    ['1.99999999999999999999', false],
    ['1.24.3.1', false],
    ['1.23', true],
    ['1.23.99.1', true],
    ['1', true],
    ['0.99', true],
    ['1..41', true],
    ['.1.41', true],
    ['.', true],
    ['...', true],
  ])('%s is taken off the path and kept; below 1.24 it is outdated (%s)', (version, outdated) => {
    const { matches, ...rest } = recognise('GET', `/v${version}/info`)
    expect(rest).toEqual({ version, outdated, path: '/info' })
    expect(matches).toEqual([{ endpoint: named('GET /info'), params: {} }])
  })

  test.each(['/v/info', '/V1.41/info', '/v1.41', '/v1.41x/info', '/1.41/info'])('is not in %s', (path) => {
    expect(recognise('GET', path)).toEqual({ matches: [], version: undefined, outdated: false, path })
  })

  test('is taken off once, and may be escaped', () => {
    expect(recognise('GET', '/v1.41/v1.41/info')).toMatchObject({ matches: [], path: '/v1.41/info' })
    expect(found('GET', '/%76%31.41/info')).toEqual(['GET /info'])
    expect(recognise('GET', '/v1.41/')).toEqual({ matches: [], version: '1.41', outdated: false, path: '/' })
  })
})

describe('the endpoints', () => {
  test('have their place in the table as their id, and unknown has 0', () => {
    expect(endpoints.map(({ id }) => id)).toEqual(endpoints.map((_, index) => index + 1))
    expect(unknownEndpoint.id).toBe(0)
  })

  test('cannot be changed', () => {
    for (const endpoint of [unknownEndpoint, ...endpoints]) {
      expect(
        Object.isFrozen(endpoint) && Object.isFrozen(endpoint.query) && Object.isFrozen(endpoint.engines),
      ).toBe(true)
    }
  })

  test('hijack exactly where the engine may', () => {
    expect(endpoints.filter(({ hijack }) => hijack).map(({ key }) => key)).toEqual([
      'POST /containers/:id/attach',
      'GET /containers/:id/attach/ws',
      'POST /exec/:id/start',
      'POST /grpc',
      'POST /session',
    ])
  })
})

test('another table is recognised by the same rules', () => {
  const own: EndpointInfo = { ...named('GET /info'), id: 999, method: 'POST', path: '/my/route/:id' }
  const matches = recogniser([...endpoints, own])('POST', '/v1.45/my/route/7').matches
  expect(matches).toEqual([{ endpoint: own, params: { id: '7' } }])
})

interface SomeCall {
  readonly endpoint: EndpointInfo
  readonly params: Readonly<Record<string, string>>
  readonly version: string | undefined
  readonly target: string
}

/** A request for any endpoint: any values, any characters escaped that need not be, with or without version and query. */
function call(): fc.Arbitrary<SomeCall> {
  const version = fc.constantFrom(undefined, '1.24', '1.45', '1.24.0', '1')
  const query = fc.constantFrom('', '?', '?all=1', '?x=/../%zz')
  return fc
    .tuple(fc.constantFrom(...endpoints), version, query, fc.infiniteStream(fc.boolean()))
    .chain(([endpoint, asked, asQuery, escapes]) =>
      fc
        .record(Object.fromEntries(paramNames(endpoint).map((name) => [name, paramValue(endpoint)])))
        .map((params) => {
          const path = `${asked === undefined ? '' : `/v${asked}`}${pathOf(endpoint, params)}`
          return { endpoint, params, version: asked, target: `${escaped(path, escapes)}${asQuery}` }
        }),
    )
}

function paramValue({ slashes }: EndpointInfo): fc.Arbitrary<string> {
  const segment = fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('json', '...', '%2e', 'v1.45', 'checkpoints'),
    )
    .filter((value) => !/^\.\.?$|\/|\n/.test(value))
  return slashes ? fc.array(segment, { minLength: 1, maxLength: 3 }).map((all) => all.join('/')) : segment
}

function pathOf({ path }: EndpointInfo, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '')
}

function paramNames({ path }: EndpointInfo): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '')
}

function escaped(path: string, escapes: Iterator<boolean>): string {
  return [...Buffer.from(path)]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      const mayStand = byte > 0x20 && byte < 0x7f && !'%?'.includes(char)
      return mayStand && !escapes.next().value ? char : `%${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
}

/** Paths made of the pieces that the routes are made of, and of those that make trouble. */
function oddPath(): fc.Arbitrary<string> {
  const known = endpoints
    .flatMap(({ path }) => path.slice(1).split('/'))
    .filter((piece) => !piece.startsWith(':'))
  const piece = fc.oneof(
    fc.constantFrom('', '.', '..', '...', 'x', 'v1.45', 'v..'),
    fc.constantFrom(...known),
  )
  return fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => `/${pieces.join('/')}`)
}

function methods(): string[] {
  return [...new Set(endpoints.map(({ method }) => method))]
}

function named(key: string): EndpointInfo {
  const endpoint = endpoints.find((each) => each.key === key)
  if (endpoint === undefined) throw new Error(`no ${key} in the table`)
  return endpoint
}
