import { temporaryFolder } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { example, tried } from './tried.js'

const create = 'POST /containers/create'

/** The sandbox of an agent in a folder. */
async function sandbox() {
  const folder = await temporaryFolder()
  const { default: layers } = await example('sandbox', { WORKSPACE: folder.path, IMAGES: 'busybox,node' })
  const to = await tried(layers)
  return {
    ...to,
    workspace: folder.path,
    [Symbol.asyncDispose]: async () => {
      await to[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('the sandbox', () => {
  it('lets an agent work in its workspace, with its own things, within limits', async () => {
    await using to = await sandbox()
    await to.engine.request(`${create}?name=other`, { body: { Image: 'busybox' } })
    const Binds = [`${to.workspace}:/work`, 'data:/data']
    const made = await to.call(`${create}?name=web`, {
      Image: 'busybox',
      Cmd: ['sleep', '100'],
      HostConfig: { Binds, Memory: 1e12 },
    })
    expect(made.status).toBe(201)
    expect((await to.call('POST /containers/web/start')).status).toBe(204)
    const exec = await to.call('POST /containers/web/exec', { Cmd: ['true'] })
    expect(exec.status).toBe(201)
    expect((await to.call(`POST /exec/${exec.json.Id}/start`, { Detach: true })).status).toBe(200)
    expect((await to.call('GET /containers/web/archive?path=/etc')).status).toBe(200)
    expect((await to.call('GET /containers/web/logs?stdout=1')).status).toBe(200)
    expect((await to.call('GET /containers/web/json')).json.HostConfig).toMatchObject({
      Binds,
      Memory: 2 * 1024 ** 3,
      NanoCpus: 1e9,
      PidsLimit: 500,
    })
    expect((await to.call('GET /containers/json?all=1')).json).toMatchObject([{ Names: ['/web'] }])
    expect((await to.call('POST /images/create?fromImage=node&tag=22')).status).toBe(200)
    expect((await to.call('POST /commit?container=web&repo=agent/web')).status).toBe(201)
  })

  const refused: [what: string, call: string, body?: object][] = [
    ['a folder of the host', create, { Image: 'busybox', HostConfig: { Binds: ['/etc:/x'] } }],
    ['the folder above', create, { Image: 'busybox', HostConfig: { Binds: ['WORKSPACE/..:/x'] } }],
    ['what may be a link', create, { Image: 'busybox', HostConfig: { Binds: ['WORKSPACE/link:/x'] } }],
    ['the engine', create, { Image: 'busybox', HostConfig: { Binds: ['/run/docker.sock:/x'] } }],
    ['a volume of the host', 'POST /volumes/create', { DriverOpts: { o: 'bind', device: '/' } }],
    ['privileges', create, { Image: 'busybox', HostConfig: { Privileged: true } }],
    ['the network of the host', create, { Image: 'busybox', HostConfig: { NetworkMode: 'host' } }],
    ['the processes of the host', create, { Image: 'busybox', HostConfig: { PidMode: 'host' } }],
    ['devices', create, { Image: 'busybox', HostConfig: { Devices: [{ PathOnHost: '/dev/kmsg' }] } }],
    ['other images', create, { Image: 'registry.local/private' }],
    ['to pull them', 'POST /images/create?fromImage=registry.local/private&tag=1'],
    ['a name that others know', 'POST /commit?container=web&repo=node'],
    ['to build', 'POST /build'],
    ['to log in', 'POST /auth', { serveraddress: 'http://127.0.0.1:80' }],
    ['to have a registry asked', 'GET /distribution/127.0.0.1:80/x/json'],
    ['to search one', 'GET /images/search?term=127.0.0.1:80/x'],
    ['to save an image', 'GET /images/busybox/get'],
    ['to save images', 'GET /images/get?names=busybox'],
    ['what another has', 'GET /containers/other/json'],
    ['to exec into it', 'POST /containers/other/exec', { Cmd: ['true'] }],
    ['what all have', 'GET /system/df'],
    ['a swarm', 'POST /swarm/init', {}],
    ['plugins', 'GET /plugins'],
    ['BuildKit', 'POST /grpc'],
    ['what nobody knows', 'POST /nothing'],
  ]

  it.each(refused)('refuses %s: %s', async (_, call, body) => {
    await using to = await sandbox()
    await to.engine.request(`${create}?name=other`, { body: { Image: 'busybox' } })
    const sent = body && JSON.parse(JSON.stringify(body).replace('WORKSPACE', to.workspace))
    expect([403, 404]).toContain((await to.call(call, sent)).status)
    const past = to.engine.calls.slice(1).filter(({ method }) => method !== 'GET')
    expect(past).toEqual([])
  })
})
