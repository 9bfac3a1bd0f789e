import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { router } from '@intermediate/router'
import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { callerOf } from './owner-clients.js'

const images = ['busybox:latest']

it('two owners have several engines each as if alone, from behind a router', async () => {
  await using folder = await temporaryFolder()
  await using a = await memoryEngine({ images })
  await using b = await memoryEngine({ images })
  const of = (id: string) => {
    const at = (upstream: string) => intermediate().use(filter.owner(id)).with({ upstream })
    return intermediate()
      .use(router.engines({ a: at(a.address), b: at(b.address) }, { place: router.byLabel('engine') }))
      .listen(`unix://${folder.file(`${id}.sock`)}`)
  }
  await using ci = await of('ci')
  await using dev = await of('dev')
  const [own, other] = [callerOf(ci.addresses[0]!), callerOf(dev.addresses[0]!)]
  for (const engine of ['a', 'b']) {
    const container = {
      Image: 'busybox:latest',
      Cmd: ['sleep', '9'],
      Labels: { engine },
      HostConfig: { Binds: [`data-${engine}:/data`] },
    }
    expect((await own(`POST /containers/create?name=web-${engine}`, container)).status).toBe(201)
    for (const named of [`web-${engine}`, `${engine}/web-${engine}`]) {
      const path = `/containers/${encodeURIComponent(named)}`
      expect([named, (await own(`GET ${path}/json`)).status]).toEqual([named, 200])
      expect([named, (await other(`GET ${path}/json`)).status]).toEqual([named, 404])
      expect([named, (await other(`DELETE ${path}?force=1`)).status]).toEqual([named, 404])
    }
    expect((await other('POST /containers/create', container)).status).toBe(409)
  }
  expect((await own('GET /containers/json?all=1')).json).toHaveLength(2)
  expect((await other('GET /containers/json?all=1')).json).toEqual([])
})
