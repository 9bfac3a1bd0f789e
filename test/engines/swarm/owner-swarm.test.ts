import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { filters, twoOwners } from '../../policies/owner-clients.js'
import type { Caller, Owners } from '../../policies/owner-clients.js'
import { foundEngines } from '../found-engines.js'
import { makeSwarmThings, specOf, swarmState } from './owner-swarm-things.js'
import type { SwarmNames } from './owner-swarm-things.js'

type Attack = readonly [call: string, body?: object]

/** What one can try to do to another's things in a swarm by their names, where the engine answers. */
const byPath = ({ service, task, secret, config }: SwarmNames): readonly Attack[] => [
  [`GET /services/${service}`],
  [`GET /services/${service}?insertDefaults=true`],
  [`GET /services/${service}/logs?stdout=1`],
  [`POST /services/${service}/update?version=1`, specOf('attacked', 'busybox:latest')],
  [`DELETE /services/${service}`],
  [`GET /tasks/${task}`],
  [`GET /tasks/${task}/logs?stdout=1`],
  [`GET /tasks?${filters({ service: [service] })}`],
  [`GET /tasks?${filters({ service: { [service]: true } })}`],
  [`GET /secrets/${secret}`],
  [`POST /secrets/${secret}/update?version=1`, { Name: 'attacked' }],
  [`DELETE /secrets/${secret}`],
  [`GET /configs/${config}`],
  [`POST /configs/${config}/update?version=1`, { Name: 'attacked' }],
  [`DELETE /configs/${config}`],
]

/** And in other ways, where it may not say so itself. */
const byReference = ({ service, task, secret, config, network }: SwarmNames): readonly Attack[] => [
  creating({ Secrets: [{ SecretID: secret, SecretName: secret, File: { Name: 'x' } }] }),
  creating({ Configs: [{ ConfigID: config, ConfigName: config, File: { Name: 'x' } }] }),
  creating({ Privileges: { CredentialSpec: { Config: config } } }),
  creating({}, { Networks: [{ Target: network }] }),
  [`GET /networks/${network}`],
  [`DELETE /networks/${network}`],
  [`GET /services?${filters({ name: [service] })}`],
  [`GET /services?${filters({ id: [service] })}`],
  [`GET /secrets?${filters({ names: [secret], name: [secret] })}`],
  [`GET /configs?${filters({ id: [config] })}`],
  [`GET /tasks?${filters({ id: [task] })}`],
  [`GET /tasks?${filters({ node: [task] })}`],
]

const engines = await foundEngines()

