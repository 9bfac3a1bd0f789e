import { answer } from '@intermediate/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { requestFieldTrees } from '../../packages/core/src/json/request-fields-table.js'
import { request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { anyBody } from './any-body.js'
import { exactJson } from './exact-json.js'
import { reading } from './reading-layer.js'

const done = response('200 OK', '', ['Content-Length: 0'])

test.each([...requestFieldTrees])('any body of %s arrives as it was read', async (endpoint, tree) => {
  const line = endpoint.replaceAll(/:\w+/g, 'a')
  await using to = await setUpWith(reading, 'unix', answer(done))
  await using client = await to.client()
  const arrives = fc.asyncProperty(anyBody(tree).text, async (body) => {
    const sent = Buffer.from(` ${body}`).toString('latin1')
    await client.send(request(line, ['Content-Type: application/json'], sent))
    expect((await client.response()).status).toBe(200)
    const received = String(to.upstream.requests.at(-1)?.body)
    // Or it was passed on unread.
    expect(received).not.toMatch(/^ /)
    // Null sets no field, and arrives as an object that sets none.
    const isList = typeof tree === 'object' && '[]' in tree
    expect(exactJson(received)).toEqual(body === 'null' && !isList ? {} : exactJson(body))
  })
  await fc.assert(arrives, { numRuns: 100 })
})

test('the comparison sees every difference', () => {
  const document = '{"a":[1.0,"1.0"],"__proto__":{"b":"\\u0061"}}'
  expect(exactJson(document)).toEqual(exactJson(' {"__proto__":{"b":"a"}, "a":[1.0,"1.0"]}'))
  for (const other of [
    '{"a":[1,"1.0"],"__proto__":{"b":"a"}}',
    '{"a":[1.0,1.0],"__proto__":{"b":"a"}}',
    '{"a":[1.0,"1.0"]}',
  ])
    expect(exactJson(other)).not.toEqual(exactJson(document))
})
