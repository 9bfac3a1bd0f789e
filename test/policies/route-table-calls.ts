import type { Endpoint } from '@intermediate/core'
import { endpoints } from '@intermediate/core'
import { recognise } from '../../packages/core/src/endpoints/recognise.js'
import type { Single } from './containers-asked.js'
import { asked } from './containers-asked.js'
import { entry, tarOf } from './owner-tar.js'
import type { Column } from './route-table.js'
import { columns } from './route-table.js'

/** A call as its client makes it: text and bytes are sent as they are, an object as JSON. */
export interface Attempt {
  readonly line: string
  readonly body?: object | string | Buffer
  /** The start of what the client is told. */
  readonly says?: string
}

/** A call that only a policy which refuses the whole endpoint has anything against. */
export function harmless(column: Column, endpoint: Endpoint): Attempt {
  return (column === 'owner' ? ownerCalls[endpoint] : undefined) ?? ordinary(endpoint)
}

/** Calls by which one would get what the policy is there to prevent. */
export function attacks(column: Column, endpoint: Endpoint): readonly Attempt[] {
  if (column === 'owner') return againstTheirs(endpoint)
  if (column === 'unprivileged') return others.flatMap((each) => attacks(each, endpoint))
  if (column === 'images') return [...(imageAttacks[endpoint] ?? []), ...into(column, endpoint)]
  return [...askedFor(column as Single, endpoint), ...into(column, endpoint)]
}

const others = columns.filter((each) => !['unprivileged', 'owner', 'readOnly'].includes(each))

/** What `plain` has for it, or its method and path with `mine` for each name. */
function ordinary(endpoint: Endpoint): Attempt {
  if (endpoint === 'unknown') return { line: 'GET /nosuch' }
  const { method, path } = endpoints.find(({ key }) => key === endpoint)!
  return plain[endpoint] ?? { line: `${method} ${path.replaceAll(/:\w+/g, 'mine')}` }
}

/** The ordinary call, made of another owner's things instead. */
function againstTheirs(endpoint: Endpoint): readonly Attempt[] {
  const { line, body } = harmless('owner', endpoint)
  const theirs = (text: string) => text.replaceAll('mine', 'theirs')
  if (body === undefined || body instanceof Buffer) return [{ line: theirs(line), ...(body && { body }) }]
  return [{ line: theirs(line), body: theirs(JSON.stringify(body)) }]
}

/** A call that gets somebody into what was made with what the policy refuses. */
function into(column: Column, endpoint: Endpoint): readonly Attempt[] {
  const { line, body } = ordinary(endpoint)
  if (endpoint === 'POST /build') return [{ line: `POST /build?networkmode=container:with-${column}` }]
  const isVolume = endpoint === 'PUT /volumes/:name' && ['hostPaths', 'drivers'].includes(column)
  if (!isVolume && !entering.test(endpoint)) return []
  return [{ line: line.replace('mine', `with-${column}`), ...(body && { body }) }]
}

const entering =
  /^(?:\w+ \/containers\/:id\/(?:update|exec|start|restart|attach|attach\/ws|archive|copy)|POST \/containers\/:id\/checkpoints|POST \/exec\/:id\/start)$/

/** What `containers-asked.ts` has for it. A service can be made so, or be updated to it. */
function askedFor(policy: Single, endpoint: Endpoint): readonly Attempt[] {
  return asked.flatMap(([whose, , line, body, says]) => {
    if (whose !== policy) return []
    const also = line.startsWith('POST /services/create')
      ? [line, 'POST /services/mine/update?version=3']
      : [line]
    return also
      .filter((each) => isOf(each, endpoint))
      .map((each) => ({ line: each, body: body as object | string, says }))
  })
}

function isOf(line: string, endpoint: Endpoint): boolean {
  const [method = '', target = ''] = line.split(' ')
  return recognise(method, target).matches[0]?.endpoint.key === endpoint
}

type Calls<T> = Partial<Readonly<Record<Endpoint, T>>>

const service = (more: object = {}) => ({
  Name: 'web',
  TaskTemplate: { ContainerSpec: { Image: 'busybox', ...more } },
})

