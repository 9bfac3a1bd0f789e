import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { twoOwners } from '../policies/owner-clients.js'
import type { Owners } from '../policies/owner-clients.js'
import { foundEngines } from './found-engines.js'

const engines = await foundEngines()

describe.each(engines)(
  'a container on $name joins no network that has come to have a name',
  ({ address }) => {
    const run = `owner-${randomUUID().slice(0, 8)}`
    const [container, network] = [`${run}-container`, `${run}-network`]
    let owners: Owners

    beforeAll(async () => {
      owners = await twoOwners(address, { a: `${run}-a`, b: `${run}-b` })
    })
    beforeEach(async () => {
      await owners.a('POST /networks/create', { Name: network, Internal: true })
      return removeAll
    })
    afterAll(() => owners[Symbol.asyncDispose]())

    async function removeAll(): Promise<void> {
      await owners.a(`DELETE /containers/${container}?force=1`)
      for (const call of [owners.a, owners.b]) await call(`DELETE /networks/${network}`)
    }

    async function make(NetworkMode: string): Promise<void> {
      const body = {
        Image: 'busybox:latest',
        Cmd: ['sleep', '60'],
        StopSignal: 'SIGKILL',
        HostConfig: { NetworkMode },
      }
      expect((await owners.a(`POST /containers/create?name=${container}`, body)).status).toBe(201)
    }

    it.each([
      ['made in it', () => make(network)],
      [
        'connected to it before it ran',
        async () => {
          await make('none')
          await owners.a('POST /networks/none/disconnect', { Container: container, Force: true })
          const answer = await owners.a(`POST /networks/${network}/connect`, { Container: container })
          expect(answer.status).toBe(200)
        },
      ],
      [
        'disconnected from it',
        async () => {
          await make(network)
          await owners.a(`POST /networks/${network}/disconnect`, { Container: container, Force: true })
        },
      ],
    ])('when it was %s', async (_, prepare) => {
      await prepare()
      expect((await owners.a(`DELETE /networks/${network}`)).status).toBe(204)
      const { json } = await owners.b('POST /networks/create', { Name: network, Internal: true })
      await owners.a(`POST /containers/${container}/start`)
      const { Containers } = (await owners.direct(`GET /networks/${json.Id}`)).json
      expect(Containers).toEqual({})
    })
  },
)
