import { filter } from '@intermediate/filter'
import { describe, expect, it } from 'vitest'
import { container, expectPassed, expectRefused, make, webId } from './containers.js'

/** Every call that gets somebody into a container that is there. */
const intoIt = [
  ['POST /v1.45/containers/web/exec', { Cmd: ['id'] }],
  ['POST /v1.45/containers/web/start', ''],
  ['POST /containers/web/restart?t=1', ''],
  ['POST /containers/web/attach?stream=1', ''],
  ['GET /containers/web/attach/ws?stream=1', ''],
  ['GET /containers/web/archive?path=/x', ''],
  ['HEAD /containers/web/archive?path=/x', ''],
  ['PUT /containers/web/archive?path=/x', ''],
  ['POST /containers/web/update', { Memory: 9 }],
  ['POST /v1.24/containers/web/copy', { Resource: '/x' }],
] as const

describe.each(intoIt)('%s', (line, body) => {
  it('goes to the id of a container that is as ordinary as one can make it', async () => {
    await expectPassed(filter.unprivileged(), line, body, {}, line.replace('/web/', `/${webId}/`))
  })

  it('is refused for a container that was made with more', async () => {
    const there = {
      '/containers/web/json': container({ HostConfig: { Privileged: true, CapAdd: ['CAP_SYS_ADMIN'] } }),
    }
    const { status, message, done } = await make(filter.unprivileged(), line, body, there)
    expect({ status, message, done }).toEqual({
      status: 403,
      message: line.startsWith('HEAD')
        ? ''
        : 'the capability SYS_ADMIN of the container web is not allowed here; privileged mode of the container web is not allowed here',
      done: [],
    })
  })

  it('gets the engine’s own answer for one that is not there', async () => {
    const to = line.replace('/web/', '/nosuch/')
    const { status, message, done } = await make(filter.unprivileged(), to, body)
    expect({ status, done }).toEqual({ status: 404, done: [] })
    if (!line.startsWith('HEAD')) expect(message).toMatch(/^no such thing: .*\/nosuch\/json$/)
  })
})

