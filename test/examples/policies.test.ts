import { expect, it } from 'vitest'
import { example, tried } from './tried.js'

const create = 'POST /containers/create'
const unprivileged = 'privileged mode is not allowed here'

it('guard lets nothing privileged pass, asks for a ticket and labels the rest', async () => {
  await using to = await tried((await example('guard')).default)
  expect(await to.call(create, { Image: 'busybox', hostconfig: { privileged: true } })).toMatchObject({
    status: 403,
    json: { message: `${unprivileged}; say what it is for: --label ticket=…` },
  })
  expect(await to.call(create, { Image: 'busybox' })).toMatchObject({
    status: 403,
    json: { message: 'say what it is for: --label ticket=…' },
  })
  expect((await to.call(create, { Image: 'busybox', Labels: { ticket: '1' } })).status).toBe(201)
  expect(to.arrived(create)).toEqual([{ Image: 'busybox', Labels: { ticket: '1', team: 'core' } }])
})

it('read-only shows everything and lets nothing be changed', async () => {
  await using to = await tried((await example('read-only')).default)
  const made = await to.engine.request(create, { body: { Image: 'busybox' } })
  const { Id } = (await made.json()) as { Id: string }
  expect((await to.call('GET /containers/json?all=1')).json).toMatchObject([{ Id }])
  expect((await to.call(`GET /containers/${Id}/logs?stdout=1`)).status).toBe(200)
  for (const call of [`DELETE /containers/${Id}`, `POST /containers/${Id}/start`, 'POST /volumes/create'])
    expect([call, (await to.call(call)).json]).toEqual([call, { message: `${call} is not allowed here` }])
  expect((await to.call(`GET /containers/${Id}/archive?path=/etc`)).status).toBe(403)
  expect((await to.call('GET /containers/json?all=1')).json).toMatchObject([{ Id, State: 'created' }])
})

it('unprivileged lets pass what comes by nothing of the host', async () => {
  await using to = await tried((await example('unprivileged')).default)
  const made = async (HostConfig: object) =>
    (await to.call(create, { Image: 'busybox', HostConfig })).json as { message?: string }
  expect((await made({ Privileged: true })).message).toBe(unprivileged)
  expect((await made({ Binds: ['/etc:/x'] })).message).toBe(
    'the host path /etc is not allowed here: use a volume',
  )
  expect((await made({ PidMode: 'host' })).message).toMatch(/^the pid namespace of the host is not allowed/)
  expect((await made({ CapAdd: ['SYS_ADMIN'] })).message).toMatch(/^the capability SYS_ADMIN is not allowed/)
  expect((await made({ Devices: [{ PathOnHost: '/dev/sda' }] })).message).toMatch(/^the device \/dev\/sda /)
  expect(to.arrived(create)).toEqual([])
  expect(await made({ Binds: ['data:/data'], Memory: 1e8 })).toMatchObject({ Id: expect.any(String) })
})

it('ticket asks for a label of that form, of containers and services', async () => {
  await using to = await tried((await example('ticket')).default)
  const advice = { message: 'name its ticket: --label ticket=OPS-7' }
  for (const Labels of [undefined, {}, { ticket: '' }, { ticket: 'none' }, { other: 'OPS-7' }])
    for (const call of [create, 'POST /services/create', 'POST /services/web/update?version=1'])
      expect(await to.call(call, { Image: 'busybox', Labels })).toMatchObject({ status: 403, json: advice })
  expect((await to.call(create, { Image: 'busybox', Labels: { ticket: 'OPS-7' } })).status).toBe(201)
  // The engine in memory is no swarm: this is its answer.
  expect((await to.call('POST /services/create', { Labels: { ticket: 'OPS-7' } })).status).toBe(503)
  expect((await to.call('POST /volumes/create', {})).status).toBe(201)
})

it('ticket asks for it in the labels of a build, and lets none pass whose labels cannot be seen', async () => {
  await using to = await tried((await example('ticket')).default)
  const advice = { message: 'name its ticket: --label ticket=OPS-7' }
  const build = (labels: string) => to.call(`POST /build?labels=${encodeURIComponent(labels)}`)
  expect(await to.call('POST /build')).toMatchObject({ status: 403, json: advice })
  for (const labels of [
    '',
    'null',
    '[]',
    '{}',
    '{"ticket":"none"}',
    '{"__proto__":{"ticket":"OPS-7"}}',
    '{"a":',
  ])
    expect(await build(labels)).toMatchObject({ status: 403, json: advice })
  expect((await to.call('POST /grpc')).status).toBe(403)
  expect(to.engine.calls).toEqual([])
  await build('{"ticket":"OPS-7"}')
  expect(to.engine.calls.map(({ endpoint }) => endpoint)).toEqual(['POST /build'])
})

it('no-exec refuses to exec, and nothing else', async () => {
  await using to = await tried((await example('no-exec')).default)
  await to.call(`${create}?name=db`, { Image: 'busybox', Cmd: ['sleep', '100'] })
  expect((await to.call('POST /containers/db/start')).status).toBe(204)
  expect(await to.call('POST /containers/db/exec', { Cmd: ['true'] })).toMatchObject({
    status: 403,
    json: { message: 'exec into db is not allowed here' },
  })
  expect(to.arrived('POST /containers/:id/exec')).toEqual([])
})
