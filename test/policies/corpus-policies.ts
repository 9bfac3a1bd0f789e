import { intermediate } from '@intermediate/core'
import type { Intermediate, Layer } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import type { Aim, Seen } from '../disagreements/disagreement.js'
import { withNames } from '../disagreements/disagreement.js'

/** What the names in the corpus stand for; see corpus-engine.ts for what has them. */
export const names = { MINE: 'mine', GUARDED: 'web', RESERVED: 'db', MADE: 'made', EXEC: '3fa1' }

export interface Subject {
  readonly name: string
  readonly layers: Intermediate
  /** Aims of the corpus that it is there to prevent, whoever else reads the call; of some, by what is in the body. */
  readonly prevents: Partial<Readonly<Record<Aim, true | RegExp>>>
  /** Aims whose bodies it leaves to others: they go on as they came. */
  readonly leaves?: readonly Aim[]
}

const intoGuarded = {
  'an exec in the guarded container': true,
  'a start of an exec in the guarded container': true,
  'an attach to the guarded container': true,
} as const
const all: Subject['prevents'] = {
  ...intoGuarded,
  'a container with more rights': true,
  'a reserved name': true,
  'an exec with more rights': true,
  'the end of the guarded container': true,
}
const rights = /"Privileged":true/
const others: readonly Aim[] = ['a reserved name', 'the end of the guarded container']
const beyond: Subject['prevents'] = {
  ...intoGuarded,
  'a container with more rights': rights,
  'an exec with more rights': true,
}
const host = { ...beyond, 'a container with more rights': /"Privileged":true|"host"/ }

/** Rules of somebody's own, which go by Docker's own spelling. */
const ownRules: readonly Layer[] = [
  filter('POST /containers/create', ({ body, query }) => {
    const { HostConfig: config } = body
    if (config?.Privileged || config?.PidMode === 'host' || config?.NetworkMode === 'host') return 'no rights'
    if ((config?.Memory ?? 0) > 64 * 1024 * 1024) return 'less memory'
    return !isReserved(query.name) || 'another name'
  }),
  filter('POST /containers/:id/rename', ({ query }) => !isReserved(query.name) || 'another name'),
  filter('POST /containers/:id/exec', async (call) => {
    const inspected = await call.ask('GET /containers/:id/json', { params: call.params })
    const isGuarded = inspected.ok && (await inspected.json()).Name === '/web'
    return !(call.body.Privileged || isGuarded) || 'no exec'
  }),
  filter('POST /exec/:id/start', ({ params }) => params.id !== '3fa1' || 'no start'),
  filter(['POST /containers/:id/attach', 'DELETE /containers/:id'], async (call) => {
    const inspected = await call.ask('GET /containers/:id/json', { params: call.params })
    return !inspected.ok || (await inspected.json()).Name !== '/web' || 'not this one'
  }),
]

function isReserved(name: string | undefined): boolean {
  return name?.replace(/^\//, '') === withNames('RESERVED', names)
}

const looking = ['GET /_ping', 'HEAD /_ping', 'GET /containers/json', 'GET /containers/:id/json'] as const
const acting = [
  'POST /containers/create',
  'POST /containers/:id/rename',
  'POST /containers/:id/exec',
  'POST /exec/:id/start',
  'POST /containers/:id/attach',
  'DELETE /containers/:id',
] as const

/** Every policy, with options by which the aims of the corpus are what it is to prevent, where it can be. */
export const subjects: readonly Subject[] = [
  { name: 'filter', layers: stacked(...ownRules), prevents: all },
  { name: 'readOnly', layers: stacked(filter.readOnly()), prevents: all },
  { name: 'allow', layers: stacked(filter.allow(looking)), prevents: all },
  { name: 'deny', layers: stacked(filter.deny(acting)), prevents: all },
  {
    name: 'owner',
    layers: stacked(filter.owner('me')),
    prevents: { ...intoGuarded, 'the end of the guarded container': true },
    leaves: ['a reserved name', 'an exec with more rights'],
  },
  { name: 'unprivileged', layers: stacked(filter.unprivileged()), prevents: host, leaves: others },
  { name: 'hostPaths', layers: stacked(filter.hostPaths()), prevents: beyond, leaves: others },
  { name: 'namespaces', layers: stacked(filter.namespaces()), prevents: host, leaves: others },
  { name: 'capabilities', layers: stacked(filter.capabilities()), prevents: beyond, leaves: others },
  { name: 'devices', layers: stacked(filter.devices()), prevents: beyond, leaves: others },
  { name: 'securityOptions', layers: stacked(filter.securityOptions()), prevents: beyond, leaves: others },
  { name: 'sysctls', layers: stacked(filter.sysctls()), prevents: beyond, leaves: others },
  { name: 'drivers', layers: stacked(filter.drivers()), prevents: intoGuarded, leaves: others },
  { name: 'runtimes', layers: stacked(filter.runtimes()), prevents: intoGuarded, leaves: others },
  {
    name: 'images',
    layers: stacked(filter.images({ allow: ['alpine'] })),
    prevents: { ...intoGuarded, 'a container with more rights': /"busybox/ },
    leaves: others,
  },
]

/** True if nothing of this call may reach the engine. */
export function prevents({ prevents }: Subject, aim: Aim, { body = '' }: Seen): boolean {
  const what = prevents[aim]
  return what === true || (what !== undefined && what.test(body))
}

function stacked(...layers: readonly Layer[]): Intermediate {
  return layers.reduce((stack, layer) => stack.use(layer), intermediate({ onError: () => {} }))
}
