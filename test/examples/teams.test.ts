import { certificates, memoryEngine, temporaryFolder, transcript } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { request } from '../docker-calls.js'
import { callerOf } from '../policies/owner-clients.js'
import { example, tried } from './tried.js'

const create = 'POST /containers/create'

it('teams gives each only what it has made, by its certificate or its socket', async () => {
  await using files = await certificates()
  await using folder = await temporaryFolder()
  await using engine = await memoryEngine()
  const { default: teams } = await example('teams', { TEAM: 'core' })
  const tls = { ca: files.ca, cert: files.cert, key: files.key }
  await using listening = await teams
    .with({ upstream: engine.address })
    .listen(`unix://${folder.file('core.sock')}`, { address: 'tcp://127.0.0.1:0', tls })
  const bySocket = callerOf(listening.addresses[0]!)
  await using client = await transcript(listening.addresses[1]!, {
    tls: { ca: files.ca, cert: files.clientCert, key: files.clientKey },
  })
  const byCertificate = async (call: string, body?: object) => {
    const json = body && JSON.stringify(body)
    await client.send(request(call, json ? ['Content-Type: application/json'] : [], json))
    const { status, body: said } = await client.response()
    return { status, json: JSON.parse(said.toString()) as unknown }
  }

  expect((await bySocket(`${create}?name=of-core`, { Image: 'busybox' })).status).toBe(201)
  expect((await byCertificate(`${create}?name=of-client`, { Image: 'busybox' })).status).toBe(201)
  const created = engine.calls.filter(({ endpoint }) => endpoint === create)
  expect(created.map(({ body }) => (body as { Labels: object }).Labels)).toEqual([
    { 'intermediate.owner': 'core' },
    { 'intermediate.owner': 'intermediate-test-client' },
  ])
  const list = 'GET /containers/json?all=1'
  expect((await bySocket(list)).json).toMatchObject([{ Names: ['/of-core'] }])
  expect((await byCertificate(list)).json).toMatchObject([{ Names: ['/of-client'] }])
  expect(await bySocket('GET /containers/of-client/json')).toMatchObject({
    status: 404,
    json: { message: 'No such container: of-client' },
  })
  expect(await byCertificate(create, { Image: 'busybox', HostConfig: { Binds: ['/:/h'] } })).toEqual({
    status: 403,
    json: { message: 'the host path / is not allowed here: use a volume' },
  })
})

it('teams refuses who is of no team', async () => {
  await using to = await tried((await example('teams', { TEAM: undefined })).default)
  expect(await to.call('GET /containers/json')).toMatchObject({
    status: 403,
    json: { message: 'GET /containers/json is not allowed here: nobody knows whose call it is' },
  })
  expect(to.engine.calls).toEqual([])
})
