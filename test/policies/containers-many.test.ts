import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { answer } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { request, response } from '../docker-calls.js'
import { setUpWith } from '../matrix.js'
import { create, withHostConfig } from './containers-asked.js'

// What a call names the engine is asked about: however many it names, neither sockets nor time run out.

const volume = answer(response('200 OK', '{"Name":"v","Driver":"local","Options":null}'))
const volumes = (count: number) => Array.from({ length: count }, (_, at) => `v${at}:/v${at}`)

async function made(binds: readonly string[]) {
  await using to = await setUpWith(intermediate().use(filter.hostPaths()), 'unix', volume)
  await using client = await to.client()
  const body = JSON.stringify(withHostConfig({ Binds: binds }))
  await client.send(request(create, ['Content-Type: application/json'], body))
  const { status, body: said } = await client.response()
  const { requests, connections } = to.upstream
  const asked = requests.filter(({ method }) => method === 'GET').length
  return { status, message: said.toString(), asked, connections: connections.length }
}

it('asks about many things a few at a time', async () => {
  const { status, asked, connections } = await made(volumes(250))
  expect([status, asked]).toEqual([200, 250])
  expect(connections).toBeLessThanOrEqual(17)
})

it('asks about no thing twice', async () => {
  expect(await made([...volumes(3), ...volumes(3)])).toMatchObject({ status: 200, asked: 3 })
})

it('asks about nothing where a call names more than that', async () => {
  expect(await made(volumes(251))).toMatchObject({
    status: 400,
    message: expect.stringContaining(
      'the call names more than 250 containers, volumes and networks, which is more than is looked at for one: name fewer',
    ) as string,
    asked: 0,
    connections: 0,
  })
})
