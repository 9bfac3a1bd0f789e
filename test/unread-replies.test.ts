import { intermediate, reply } from '@intermediate/core'
import { neverAnswer } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { setUpWith } from './matrix.js'

it('a client that asks again and again and reads nothing is answered no more than it can take', async () => {
  const large = Buffer.alloc(200_000)
  let answered = 0
  const layers = intermediate().use(async () => {
    answered++
    return reply(200, large)
  })
  await using to = await setUpWith(layers, 'unix', neverAnswer())
  await using client = await to.client()
  client.pause()
  const calls = 500
  await client.send('GET /info HTTP/1.1\r\nHost: docker\r\n\r\n'.repeat(calls))
  // The kernel holds a few of them; a second client sees that everything else has come to rest.
  await using other = await to.client()
  await other.send('GET /info HTTP/1.1\r\nHost: docker\r\n\r\n')
  await other.response()
  expect(answered).toBeLessThan(calls / 2)
  client.resume()
  for (let call = 0; call < calls; call++) expect((await client.response()).body).toHaveLength(large.length)
})
