import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { callerOf } from '../policies/owner-clients.js'
import { example } from './tried.js'

it('two-engines shows both as one, and makes containers where their label says', async () => {
  await using a = await memoryEngine()
  await using b = await memoryEngine()
  await using folder = await temporaryFolder()
  const { default: both } = await example('two-engines', { ENGINE_A: a.address, ENGINE_B: b.address })
  await using listening = await both.listen(`unix://${folder.file('i.sock')}`)
  const call = callerOf(listening.addresses[0]!)
  const create = 'POST /containers/create'
  for (const engine of ['a', 'b'])
    await call(`${create}?name=on-${engine}`, { Image: 'busybox', Labels: { engine } })
  const made = [a, b].map(({ calls }) => calls.filter(({ endpoint }) => endpoint === create))
  expect(made.map((calls) => calls.map(({ query }) => query['name']))).toEqual([['on-a'], ['on-b']])
  const list = (await call('GET /containers/json?all=1')).json as { Names: string[] }[]
  expect(list.flatMap(({ Names }) => Names)).toHaveLength(2)
  expect(list.flatMap(({ Names }) => Names)).toEqual(expect.arrayContaining(['/on-a', '/on-b']))
})