describe('a container that is there', () => {
  const exec = ['POST /containers/web/exec', { Cmd: ['id'] }] as const

  it.each([
    [
      { HostConfig: { NetworkMode: 'host' } },
      'the network namespace of the host of the container web is not allowed here',
    ],
    [
      { HostConfig: { PidMode: 'host' } },
      'the pid namespace of the host of the container web is not allowed here',
    ],
    [
      { HostConfig: { Devices: [{ PathOnHost: '/dev/sda' }] } },
      'the device /dev/sda of the container web is not allowed here',
    ],
    [
      { HostConfig: { MaskedPaths: null, SecurityOpt: ['apparmor=unconfined'] } },
      'the security option apparmor=unconfined of the container web is not allowed here',
    ],
    [
      { HostConfig: { MaskedPaths: [] } },
      'the security option systempaths=unconfined of the container web is not allowed here',
    ],
    [{ HostConfig: { Runtime: 'other' } }, 'the runtime other of the container web is not allowed here'],
    [
      { HostConfig: { Brandnew: true } },
      'the field HostConfig.Brandnew, which no rule here knows, of the container web is not allowed here',
    ],
    [
      { Mounts: [{ Type: 'bind', Source: '/etc', RW: false }] },
      'the host path /etc of the container web is not allowed here',
    ],
    [
      { Mounts: [{ Type: 'volume', Name: 'sly', Driver: 'local' }] },
      'the host path /etc of the container web is not allowed here',
    ],
    [
      { Mounts: [{ Type: 'volume', Name: 'plain', Source: '/x', Propagation: 'rshared' }] },
      'the rshared mount of /x of the container web is not allowed here',
    ],
    [
      {
        Networks: {
          lan: { NetworkID: 'shop', DriverOpts: { 'com.docker.network.endpoint.sysctls': 'net.a=1' } },
        },
      },
      'the sysctl net.a of the container web is not allowed here',
    ],
    ...['lan', 'bridge'].map((name): [object, string] => [
      { Networks: { [name]: { NetworkID: 'l1' } } },
      'the network driver macvlan of the container web is not allowed here',
    ]),
    [{ Mounts: [{ Type: 'other' }] }, 'a mount of the type "other" of the container web is not allowed here'],
  ])('made with %j is refused', async (more, message) => {
    await expectRefused(filter.unprivileged(), ...exec, message, {
      '/containers/web/json': container(more),
      '/volumes/sly': sly,
      '/networks/l1': { Id: 'l1', Driver: 'macvlan' },
    })
  })

  it('is not made with the id of one network under the name of another', async () => {
    const body = { Image: 'busybox', NetworkingConfig: { EndpointsConfig: { bridge: { NetworkID: 'l1' } } } }
    const there = { '/networks/l1': { Id: 'l1', Name: 'lan', Driver: 'macvlan' } }
    const create = 'POST /v1.45/containers/create'
    await expectRefused(
      filter.unprivileged(),
      create,
      body,
      /^the network driver macvlan is not allowed/,
      there,
    )
  })

  it('is judged by the rules of a single policy alone', async () => {
    const there = { '/containers/web/json': container({ HostConfig: { PidMode: 'host' } }) }
    await expectRefused(
      filter.namespaces(),
      ...exec,
      /^the pid namespace of the host of the container web /,
      there,
    )
    await expectPassed(filter.capabilities(), ...exec, there, `POST /containers/${webId}/exec`)
  })

  it('is judged when one of its execs is started', async () => {
    const line = 'POST /exec/e1/start'
    await expectPassed(filter.unprivileged(), line, { Detach: true }, {}, 'POST /exec/e1f0/start')
    await expectRefused(
      filter.unprivileged(),
      line,
      { Detach: true },
      'privileged mode of an exec is not allowed here',
      {
        '/exec/e1/json': { ID: 'e1', ContainerID: 'web', ProcessConfig: { privileged: true } },
      },
    )
    await expectRefused(filter.unprivileged(), line, {}, /^the host path \/etc of the container web /, {
      '/containers/web/json': container({ Mounts: [{ Type: 'bind', Source: '/etc' }] }),
    })
    expect((await make(filter.unprivileged(), 'POST /exec/e2/start', {})).status).toBe(404)
  })

  it('may be in the cgroup namespace of the host where the engine gives no other', async () => {
    const there = { '/info': { DefaultRuntime: 'runc', CgroupVersion: '2' } }
    await expectRefused(
      filter.unprivileged(),
      ...exec,
      'the cgroup namespace of the host of the container web is not allowed here',
      there,
    )
  })

  it('is not got into where the engine says nothing about it', async () => {
    const there = { '/containers/web/json': { Id: 'x' } }
    const { status, done } = await make(filter.unprivileged(), ...exec, there)
    expect({ status, done }).toEqual({ status: 403, done: [] })
    const without = await make(filter.unprivileged(), ...exec, { '/containers/web/json': {} })
    expect(without).toEqual({
      status: 502,
      message: 'the engine did not say the Id of what it was asked about',
      done: [],
    })
  })
})

const sly = { Name: 'sly', Driver: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } }
const create = 'POST /containers/create'
const withHostConfig = (HostConfig: object) => ({ Image: 'busybox', HostConfig })

