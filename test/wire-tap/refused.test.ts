import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { answer } from '@intermediate/testing'
import { wireTap } from '@intermediate/wire-tap'
import { expect, it } from 'vitest'
import { ok, request } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { told } from './told.js'

it.each([
  ['GET /weird/x', 403],
  ['GET /v1.20/containers/json', 400],
  ['GET /v1.45//containers/json', 403],
  ['GET /v1.45/containers/../containers/json', 403],
  ['POST /grpc', 403],
])('a tap in front of a policy tells of %s, which no rule can cover', async (line, status) => {
  const sink = told()
  const layers = intermediate().use(wireTap(sink)).use(filter.unprivileged())
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  await client.send(request(line))
  expect((await client.response()).status).toBe(status)
  await sink.until('end')
  expect(sink.events.map(({ type }) => type)).toEqual(['call', 'reply', 'body', 'end'])
  expect(sink.events.at(-1)).toMatchObject({ status, answeredBy: 'unprivileged' })
  expect(to.upstream.connections).toEqual([])
})
