import { expect, it } from 'vitest'
import { filters, twoOwners } from './owner-clients.js'
import { fakeEngine } from './owner-fake-engine.js'
import type { Got } from './owner-fake-engine.js'

const labels = { 'intermediate.owner': 'A' }
const others = { 'intermediate.owner': 'B' }

const id = (digit: string) => `sha256:${digit.repeat(64)}`

const busybox = { Id: id('1'), RepoTags: ['busybox:latest'], RepoDigests: [`busybox@${id('2')}`] }

/** Everybody’s, from a registry; A’s and B’s; and what B has pulled by its digest. */
const images: Record<string, object> = {
  busybox,
  'docker.io/library/busybox': busybox,
  'library/busybox:1': busybox,
  [`busybox@${id('2')}`]: busybox,
  'mine:1': { Id: id('3'), RepoTags: ['mine:1'], Config: { Labels: labels } },
  [id('3')]: { Id: id('3'), RepoTags: ['mine:1'], Config: { Labels: labels } },
  'theirs:1': { Id: id('4'), RepoTags: ['theirs:1'], Config: { Labels: others } },
  [`theirs@${id('5')}`]: { Id: id('4'), RepoTags: [], Config: { Labels: others } },
}

/** A swarm in which A and B have one service, secret and config each, of like names and ids. */
function swarm(call: string, { query }: Got): object | number | undefined {
  const both = (kind: string) => [
    { ID: `${kind}1aaaa`, ServiceID: 'service1aaaa', Spec: { Name: `${kind}-a`, Labels: labels } },
    { ID: `${kind}1bbbb`, ServiceID: 'service1bbbb', Spec: { Name: `${kind}-b`, Labels: others } },
  ]
  const [, kind = ''] = /^GET \/(\w+?)s$/.exec(call) ?? []
  if (['service', 'secret', 'config', 'task'].includes(kind)) return both(kind)
  if (call === 'GET /networks')
    return [
      { Id: 'network1aaaa', Name: 'net', Labels: labels },
      { Id: 'network1bbbb', Name: 'net', Labels: others },
    ]
  const [, task] = /^GET \/tasks\/(task1\w+)$/.exec(call) ?? []
  if (task !== undefined) return both('task').find(({ ID }) => ID === task)
  const [, image = ''] = /^GET \/images\/(.*)\/json$/.exec(call) ?? []
  if (Object.hasOwn(images, image)) return images[image]
  if (/(task|service|secret|config)1aaaa|\/create$/.test(call)) return { ID: 'made', query: String(query) }
  return undefined
}

it.each(['service', 'secret', 'config'])(
  'finds a %s by name, id and the start of one, among the owner’s',
  async (kind) => {
    await using engine = await fakeEngine(swarm)
    await using owners = await twoOwners(engine.address)
    for (const name of [`${kind}-a`, `${kind}1aaaa`, `${kind}1`, `${kind}1a`]) {
      expect([name, (await owners.a(`GET /${kind}s/${name}`)).status]).toEqual([name, 200])
      expect(engine.got.at(-1)!.call).toBe(`GET /${kind}s/${kind}1aaaa`)
    }
    for (const name of [`${kind}-b`, `${kind}1bbbb`, `${kind}1b`, 'nosuch'])
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/update?version=1'],
      ]) {
        const answer = await owners.a(
          `${method} /${kind}s/${name}${path}`,
          method === 'POST' ? {} : undefined,
        )
        expect([name, answer.status]).toEqual([name, 404])
        expect(engine.got.at(-1)!.call).toMatch(/\/nobodys-[-0-9a-f]{36}(\/update)?$/)
      }
  },
)

it.each(['service', 'secret', 'config', 'task'])('lists the %ss of the owner', async (kind) => {
  await using engine = await fakeEngine(swarm)
  await using owners = await twoOwners(engine.address)
  const { json } = await owners.a(`GET /${kind}s`)
  expect(json.map(({ ID }: { ID: string }) => ID)).toEqual([`${kind}1aaaa`])
})

it('asks a swarm for one owner only, since of two labels with one key it takes any', async () => {
  await using engine = await fakeEngine(swarm)
  await using owners = await twoOwners(engine.address)
  await owners.b(`GET /services?${filters({ label: ['intermediate.owner=A', 'tier=web'] })}`)
  const asked = JSON.parse(engine.got.at(-1)!.query.get('filters')!)
  expect(Object.keys(asked.label)).toEqual([
    'tier=web',
    expect.stringMatching(/^intermediate\.owner=nobody /),
  ])
})

it.each([
  [
    '?version=1&rollback=previous',
    {},
    'rollbacks of services are not allowed here: update it to what it was',
  ],
  [
    '?version=1',
    { UpdateConfig: { FailureAction: 'rollback' } },
    'updates that roll back are not allowed here: let them pause or go on',
  ],
])('takes no service back to what may name what is others’ now: %s %j', async (query, body, message) => {
  await using engine = await fakeEngine(swarm)
  await using owners = await twoOwners(engine.address)
  const answer = await owners.a(`POST /services/service-a/update${query}`, body)
  expect([answer.status, answer.json]).toEqual([403, { message }])
  expect(engine.of('POST /services/service-a/update')).toEqual([])
})