describe('what a call names is looked at', () => {
  const plain = { Name: 'plain', Driver: 'local', Options: null }

  it.each([
    ['Binds', create, withHostConfig({ Binds: ['sly:/x'] })],
    ['Mounts', create, withHostConfig({ Mounts: [{ Type: 'volume', Source: 'sly', Target: '/x' }] })],
    [
      'services',
      'POST /services/create',
      { TaskTemplate: { ContainerSpec: { Image: 'busybox', Mounts: [{ Type: 'volume', Source: 'sly' }] } } },
    ],
    ['PUT', 'PUT /volumes/sly', {}],
  ])('a volume in %s', async (_, line, body) => {
    const there = { '/volumes/sly': sly }
    const message = 'the host path /etc is not allowed here: use a volume'
    await expectRefused(filter.unprivileged(), line, body, message, there)
    await expectRefused(filter.hostPaths(), line, body, message, there)
    await expectPassed(filter.hostPaths(['/etc']), line, body, there)
    await expectPassed(filter.unprivileged(), line, body, { '/volumes/sly': plain })
    await expectPassed(filter.capabilities(), line, body, there)
  })

  it('the container of VolumesFrom, which is then taken by its id', async () => {
    const body = withHostConfig({ VolumesFrom: ['web:ro'] })
    const { done } = await make(filter.unprivileged(), create, body)
    expect(done.map((each) => each.body)).toEqual([withHostConfig({ VolumesFrom: [`${webId}:ro`] })])
    await expectRefused(
      filter.unprivileged(),
      create,
      body,
      'the host path /etc is not allowed here: use a volume',
      {
        '/containers/web/json': container({ Mounts: [{ Type: 'bind', Source: '/etc' }] }),
      },
    )
    expect((await make(filter.unprivileged(), create, withHostConfig({ VolumesFrom: ['no'] }))).status).toBe(
      404,
    )
  })

  it.each(['NetworkMode', 'PidMode', 'IpcMode'])(
    'the container of %s, which is then taken by its id',
    async (field) => {
      const policy = filter.unprivileged({
        namespaces: ['network:container', 'pid:container', 'ipc:container'],
      })
      const body = withHostConfig({ [field]: 'container:web' })
      const { done } = await make(policy, create, body)
      expect(done.map((each) => each.body)).toEqual([withHostConfig({ [field]: `container:${webId}` })])
      await expectRefused(policy, create, body, /^privileged mode of the container web /, {
        '/containers/web/json': container({ HostConfig: { Privileged: true } }),
      })
    },
  )

  it('the container whose network a build is in, which is then taken by its id', async () => {
    const policy = filter.unprivileged({ namespaces: ['network:container'] })
    const line = 'POST /v1.45/build?networkmode=container%3Aweb&t=ci%2Fa&t=ci%2Fb'
    await expectPassed(policy, line, '', {}, line.replace('web', webId))
    await expectRefused(policy, line, '', /^privileged mode of the container web /, {
      '/containers/web/json': container({ HostConfig: { Privileged: true } }),
    })
  })

  it('a container by the name that the engine gives it, with a slash', async () => {
    const policy = filter.unprivileged({ namespaces: ['pid:container'] })
    const body = withHostConfig({ VolumesFrom: ['/web:ro'], PidMode: 'container:/web' })
    const { done } = await make(policy, create, body)
    const pinned = { VolumesFrom: [`${webId}:ro`], PidMode: `container:${webId}` }
    expect(done.map((each) => each.body)).toEqual([withHostConfig(pinned)])
  })

  it.each(['', '/', '//web', 'web/', '..', 'a/../web'])(
    'no container by a name that none can have: %j',
    async (name) => {
      for (const body of [{ VolumesFrom: [name] }, { PidMode: `container:${name}` }]) {
        const policy = filter.unprivileged({ namespaces: ['pid:container'] })
        const { status, message, done } = await make(policy, create, withHostConfig(body))
        expect({ status, message, done }).toEqual({
          status: 404,
          message: `No such container: ${name}`,
          done: [],
        })
      }
    },
  )

  it('containers that share with one another, once', async () => {
    const policy = filter.unprivileged({ namespaces: ['pid:container'] })
    const there = { '/containers/web/json': container({ HostConfig: { PidMode: 'container:web' } }) }
    await expectPassed(policy, 'POST /containers/web/start', '', there, `POST /containers/${webId}/start`)
  })

  it.each([
    [create, withHostConfig({ NetworkMode: 'lan' })],
    [create, { Image: 'busybox', NetworkingConfig: { EndpointsConfig: { lan: {} } } }],
    ['POST /networks/lan/connect', { Container: 'web' }],
    [
      'POST /services/create',
      { Networks: [{ Target: 'lan' }], TaskTemplate: { ContainerSpec: { Image: 'b' } } },
    ],
    ['POST /build?networkmode=lan', ''],
  ])('a network: %s', async (line, body) => {
    const lan = { Id: 'l1', Driver: 'macvlan', Options: { parent: 'eth0' } }
    const message = 'the network driver macvlan is not allowed here: use the default one'
    await expectRefused(filter.unprivileged(), line, body, message, { '/networks/lan': lan })
    await expectRefused(filter.drivers(), line, body, message, { '/networks/lan': lan })
    await expectRefused(filter.namespaces(), line, body, /^the network namespace of the host /, {
      '/networks/lan': { Id: 'h1', Driver: 'host' },
    })
    await expectPassed(filter.unprivileged({ drivers: ['network:macvlan'] }), line, body, {
      '/networks/lan': lan,
    })
  })

  it('what a service was, where it is told to go back', async () => {
    const line = 'POST /services/web/update?version=3&rollback=previous'
    const spec = { TaskTemplate: { ContainerSpec: { Image: 'busybox' } } }
    const was = (ContainerSpec: object) => ({
      '/services/web': {
        ID: 's1',
        PreviousSpec: { TaskTemplate: { ContainerSpec: { Image: 'busybox', ...ContainerSpec } } },
      },
    })
    await expectPassed(filter.unprivileged(), line, spec, was({}), line.replace('/web/', '/s1/'))
    await expectRefused(
      filter.unprivileged(),
      line,
      spec,
      'the capability SYS_ADMIN is not allowed here: leave out --cap-add',
      was({ CapabilityAdd: ['CAP_SYS_ADMIN'] }),
    )
  })
})
