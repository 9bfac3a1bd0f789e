import type { Call, Endpoint } from '@intermediate/core'
import { psArgumentsRefusal } from '../ps-arguments.js'
import type { Item } from './ask.js'
import { containerTopics } from './ask.js'
import { buildAsks } from './build-asks.js'
import { commitFields, createFields, execFields, execStartFields } from './container-fields.js'
import { driverName } from './driver-fields.js'
import type { Reader } from './fields.js'
import { harmless, struct } from './fields.js'
import { updateFields } from './host-config-fields.js'
import { hostPath } from './host-path-ask.js'
import { commitAsks, imageCreateAsks, loadAsks, pushAsks, tagAsks } from './image-asks.js'
import type { Inquiry } from './inquiry.js'
import { idOf, objectAt } from './inquiry.js'
import { hostNamespace } from './namespace-fields.js'
import { connectFields, network, networkFields } from './networks.js'
import { everything } from './security-fields.js'
import { serviceFields } from './service-fields.js'
import { volume, volumeFields } from './volumes.js'

/** What a call asks for beside its body. */
export type Route = (call: AnyCall) => readonly Item[]

/** A call of which one does not know which endpoint it is. */
export type AnyCall = Omit<Call, 'params' | 'query'> & {
  readonly params: Record<string, string>
  readonly query: Record<string, string | undefined>
}

/** How one endpoint is read: its body, where it has one that says something, and the rest of it. */
export interface RouteEntry {
  readonly body?: Reader
  readonly route?: Route
}

/** Every call by which a container can come to more than it has, or to what somebody else's container has. */
export const routes: ReadonlyMap<Endpoint, RouteEntry> = new Map<Endpoint, RouteEntry>([
  ['POST /containers/create', { body: createFields }],
  ['POST /containers/:id/update', { body: updateFields, route: container }],
  ['POST /containers/:id/exec', { body: execFields, route: container }],
  ['POST /exec/:id/start', { body: execStartFields, route: exec }],
  ['POST /containers/:id/start', { route: start }],
  ['POST /containers/:id/restart', { route: container }],
  ['POST /containers/:id/attach', { route: container }],
  ['GET /containers/:id/attach/ws', { route: container }],
  ['GET /containers/:id/archive', { route: container }],
  ['HEAD /containers/:id/archive', { route: container }],
  ['PUT /containers/:id/archive', { route: container }],
  ['POST /containers/:id/copy', { route: container }],
  ['GET /containers/:id/checkpoints', { route: ({ query }) => folder(query.dir) }],
  ['GET /containers/:id/top', { route: top }],
  ['POST /containers/:id/checkpoints', { body: checkpointFields(), route: container }],
  ['DELETE /containers/:id/checkpoints/:checkpoint', { route: ({ query }) => folder(query.dir) }],
  ['POST /volumes/create', { body: volumeFields }],
  ['PUT /volumes/:name', { route: ({ params }) => volume(params.name!) }],
  ['POST /networks/create', { body: networkFields }],
  ['POST /networks/:id/connect', { body: connectFields, route: ({ params }) => network(params.id!) }],
  ['POST /services/create', { body: serviceFields }],
  ['POST /services/:id/update', { body: serviceFields, route: serviceUpdate }],
  ['POST /secrets/create', { body: secretFields() }],
  ['POST /plugins/pull', { route: plugin }],
  ['POST /plugins/create', { route: plugin }],
  ['POST /plugins/:name/upgrade', { route: plugin }],
  ['POST /plugins/:name/set', { route: plugin }],
  ['POST /plugins/:name/enable', { route: plugin }],
  // One that authorises calls could be put out of the way.
  ['POST /plugins/:name/disable', { route: plugin }],
  ['DELETE /plugins/:name', { route: plugin }],
  ['POST /build', { route: buildAsks }],
  ['POST /commit', { body: commitFields, route: commitAsks }],
  ['POST /images/create', { route: imageCreateAsks }],
  ['POST /images/load', { route: loadAsks }],
  ['POST /images/:name/tag', { route: tagAsks }],
  ['POST /images/:name/push', { route: pushAsks }],
  ['POST /swarm/init', { route: swarm }],
  ['POST /swarm/join', { route: swarm }],
  ['POST /swarm/leave', { route: swarm }],
  ['POST /swarm/update', { route: swarm }],
  ['POST /swarm/unlock', { route: swarm }],
  ['GET /swarm', { route: swarm }],
  ['GET /swarm/unlockkey', { route: swarm }],
  ['POST /nodes/:id/update', { route: swarm }],
  ['DELETE /nodes/:id', { route: swarm }],
])

