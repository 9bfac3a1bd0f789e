import type { Request, Script } from '@intermediate/testing'
import { answer } from '@intermediate/testing'
import { response } from '../docker-calls.js'
import { container } from './containers.js'
import type { Column } from './route-table.js'

// An engine that has a `mine` of every kind, of the owner of that name and as ordinary as one can make it; a `theirs` of
// another owner; and, for each policy about containers, `with-` its name: what was made with what it refuses.

const label = 'intermediate.owner'
const mineId = 'a11ce0'.repeat(11).slice(0, 64)

const made: Partial<Readonly<Record<Column, Parameters<typeof container>[0]>>> = {
  hostPaths: { Mounts: [{ Type: 'bind', Source: '/etc', RW: true }] },
  namespaces: { HostConfig: { PidMode: 'host' } },
  capabilities: { HostConfig: { CapAdd: ['SYS_ADMIN'] } },
  devices: { HostConfig: { Devices: [{ PathOnHost: '/dev/sda' }] } },
  securityOptions: { HostConfig: { SecurityOpt: ['seccomp=unconfined'] } },
  sysctls: { HostConfig: { Sysctls: { 'net.core.somaxconn': '9' } } },
  runtimes: { HostConfig: { Runtime: 'other' } },
  drivers: { Mounts: [{ Type: 'volume', Name: 'with-drivers' }] },
  images: { Image: 'evil' },
}

function containerOf(name: string, Id: string, more?: Parameters<typeof container>[0]): object {
  const { Config, ...found } = container(more) as { Config: object }
  return { ...found, Id, Name: `/${name}`, Config: { ...Config, Labels: { [label]: name } } }
}

const names = ['mine', 'theirs']
const both = (each: (name: string) => object) => names.map(each)
const ownLabels = (name: string) => ({ Labels: { [label]: name } })
const bySpec = (ID: string) => ({ ID, Spec: { Name: ID, ...ownLabels(ID) } })
const image = (name: string) => ({
  Id: `sha256:${name}`,
  RepoTags: [`${name}:latest`],
  Config: ownLabels(name),
})
const network = (Name: string) => ({ Id: Name, Name, Driver: 'bridge', Options: {}, ...ownLabels(Name) })
const volume = (Name: string) => ({ Name, Driver: 'local', Options: null, ...ownLabels(Name) })
const idOf = (name: string) => (name === 'mine' ? mineId : name)

const there: Record<string, unknown> = {
  '/info': { DefaultRuntime: 'runc', CgroupVersion: '1', Containers: 'mine and theirs' },
  '/events': { Type: 'container', Action: 'start', Actor: { ID: 'x', Attributes: { [label]: 'theirs' } } },
  '/containers/json': both((name) => ({
    Id: idOf(name),
    Names: [`/${name}`],
    State: 'running',
    ...ownLabels(name),
  })),
  '/images/json': both((name) => ({ Id: name, RepoTags: [`${name}:latest`], ...ownLabels(name) })),
  '/networks': both(network),
  '/networks/': both(network),
  '/networks/shop': network('shop'),
  '/volumes': { Volumes: both(volume), Warnings: null },
  '/volumes/with-hostPaths': {
    Name: 'with-hostPaths',
    Driver: 'local',
    Options: { type: 'none', o: 'bind', device: '/etc' },
  },
  '/volumes/with-drivers': { Name: 'with-drivers', Driver: 'nfs', Options: null },
  '/services': both(bySpec),
  '/secrets': both(bySpec),
  '/configs': both(bySpec),
  '/tasks': both((ID) => ({ ID, ServiceID: ID })),
  '/images/busybox/json': { ...image('busybox'), Config: {} },
  '/images/busybox:latest/json': { ...image('busybox'), Config: {} },
}

for (const name of names) {
  there[`/containers/${name}/json`] = containerOf(name, idOf(name))
  there[`/exec/${name}/json`] = { ID: name, ContainerID: idOf(name), ProcessConfig: { privileged: false } }
  there[`/images/${name}/json`] = image(name)
  there[`/images/${name}:latest/json`] = image(name)
  there[`/networks/${name}`] = network(name)
  there[`/volumes/${name}`] = volume(name)
  there[`/tasks/${name}`] = { ID: name, ServiceID: name }
  for (const kind of ['services', 'secrets', 'configs']) there[`/${kind}/${name}`] = bySpec(name)
}
there[`/containers/${mineId}/json`] = there['/containers/mine/json']
for (const [column, more] of Object.entries(made)) {
  there[`/containers/with-${column}/json`] = containerOf(`with-${column}`, `with-${column}`, more)
  there[`/exec/with-${column}/json`] = {
    ID: `with-${column}`,
    ContainerID: `with-${column}`,
    ProcessConfig: { privileged: false },
  }
}

/** Answers what it is asked about, and does what it is told with all but what nobody has. */
export const engine: Script = answer(({ method, target, body }: Request) => {
  const path = decodeURIComponent(target.split('?', 1)[0]!).replace(/^\/v[\d.]+/, '')
  const isListOfOne = path === '/images/json' && target.includes('reference')
  const found = method === 'GET' && !isListOfOne ? there[path] : undefined
  if (found !== undefined) return response('200 OK', JSON.stringify(found))
  if (isListOfOne) return response('200 OK', '[]')
  const isAbsent = `${target}${body.toString('latin1')}`.includes('nobodys-')
  if (isAbsent || (method === 'GET' && isInspect.test(path)))
    return response('404 Not Found', `{"message":"no such thing: ${encodeURI(path)}"}`)
  return method === 'HEAD' ? response('200 OK', '') : response('200 OK', '{}')
})

const isInspect = /^\/(?:(?:containers|exec|images)\/.+\/json|(?:volumes|networks|services|tasks)\/[^/]+)$/