/** Where a path alone is no ordinary call. */
const plain: Calls<Attempt> = {
  'POST /containers/create': { line: 'POST /containers/create?name=web', body: { Image: 'busybox' } },
  'POST /containers/:id/update': { line: 'POST /containers/mine/update', body: { Memory: 9 } },
  'POST /containers/:id/exec': { line: 'POST /containers/mine/exec', body: { Cmd: ['id'] } },
  'POST /exec/:id/start': { line: 'POST /exec/mine/start', body: { Detach: true } },
  'POST /containers/:id/copy': { line: 'POST /v1.24/containers/mine/copy', body: { Resource: '/x' } },
  'POST /containers/:id/checkpoints': {
    line: 'POST /containers/mine/checkpoints',
    body: { CheckpointID: 'a' },
  },
  'POST /volumes/create': { line: 'POST /volumes/create', body: { Name: 'mine' } },
  'POST /networks/create': { line: 'POST /networks/create', body: { Name: 'n' } },
  'POST /networks/:id/connect': { line: 'POST /networks/mine/connect', body: { Container: 'mine' } },
  'POST /networks/:id/disconnect': { line: 'POST /networks/mine/disconnect', body: { Container: 'mine' } },
  'POST /services/create': { line: 'POST /services/create', body: service() },
  'POST /services/:id/update': { line: 'POST /services/mine/update?version=3', body: service() },
  'POST /secrets/create': { line: 'POST /secrets/create', body: { Name: 's', Data: 'eA==' } },
  'POST /plugins/pull': { line: 'POST /plugins/pull?remote=busybox' },
  'POST /plugins/:name/upgrade': { line: 'POST /plugins/mine/upgrade?remote=busybox' },
  'POST /build': { line: 'POST /build?t=ci/web' },
  'POST /commit': { line: 'POST /commit?container=mine&repo=ci/web' },
  'DELETE /containers/:id/checkpoints/:checkpoint': { line: 'DELETE /containers/mine/checkpoints/a' },
  'POST /images/create': { line: 'POST /images/create?fromImage=mine&tag=latest' },
  'POST /images/:name/tag': { line: 'POST /images/mine/tag?repo=mine&tag=2' },
  'POST /images/:name/push': { line: 'POST /images/mine/push?tag=latest' },
  'GET /images/get': { line: 'GET /images/get?names=mine' },
}

const labels = { Labels: { 'intermediate.owner': 'mine' } }
const spec = { Name: 's', Data: 'eA==', ...labels }

/** Calls that name something of an owner, where the ordinary ones do not. */
const ownerCalls: Calls<Attempt> = {
  'POST /containers/create': {
    line: 'POST /containers/create',
    body: { Image: 'mine', ...labels, HostConfig: { VolumesFrom: ['mine'], PidMode: 'container:mine' } },
  },
  'POST /networks/create': {
    line: 'POST /networks/create',
    body: { Name: 'n', ...labels },
  },
  'POST /services/create': {
    line: 'POST /services/create',
    body: { ...service(), ...labels, Networks: [{ Target: 'mine' }] },
  },
  'POST /services/:id/update': {
    line: 'POST /services/mine/update?version=3',
    body: { ...service({ Secrets: [{ SecretID: 'mine' }] }), ...labels },
  },
  'POST /secrets/create': { line: 'POST /secrets/create', body: spec },
  'POST /configs/create': { line: 'POST /configs/create', body: spec },
  'POST /secrets/:id/update': { line: 'POST /secrets/mine/update?version=3', body: spec },
  'POST /configs/:id/update': { line: 'POST /configs/mine/update?version=3', body: spec },
  'POST /images/:name/tag': { line: 'POST /images/mine/tag?repo=ci/web' },
  'POST /build': {
    line: 'POST /build?networkmode=container:mine',
    body: tarOf(entry('Dockerfile', 'FROM busybox\n')),
  },
}

const evil = (line: string, says: string, body?: object): readonly Attempt[] => [
  { line, says, ...(body && { body }) },
]

const imageAttacks: Calls<readonly Attempt[]> = {
  'POST /containers/create': evil('POST /containers/create', 'the image evil', { Image: 'evil' }),
  'POST /services/create': evil('POST /services/create', 'the image evil', service({ Image: 'evil' })),
  'POST /services/:id/update': evil(
    'POST /services/mine/update?version=3',
    'the image evil',
    service({ Image: 'evil' }),
  ),
  'POST /build': evil('POST /build?t=busybox', 'to name an image busybox'),
  'POST /commit': evil('POST /commit?container=mine&repo=busybox', 'to name an image busybox'),
  'POST /images/create': evil('POST /images/create?fromImage=evil&tag=1', 'the image evil:1'),
  'POST /images/:name/tag': evil('POST /images/evil/tag?repo=busybox', 'the image evil'),
  'POST /images/:name/push': evil('POST /images/evil/push', 'the image evil'),
  'POST /plugins/pull': evil('POST /plugins/pull?remote=evil', 'the plugin evil'),
  'POST /plugins/:name/upgrade': evil('POST /plugins/mine/upgrade?remote=evil', 'the plugin evil'),
}