it('finds a task, and its log, by its service', async () => {
  await using engine = await fakeEngine(swarm)
  await using owners = await twoOwners(engine.address)
  for (const path of ['', '/logs']) {
    expect((await owners.a(`GET /tasks/task1aaaa${path}`)).status).toBe(200)
    expect((await owners.a(`GET /tasks/task1bbbb${path}`)).status).toBe(404)
    expect(engine.got.at(-1)!.call).toContain('nobodys-')
  }
})

it.each(['/services/create', '/services/service-a/update?version=1'])(
  'labels a service and its containers, and pins what it refers to, at %s',
  async (path) => {
    await using engine = await fakeEngine(swarm)
    await using owners = await twoOwners(engine.address)
    const { status } = await owners.a(`POST ${path}`, {
      Name: 'web',
      Labels: others,
      Networks: [{ Target: 'net' }],
      TaskTemplate: {
        Networks: [{ Target: 'network1a' }, { Target: 'host' }],
        ContainerSpec: {
          Image: 'busybox',
          Labels: { ...others, tier: 'web' },
          Secrets: [{ SecretID: 'secret1aaaa', SecretName: 'secret-a' }],
          Configs: [{ ConfigID: 'config-a' }],
          Privileges: { CredentialSpec: { Config: 'config1aaaa' } },
          Mounts: [
            { Type: 'volume', Source: 'data', Target: '/data', VolumeOptions: { Labels: others } },
            { Type: 'tmpfs', Target: '/tmp' },
          ],
        },
      },
    })
    expect(status).toBe(200)
    expect(engine.got.at(-1)!.json).toEqual({
      Name: 'web',
      Labels: labels,
      Networks: [{ Target: 'network1aaaa' }],
      TaskTemplate: {
        Networks: [{ Target: 'network1aaaa' }, { Target: 'host' }],
        ContainerSpec: {
          Image: `busybox@${id('2')}`,
          Labels: { ...labels, tier: 'web' },
          Secrets: [{ SecretID: 'secret1aaaa', SecretName: 'secret-a' }],
          Configs: [{ ConfigID: 'config1aaaa' }],
          Privileges: { CredentialSpec: { Config: 'config1aaaa' } },
          Mounts: [
            { Type: 'volume', Source: 'data', Target: '/data', VolumeOptions: { Labels: labels } },
            { Type: 'tmpfs', Target: '/tmp' },
          ],
        },
      },
    })
  },
)

const container = (spec: object) => ({ TaskTemplate: { ContainerSpec: { Image: 'busybox', ...spec } } })

it.each([
  ['another’s network', { Networks: [{ Target: 'network1bbbb' }] }, 404, 'network network1bbbb not found'],
  [
    'a task’s network',
    { TaskTemplate: { Networks: [{ Target: 'nosuch' }] } },
    404,
    'network nosuch not found',
  ],
  [
    'another’s secret',
    container({ Secrets: [{ SecretID: 'secret1bbbb' }] }),
    404,
    'secret secret1bbbb not found',
  ],
  ['another’s config', container({ Configs: [{ ConfigID: 'config-b' }] }), 404, 'config config-b not found'],
  [
    'another’s credentials',
    container({ Privileges: { CredentialSpec: { Config: 'config1bbbb' } } }),
    404,
    'config config1bbbb not found',
  ],
  [
    'a plugin',
    { TaskTemplate: { Runtime: 'plugin', PluginSpec: {} } },
    403,
    'services of the runtime "plugin" are not allowed here',
  ],
  [
    'an attachment',
    { TaskTemplate: { NetworkAttachmentSpec: { ContainerID: 'x' } } },
    403,
    'services with a NetworkAttachmentSpec are not allowed here',
  ],
  [
    'a cluster volume',
    container({ Mounts: [{ Type: 'cluster', Source: 'x', Target: '/x' }] }),
    403,
    'mounts of the type "cluster" are not allowed here',
  ],
  ...['{{"victim"}}', '{{.Service.Name}}', 'data-{{ .Task.Slot }}', '{{printf "victim%.0s" "/a:b"}}'].flatMap(
    (Source) =>
      ['volume', 'image', 'bind', 'npipe'].map((Type): [string, object, number, string] => [
        `a template for a ${Type}`,
        container({
          Mounts: [
            { Type: 'tmpfs', Target: '/tmp' },
            { Type, Source, Target: '/x' },
          ],
        }),
        403,
        `the mount of ${Source} is not allowed here: nobody can tell what the template comes to`,
      ]),
  ),
])('makes no service with %s', async (_, spec, status, message) => {
  await using engine = await fakeEngine(swarm)
  await using owners = await twoOwners(engine.address)
  for (const path of ['/services/create', '/services/service-a/update?version=1']) {
    const answer = await owners.a(`POST ${path}`, spec)
    expect([answer.status, answer.json]).toEqual([status, { message }])
  }
  expect(engine.got.filter(({ call }) => call.startsWith('POST'))).toEqual([])
})