/** The container of the path. It is judged by what it was made with, and the call goes to its id. */
function container({ params }: AnyCall): readonly Item[] {
  return [{ topics: containerTopics, container: params.id!, pin: (id) => (params.id = id) }]
}

/** `ps` runs on the host, and the client says with which arguments. */
function top({ query }: AnyCall): readonly Item[] {
  const refusal = psArgumentsRefusal(query.ps_args)
  return refusal === undefined ? [] : [{ ...hostNamespace('pid'), refusal }]
}

/** The container of an exec, and whether the exec itself was made privileged. */
function exec({ params }: AnyCall): readonly Item[] {
  const answer = async (inquiry: Inquiry): Promise<readonly Item[]> => {
    const found = await inquiry.exec(params.id!)
    params.id = idOf(found, 'ID')
    const privileged = objectAt(found, 'ProcessConfig').privileged === true
    return [
      ...(privileged ? [everything('privileged mode of an exec')] : []),
      { topics: containerTopics, container: idOf(found, 'ContainerID'), pin: () => {} },
    ]
  }
  return [{ topics: containerTopics, answer }]
}

/** A checkpoint is a folder below that of the container, unless its name or the query says where else. */
function start(call: AnyCall): readonly Item[] {
  const { checkpoint = '', 'checkpoint-dir': dir } = call.query
  const isName = checkpoint === '' || /^[a-zA-Z0-9][\w.-]*$/.test(checkpoint)
  return [...container(call), ...folder(dir), ...(isName ? [] : [hostPath(checkpoint, false)])]
}

function folder(dir: string | undefined): readonly Item[] {
  return dir === undefined || dir === '' ? [] : [hostPath(dir, true)]
}

function checkpointFields(): Reader {
  return struct({
    CheckpointDir: (value) => (typeof value === 'string' ? folder(value) : []),
    CheckpointID: harmless,
    Exit: harmless,
  })
}

/** A service that is told to go back becomes what it was before. */
function serviceUpdate({ params, query }: AnyCall): readonly Item[] {
  if (query.rollback !== 'previous') return []
  const answer = async (inquiry: Inquiry) => {
    const found = await inquiry.service(params.id!)
    params.id = idOf(found, 'ID')
    return serviceFields(found.PreviousSpec, 'PreviousSpec')
  }
  return [{ topics: containerTopics, answer }]
}

/** Where secrets come from, if not from the call. */
function secretFields(): Reader {
  return struct({
    Name: harmless,
    Labels: harmless,
    Data: harmless,
    Driver: struct({ Name: driverName('secret'), Options: harmless }),
    Templating: harmless,
  })
}

function plugin({ query }: AnyCall): readonly Item[] {
  const remote = query.remote ?? ''
  const asks: Item[] = [everything('to change a plugin, which has power over the host,')]
  return remote === '' ? asks : [...asks, { topic: 'image', name: remote, what: `the plugin ${remote}` }]
}

/** What makes the engine part of a cluster, or shows the keys of one: who has them can add machines to it. */
function swarm(): readonly Item[] {
  return [{ topic: 'swarm', name: '', what: 'to manage the swarm' }]
}