describe.each(engines)('two owners in a swarm of $name', ({ address }) => {
  const run = `owner-${randomUUID().slice(0, 8)}`
  let owners: Owners
  let forms: Awaited<ReturnType<typeof makeSwarmThings>>

  beforeAll(async () => {
    owners = await twoOwners(address, { a: `${run}-a`, b: `${run}-b` })
    const init = { ListenAddr: '127.0.0.1:0', AdvertiseAddr: '127.0.0.1:2377' }
    expect((await owners.direct('POST /swarm/init', init)).status).toBe(200)
    forms = await makeSwarmThings(owners.a, run)
  })
  afterAll(async () => {
    await removeAll(owners, forms)
    await owners.direct('POST /swarm/leave?force=1')
    await owners[Symbol.asyncDispose]()
  })

  describe.each(['names', 'ids', 'starts of ids'])('by %s', (form) => {
    it('have nothing of each other, in the words of the engine for nothing', async () => {
      const { there, absent } = forms[form]!
      const before = await swarmState(owners.direct, there)
      const missed = byPath(absent)
      for (const [at, attack] of byPath(there).entries())
        expect([attack[0], await answerTo(owners.b, attack, there)]).toEqual([
          attack[0],
          await answerTo(owners.direct, missed[at]!, absent),
        ])
      expect(await swarmState(owners.direct, there)).toEqual(before)
    })

    it('refer to nothing of each other', async () => {
      const { there, absent } = forms[form]!
      const before = await swarmState(owners.direct, there)
      const missed = byReference(absent)
      for (const [at, attack] of byReference(there).entries()) {
        const answer = await answerTo(owners.b, attack, there)
        expect([attack[0], answer]).toEqual([attack[0], await answerTo(owners.b, missed[at]!, absent)])
        expect(answer).toMatch(/^404|^200 \[\]|^200 null/)
      }
      expect(await swarmState(owners.direct, there)).toEqual(before)
    })

    it('have their own', async () => {
      const { there } = forms[form]!
      const { service, task, secret, config, network } = there
      for (const path of [
        `/services/${service}`,
        `/services/${service}/logs?stdout=1`,
        `/tasks/${task}`,
        `/tasks/${task}/logs?stdout=1`,
        `/secrets/${secret}`,
        `/configs/${config}`,
        `/networks/${network}`,
      ])
        expect([path, (await owners.a(`GET ${path}`)).status]).toEqual([path, 200])
      const tasks = (await owners.a(`GET /tasks?${filters({ service: [service] })}`)).json
      expect(tasks).toHaveLength(1)
    })
  })

  it.each([
    filters({ label: [`intermediate.owner=${run}-a`] }),
    filters({ label: { [`intermediate.owner=${run}-a`]: true, 'intermediate.owner': true } }),
    filters({ label: [] }),
    'filters=',
  ])('list nothing of each other with %s', async (query) => {
    for (const list of ['/services', '/secrets', '/configs', '/tasks', '/networks']) {
      const { status, json } = await owners.b(`GET ${list}?${list === '/tasks' ? '' : query}`)
      expect([list, status, json ?? []]).toEqual([list, 200, []])
    }
  })

  it.each([
    ['a text', (volume: string) => `{{"${volume}"}}`],
    ['a name of the service', () => '{{.Service.Name}}'],
  ])('get no volume of each other by a template: %s', async (_, source) => {
    const volume = `${run}-volume`
    expect((await owners.a('POST /volumes/create', { Name: volume })).status).toBe(201)
    const Mounts = [{ Type: 'volume', Source: source(volume), Target: '/stolen' }]
    const [call, body] = creating({ Mounts }) as [string, object]
    const { status, json } = await owners.b(call, { ...body, Name: volume })
    expect([status, json.message]).toEqual([
      403,
      `the mount of ${source(volume)} is not allowed here: nobody can tell what the template comes to`,
    ])
    expect((await owners.b('GET /services')).json).toEqual([])
    expect((await owners.a(`DELETE /volumes/${volume}`)).status).toBe(204)
  })

  it('are not told whose service has a port', async () => {
    const published = (name: string) => ({
      ...specOf(`${run}-${name}`, 'busybox:latest'),
      Mode: { Replicated: { Replicas: 0 } },
      EndpointSpec: { Ports: [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 48_085 }] },
    })
    const { ID } = (await owners.a('POST /services/create', published('port'))).json
    const message = (whose: string) =>
      `rpc error: code = InvalidArgument desc = port '48085' is already in use by service ${whose} as an ingress port`
    const other = await owners.b('POST /services/create', published('other'))
    expect(other.json.message).toBe(message('another’s'))
    const again = await owners.a('POST /services/create', published('again'))
    expect(again.json.message).toBe(message(`'${run}-port' (${ID})`))
    expect((await owners.a(`DELETE /services/${ID}`)).status).toBe(200)
  })

  it('keep their label in an update that says another', async () => {
    const { service } = forms['names']!.there
    const labels = { 'intermediate.owner': `${run}-b` }
    const version = async () => (await owners.a(`GET /services/${service}`)).json.Version.Index as number
    const spec = { ...specOf(service, 'busybox:latest', { Labels: labels }), Labels: labels }
    expect((await owners.a(`POST /services/${service}/update?version=${await version()}`, spec)).status).toBe(
      200,
    )
    const { Spec } = (await owners.direct(`GET /services/${service}`)).json
    const { Labels, Image } = Spec.TaskTemplate.ContainerSpec
    expect([Spec.Labels, Labels]).toEqual(Array(2).fill({ 'intermediate.owner': `${run}-a` }))
    // What the name means at another start can be another's.
    expect(Image).toMatch(/^sha256:|@sha256:/)
    expect((await owners.b(`GET /services/${service}`)).status).toBe(404)
  })

  it('have the containers of their services', async () => {
    const { service } = forms['names']!.there
    const running = async (call: Caller) =>
      (await call(`GET /containers/json?${filters({ label: [`com.docker.swarm.service.name=${service}`] })}`))
        .json
    await expect.poll(() => running(owners.a), { timeout: 20_000 }).not.toEqual([])
    expect(await running(owners.b)).toEqual([])
  })
})

function creating(container: object, task: object = {}): Attack {
  return ['POST /services/create', specOf('attacking', 'busybox:latest', container, task)]
}

/** Status and text, without the names that it is about. */
async function answerTo(call: Caller, [line, body]: Attack, names: SwarmNames): Promise<string> {
  const { status, text } = await call(line, body)
  let shown = `${status} ${text}`
  for (const [kind, name] of Object.entries(names)) shown = shown.replaceAll(name, kind)
  return shown
}

async function removeAll(
  { a, direct }: Owners,
  forms: Awaited<ReturnType<typeof makeSwarmThings>> | undefined,
) {
  if (forms === undefined) return
  const { service, secret, config, network } = forms['ids']!.there
  expect((await a(`DELETE /services/${service}`)).status).toBe(200)
  const left = async () =>
    (
      await direct(
        `GET /containers/json?all=1&${filters({ label: [`com.docker.swarm.service.id=${service}`] })}`,
      )
    ).json
  await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 60_000 })
  for (const path of [`/secrets/${secret}`, `/configs/${config}`, `/networks/${network}`])
    expect([path, (await a(`DELETE ${path}`)).status]).toEqual([path, 204])
}
