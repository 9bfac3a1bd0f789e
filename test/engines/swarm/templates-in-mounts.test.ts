import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { temporaryFolder } from '@intermediate/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { callerOf, filters } from '../../policies/owner-clients.js'
import { chainOf } from '../chain.js'
import { foundEngines } from '../found-engines.js'
import { specOf } from './owner-swarm-things.js'

const engines = await foundEngines()
const name = `templates-${process.pid}`

// A swarm fills in what a mount is when a task starts: a policy that took it as it is written would have let it pass.
describe.each(engines)('a template in a mount of a service of $name', ({ address }) => {
  const direct = callerOf(address)

  beforeAll(async () => {
    const init = { ListenAddr: '127.0.0.1:0', AdvertiseAddr: '127.0.0.1:2377' }
    expect((await direct('POST /swarm/init', init)).status).toBe(200)
  })
  afterAll(async () => {
    for (const service of [`${name}-1`, `${name}-2`]) await direct(`DELETE /services/${service}`)
    await direct('POST /swarm/leave?force=1')
    await direct(`DELETE /volumes/${name}?force=1`)
  })

  it('leads out of an allowed folder, and is refused', async () => {
    await using folder = await temporaryFolder()
    const allowed = join(folder.path, 'allowed')
    await mkdir(allowed)
    const Source = `${allowed}/{{printf "%c%c" 46 46}}`
    const spec = specOf(`${name}-1`, 'busybox:latest', { Mounts: [{ Type: 'bind', Source, Target: '/x' }] })
    const layers = intermediate().use(filter.unprivileged({ hostPaths: [`${allowed}/**`] }))
    await using chain = await chainOf(1, address, 'unix', layers)
    const refused = await callerOf(chain.address)('POST /services/create', spec)
    expect([refused.status, refused.json.message]).toEqual([
      403,
      `the template ${Source} in a mount is not allowed here: write out what it stands for`,
    ])
    expect((await direct('POST /services/create', spec)).status).toBe(201)
    expect(await mountedIn(`${name}-1`)).toMatchObject([{ Type: 'bind', Source: folder.path }])
  })

  it('names a volume that nobody looked at, and is refused', async () => {
    const Source = `{{"${name}"}}`
    const spec = specOf(`${name}-2`, 'busybox:latest', { Mounts: [{ Type: 'volume', Source, Target: '/x' }] })
    await using chain = await chainOf(1, address, 'unix', intermediate().use(filter.drivers()))
    const refused = await callerOf(chain.address)('POST /services/create', spec)
    expect([refused.status, refused.json.message]).toEqual([
      403,
      `the template ${Source} in a mount is not allowed here: write out what it stands for`,
    ])
    expect((await direct('POST /services/create', spec)).status).toBe(201)
    expect(await mountedIn(`${name}-2`)).toMatchObject([{ Type: 'volume', Name: name }])
  })

  /** What the container of a task has, once there is one. */
  function mountedIn(service: string): Promise<unknown> {
    return vi.waitFor(
      async () => {
        const label = filters({ label: [`com.docker.swarm.service.name=${service}`] })
        const [container] = (await direct(`GET /containers/json?all=1&${label}`)).json
        return (await direct(`GET /containers/${container.Id}/json`)).json.Mounts as unknown
      },
      { timeout: 20_000, interval: 200 },
    )
  }
})
