import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { ok, request } from './docker-calls.js'
import { setUpWith } from './matrix.js'

it("a call in another's place has the credentials of that one only where a layer hands them on", async () => {
  const layers = intermediate().use('POST /images/create', async (call, next) => {
    const { fromImage = '', tag } = call.query
    const other = call.to('POST /images/create', { query: { fromImage: `mirror.local/${fromImage}`, tag } })
    const credentials = call.headers.get('x-registry-auth')
    if (tag === 'mine' && credentials !== undefined) other.headers.set('X-Registry-Auth', credentials)
    return next(other)
  })
  await using to = await setUpWith(layers, 'unix', answer(ok))
  await using client = await to.client()
  for (const tag of ['mine', 'other']) {
    await client.send(
      request(`POST /images/create?fromImage=web&tag=${tag}`, [
        'User-Agent: docker',
        'X-Registry-Auth: secret',
      ]),
    )
    expect((await client.response()).status).toBe(200)
  }
  const query = (tag: string) => `POST /images/create?fromImage=mirror.local%2Fweb&tag=${tag} HTTP/1.1\r\n`
  const kept = 'Host: docker\r\nUser-Agent: docker\r\n'
  expect(to.upstream.requests.map(({ raw }) => raw.toString())).toEqual([
    `${query('mine')}${kept}X-Registry-Auth: secret\r\nContent-Length: 0\r\n\r\n`,
    `${query('other')}${kept}Content-Length: 0\r\n\r\n`,
  ])
})
