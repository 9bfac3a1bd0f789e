import { type Duplex } from 'node:stream'
import { intermediate } from '@intermediate/core'
import { expect, it } from 'vitest'
import { hijacked, request } from './docker-calls.js'
import { setUpWith } from './matrix.js'

it('a call that cannot hijack gets no tunnel, though a layer asks for one in its place', async () => {
  const tunnels: (Duplex | undefined)[] = []
  const layers = intermediate().use('GET /info', async (call, next) => {
    const attached = await next(call.to('POST /containers/:id/attach', { params: { id: 'web' } }))
    tunnels.push(attached.tunnel)
    return attached
  })
  await using to = await setUpWith(layers, 'unix', async (connection) => {
    await connection.request()
    await connection.send(`${hijacked}output`)
    await connection.end()
  })
  await using client = await to.client()
  await client.send(request('GET /info'))
  expect((await client.closed()).toString()).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*output/)
  expect(tunnels).toEqual([undefined])
})