it.each(['/services/create', '/services/service-a/update?version=1'])(
  'is not told whose service has a port: %s',
  async (path) => {
    const other = 'tyy65ki3hfb5np0xus8ir0p73'
    const own = '1yy65ki3hfb5np0xus8ir0p73'
    const message = (whose: string) =>
      `rpc error: code = InvalidArgument desc = port '8085' is already in use by service ${whose} as an ingress port`
    const ownServices = [{ ID: own, Spec: { Name: 'service-a', Labels: labels } }]
    let holder = `'portb' (${other})`
    await using engine = await fakeEngine((call) => {
      if (call === 'GET /services') return ownServices
      return call.startsWith('POST ') ? { status: 400, message: message(holder) } : []
    })
    await using owners = await twoOwners(engine.address)
    const spec = { Name: 'porta', EndpointSpec: { Ports: [{ PublishedPort: 8085, Nanos: 1e18 }] } }
    expect((await owners.a(`POST ${path}`, spec)).json).toMatchObject({ message: message('another’s') })
    holder = `'service-a' (${own})`
    expect((await owners.a(`POST ${path}`, spec)).json).toMatchObject({ message: message(holder) })
  },
)

it('takes a start of several ids of an owner for none of them', async () => {
  const several = ['service1aaaa', 'service1abbb'].map((ID) => ({ ID, Spec: { Name: ID, Labels: labels } }))
  await using engine = await fakeEngine((call) =>
    call === 'GET /services' ? several : call.includes('nobodys') ? undefined : {},
  )
  await using owners = await twoOwners(engine.address)
  expect((await owners.a('DELETE /services/service1a')).status).toBe(404)
  expect((await owners.a('DELETE /services/service1aa')).status).toBe(200)
})

it.each([
  ['busybox', `busybox@${id('2')}`],
  ...['docker.io/library/busybox', 'library/busybox:1'].map((name) => [name, `busybox@${id('2')}`]),
  [`busybox@${id('2')}`, `busybox@${id('2')}`],
  ['mine:1', id('3')],
  [id('3'), id('3')],
  [`elsewhere@${id('6')}`, `elsewhere@${id('6')}`],
])(
  'has a service run what an image holds now, whoever has its name at another start: %s',
  async (Image, pinned) => {
    await using engine = await fakeEngine(swarm)
    await using owners = await twoOwners(engine.address)
    for (const path of ['/services/create', '/services/service-a/update?version=1']) {
      expect((await owners.a(`POST ${path}`, container({ Image }))).status).toBe(200)
      expect(engine.got.at(-1)!.json.TaskTemplate.ContainerSpec.Image).toBe(pinned)
    }
  },
)

it.each(['theirs:1', `theirs@${id('5')}`, 'nosuch:1', id('7')])(
  'makes no service of an image that is another’s, or could become it: %s',
  async (Image) => {
    await using engine = await fakeEngine(swarm)
    await using owners = await twoOwners(engine.address)
    for (const path of ['/services/create', '/services/service-a/update?version=1']) {
      const answer = await owners.a(`POST ${path}`, container({ Image }))
      const message = `No such image: ${Image} (a service here runs what is on this engine, or a digest)`
      expect([answer.status, answer.json]).toEqual([404, { message }])
    }
    expect(engine.got.filter(({ call }) => call.startsWith('POST'))).toEqual([])
  },
)

it('asks for tasks of the owner’s services and of no nodes, which the engine would say are there', async () => {
  await using engine = await fakeEngine(swarm)
  await using owners = await twoOwners(engine.address)
  const asked = async (value: object): Promise<string[]> => {
    await owners.a(`GET /tasks?${filters(value)}`)
    const { service, node } = JSON.parse(engine.got.at(-1)!.query.get('filters')!)
    return Object.keys(service ?? node)
  }
  expect(await asked({ service: ['service-a', 'service1a'] })).toEqual(['service1aaaa'])
  for (const value of [{ service: ['service-b'] }, { service: { nosuch: true } }, { node: ['node-1'] }])
    expect(await asked(value)).toEqual([expect.stringMatching(/^nobodys-/)])
})

it('labels secrets and configs, also where an update replaces the labels', async () => {
  await using engine = await fakeEngine(swarm)
  await using owners = await twoOwners(engine.address)
  for (const kind of ['secret', 'config'])
    for (const path of ['create', `${kind}-a/update?version=1`]) {
      await owners.a(`POST /${kind}s/${path}`, { Name: 'x', Labels: others })
      expect(engine.got.at(-1)!.json).toEqual({ Name: 'x', Labels: labels })
    }
})
