import { expect, it } from 'vitest'
import { twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'

const net = 'a'.repeat(64)
const other = 'b'.repeat(64)
const mine = { 'intermediate.owner': 'A' }

async function endpointsOf(NetworkMode: string, EndpointsConfig: object | undefined): Promise<unknown> {
  await using engine = await fakeEngine((call) => {
    if (call === 'POST /containers/create') return { Id: 'made' }
    return call === 'GET /networks'
      ? [
          { Id: net, Name: 'net', Labels: mine },
          { Id: other, Name: 'other', Labels: mine },
        ]
      : undefined
  })
  await using owners = await twoOwners(engine.address)
  const { status } = await owners.a('POST /containers/create', {
    HostConfig: { NetworkMode },
    NetworkingConfig: EndpointsConfig && { EndpointsConfig },
  })
  expect(status).toBe(200)
  const { HostConfig, NetworkingConfig } = engine.got.at(-1)!.json
  expect(HostConfig).toEqual({ NetworkMode })
  return NetworkingConfig.EndpointsConfig
}

const aliases = { Aliases: ['web'] }

it.each([
  ['net', net],
  [net, 'net'],
  ['net', net.slice(0, 12)],
  [net.slice(0, 12), 'net'],
  ['net', 'net'],
])('a network has one endpoint, said in two ways: %s and %s', async (mode, key) => {
  expect(await endpointsOf(mode, { [key]: aliases })).toEqual({ [key]: { ...aliases, NetworkID: net } })
})

it.each([undefined, {}])('a network that only the mode says gets one: %j', async (endpoints) => {
  expect(await endpointsOf(net, endpoints)).toEqual({ [net]: { NetworkID: net } })
})

it('another network keeps its own', async () => {
  expect(await endpointsOf('net', { other: aliases })).toEqual({
    net: { NetworkID: net },
    other: { ...aliases, NetworkID: other },
  })
})
