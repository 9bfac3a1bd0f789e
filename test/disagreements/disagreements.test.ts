import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import type { Request } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { writeJson } from '../../packages/core/src/json/write-json.js'
import { ok, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { corpus } from './corpus.js'
import { bytesOf, forms, withNames } from './disagreement.js'
import type { Disagreement, Seen } from './disagreement.js'
import { lastReply } from './last-reply.js'

// Whatever a client writes: either it is refused and nothing is forwarded, or what the layer saw is what goes out, in a
// form in which no reader can see anything else. test/engines has the same corpus, to show what the engines make of it.

const names = { MINE: 'mine', GUARDED: 'web', RESERVED: 'db', MADE: 'made', EXEC: '3fa1' }
const withJson = new Set(['POST /containers/create', 'POST /containers/:id/exec', 'POST /exec/:id/start'])

describe.each(forms)('a call $form', ({ fields }) => {
  it.each(corpus)('$name', async (entry) => {
    const { layers, seen } = recorder()
    await using to = await setUpWith(layers, 'unix', answer(reply))
    const status = await lastReply(to.listening.addresses[0]!, entry, bytesOf(entry, fields, names))
    const forwarded = to.upstream.requests.filter(({ target }) => !isBefore(entry, target))
    expect(to.upstream.connections.every(({ unread }) => unread.length === 0)).toBe(true)
    if (typeof entry.seen === 'number') {
      expect(status).toBe(entry.seen)
      expect(forwarded).toEqual([])
    } else {
      const expected = named(entry.seen)
      expect(status).toBe(200)
      expect(seen.at(-1)).toEqual(expected)
      expect(forwarded.map((request) => asGoReads(request, expected.endpoint))).toEqual([expected])
    }
  })
})

function reply({ target }: Request): string {
  return target.includes('nowhere') ? response('404 Not Found', '{"message":"there is none"}') : ok
}

/** A policy that reads whatever can be read of a call, and what it saw. */
function recorder() {
  const seen: Seen[] = []
  const layers = intermediate().use(
    async function recorder(call, next) {
      const { endpoint, params } = call
      const body = withJson.has(endpoint) ? writeJson(await call.json()).toString() : ''
      seen.push(told({ endpoint, params, query: call.query, body }))
      return next(call)
    },
    { policy: true },
  )
  return { layers, seen }
}

/** What was forwarded, as the engine reads it: a path decoded once, of a name in the query the first value. */
function asGoReads({ method, target, body }: Request, endpoint: string): Seen {
  const [path = '', query = ''] = target.split(/\?(.*)/s)
  const [verb, pattern = ''] = endpoint.split(' ')
  const route = new RegExp(`^(?:/v[0-9.]+)?${pattern.replaceAll(/:(\w+)/g, '(?<$1>.*)')}$`)
  const match = route.exec(decodeURIComponent(path))
  const values = new Map([...new URLSearchParams(query)].toReversed())
  const read = {
    params: match?.groups ?? {},
    query: Object.fromEntries(values),
    body: withJson.has(endpoint) ? body.toString() : '',
  }
  return told({ endpoint: match && method === verb ? endpoint : `${method} ${path}`, ...read })
}

/** Without what says nothing. */
function told({
  endpoint,
  params,
  query,
  body,
}: {
  endpoint: string
  params: object
  query: object
  body: string
}): Seen {
  return {
    endpoint,
    ...(Object.keys(params).length > 0 && { params: Object.fromEntries(Object.entries(params)) }),
    ...(Object.keys(query).length > 0 && { query: Object.fromEntries(Object.entries(query)) }),
    ...(body !== '' && body !== '{}' && { body }),
  }
}

function named(seen: Seen): Seen {
  return JSON.parse(withNames(JSON.stringify(seen), names)) as Seen
}

function isBefore({ before = '' }: Disagreement, target: string): boolean {
  return withNames(before, names).includes(` ${target} HTTP/`)
}
