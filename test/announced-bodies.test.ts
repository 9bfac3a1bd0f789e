import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { byHand, ok, response } from './docker-calls.js'
import { setUpWith } from './matrix.js'

const reading = intermediate().use('POST /containers/create', async (call, next) => {
  await call.json({ limit: 100 })
  return next(call)
})

/** A head that a client sends before a body of this length. */
function head(length: number, ...fields: readonly string[]): string {
  const lines = ['POST /containers/create HTTP/1.1', 'Host: docker', `Content-Length: ${length}`, ...fields]
  return `${lines.join('\r\n')}\r\n\r\n`
}

it('a body that says it is longer than what is read of it is refused before it comes', async () => {
  await using to = await setUpWith(reading, 'unix', byHand)
  for (const fields of [[], ['Expect: 100-continue']]) {
    await using client = await to.client()
    await client.send(head(101, ...fields))
    const refusal = await client.response()
    expect([refusal.status, refusal.header('connection')]).toEqual([413, 'close'])
    expect(refusal.body.toString()).toBe(
      '{"message":"POST /containers/create: the body has more than the 100 bytes that are read of it."}\n',
    )
    await client.closed()
  }
  expect(to.upstream.connections).toHaveLength(0)
})

it('a body that says it is no longer is asked for', async () => {
  await using to = await setUpWith(reading, 'unix', answer(ok))
  await using client = await to.client()
  await client.send(head(100, 'Expect: 100-continue'))
  expect(await client.head()).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  await client.send(`{"Image":"${'x'.repeat(88)}"}`)
  expect((await client.response()).status).toBe(200)
})

it('a reply that says it is longer than what is read of it is no reply', async () => {
  const layers = intermediate({ onError: () => {} }).use('GET /info', async (call, next) => {
    const replied = await next(call)
    await replied.json({ limit: 100 })
    return replied
  })
  await using to = await setUpWith(layers, 'unix', async (connection) => {
    await connection.head()
    await connection.send(response('200 OK', '', ['Content-Length: 101']))
    await connection.closed()
  })
  await using client = await to.client()
  await client.send('GET /info HTTP/1.1\r\nHost: docker\r\n\r\n')
  const refusal = await client.response()
  expect(refusal.status).toBe(502)
  expect(refusal.body.toString()).toMatch(/has more than the 100 bytes that are read of it\./)
})
