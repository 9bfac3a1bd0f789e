import { intermediate } from '@intermediate/core'
import { answer } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { request, response } from './docker-calls.js'
import { setUpWith } from './matrix.js'

it.each(['GET /containers/json', 'GET /events', 'GET /volumes'] as const)(
  'items() changes nothing of an error of %s',
  async (line) => {
    const layers = intermediate().use(line, async (call, next) => {
      const replied = await next(call)
      replied.items(() => undefined)
      return replied
    })
    const error = response('500 Internal Server Error', '{"message":"no","Volumes":[1]}\n')
    await using to = await setUpWith(layers, 'unix', answer(error))
    await using client = await to.client()
    await client.send(request(line))
    expect((await client.response()).raw.toString()).toBe(error)
  },
)
