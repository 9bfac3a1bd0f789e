import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { ok } from './docker-calls.js'
import { setUpWith } from './matrix.js'

it('a body that a layer has read goes on without chunks, and announces no trailers', async () => {
  const layers = intermediate().use('POST /volumes/create', async (call, next) => {
    await call.json()
    return next(call)
  })
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  const fields = 'Host: docker\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked'
  await client.send(`POST /volumes/create HTTP/1.1\r\n${fields}\r\n\r\n2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n`)
  expect((await client.response()).status).toBe(200)
  expect(to.upstream.requests[0]!.raw.toString()).toBe(
    'POST /volumes/create HTTP/1.1\r\nHost: docker\r\nContent-Length: 2\r\n\r\n{}',
  )
})
