import type { Endpoint } from '@intermediate/core'

/**
 * What becomes of a call where several engines are seen as one:
 * - `first`: the first engine answers that is not known to be down;
 * - `build`: the engine for builds answers, so that a build meets its session;
 * - `list`, `prune`, `disk`, `ping`, `version`, `info`, `events`: every engine answers, and the answers are made one;
 * - `container`, `exec`, `image`, `network`, `volume`, `plugin`: the engine answers that has what the path names;
 * - `create`, `pull`: the engine answers that the placement function names;
 * - `commit`, `save`, `connect`, `rename`, `remove image`: as their own functions say.
 */
export type Way =
  | 'build'
  | 'commit'
  | 'connect'
  | 'container'
  | 'create'
  | 'disk'
  | 'events'
  | 'exec'
  | 'first'
  | 'image'
  | 'info'
  | 'list'
  | 'network'
  | 'ping'
  | 'plugin'
  | 'prune'
  | 'pull'
  | 'remove image'
  | 'rename'
  | 'save'
  | 'version'
  | 'volume'

/** Every endpoint of the API. What is not here, because it is unknown or private, goes to the first engine. */
export const ways = {
  'GET /_ping': 'ping',
  'HEAD /_ping': 'ping',
  'GET /version': 'version',
  'GET /info': 'info',
  'GET /events': 'events',
  'GET /system/df': 'disk',

  'GET /containers/json': 'list',
  'POST /containers/create': 'create',
  'POST /containers/prune': 'prune',
  'DELETE /containers/:id': 'container',
  'GET /containers/:id/archive': 'container',
  'HEAD /containers/:id/archive': 'container',
  'PUT /containers/:id/archive': 'container',
  'POST /containers/:id/attach': 'container',
  'GET /containers/:id/attach/ws': 'container',
  'GET /containers/:id/changes': 'container',
  'GET /containers/:id/checkpoints': 'container',
  'POST /containers/:id/checkpoints': 'container',
  'DELETE /containers/:id/checkpoints/:checkpoint': 'container',
  'POST /containers/:id/copy': 'container',
  'POST /containers/:id/exec': 'container',
  'GET /containers/:id/export': 'container',
  'GET /containers/:id/json': 'container',
  'POST /containers/:id/kill': 'container',
  'GET /containers/:id/logs': 'container',
  'POST /containers/:id/pause': 'container',
  'POST /containers/:id/rename': 'rename',
  'POST /containers/:id/resize': 'container',
  'POST /containers/:id/restart': 'container',
  'POST /containers/:id/start': 'container',
  'GET /containers/:id/stats': 'container',
  'POST /containers/:id/stop': 'container',
  'GET /containers/:id/top': 'container',
  'POST /containers/:id/unpause': 'container',
  'POST /containers/:id/update': 'container',
  'POST /containers/:id/wait': 'container',
  'POST /commit': 'commit',

  'GET /exec/:id/json': 'exec',
  'POST /exec/:id/resize': 'exec',
  'POST /exec/:id/start': 'exec',

  'GET /images/json': 'list',
  'POST /images/create': 'pull',
  'POST /images/load': 'pull',
  'POST /images/prune': 'prune',
  'GET /images/get': 'save',
  'GET /images/search': 'first',
  'DELETE /images/:name': 'remove image',
  'GET /images/:name/attestations': 'image',
  'GET /images/:name/get': 'image',
  'GET /images/:name/history': 'image',
  'GET /images/:name/json': 'image',
  'POST /images/:name/push': 'image',
  'POST /images/:name/tag': 'image',
  'GET /distribution/:name/json': 'first',
  'POST /auth': 'first',

  'POST /build': 'build',
  'POST /build/cancel': 'build',
  'POST /build/prune': 'prune',
  'POST /grpc': 'build',
  'POST /session': 'build',

  'GET /networks': 'list',
  'GET /networks/': 'list',
  'POST /networks/create': 'create',
  'POST /networks/prune': 'prune',
  'DELETE /networks/:id': 'network',
  'GET /networks/:id': 'network',
  'POST /networks/:id/connect': 'connect',
  'POST /networks/:id/disconnect': 'connect',

  'GET /volumes': 'list',
  'POST /volumes/create': 'create',
  'POST /volumes/prune': 'prune',
  'DELETE /volumes/:name': 'volume',
  'GET /volumes/:name': 'volume',
  'PUT /volumes/:name': 'volume',

  'GET /plugins': 'list',
  'POST /plugins/create': 'first',
  'GET /plugins/privileges': 'first',
  'POST /plugins/pull': 'first',
  'DELETE /plugins/:name': 'plugin',
  'POST /plugins/:name/disable': 'plugin',
  'POST /plugins/:name/enable': 'plugin',
  'GET /plugins/:name/json': 'plugin',
  'POST /plugins/:name/push': 'plugin',
  'POST /plugins/:name/set': 'plugin',
  'POST /plugins/:name/upgrade': 'plugin',

  // A swarm is one thing already: that of the first engine.
  'GET /configs': 'first',
  'POST /configs/create': 'first',
  'DELETE /configs/:id': 'first',
  'GET /configs/:id': 'first',
  'POST /configs/:id/update': 'first',
  'GET /nodes': 'first',
  'DELETE /nodes/:id': 'first',
  'GET /nodes/:id': 'first',
  'POST /nodes/:id/update': 'first',
  'GET /secrets': 'first',
  'POST /secrets/create': 'first',
  'DELETE /secrets/:id': 'first',
  'GET /secrets/:id': 'first',
  'POST /secrets/:id/update': 'first',
  'GET /services': 'first',
  'POST /services/create': 'first',
  'DELETE /services/:id': 'first',
  'GET /services/:id': 'first',
  'GET /services/:id/logs': 'first',
  'POST /services/:id/update': 'first',
  'GET /swarm': 'first',
  'POST /swarm/init': 'first',
  'POST /swarm/join': 'first',
  'POST /swarm/leave': 'first',
  'POST /swarm/unlock': 'first',
  'GET /swarm/unlockkey': 'first',
  'POST /swarm/update': 'first',
  'GET /tasks': 'first',
  'GET /tasks/:id': 'first',
  'GET /tasks/:id/logs': 'first',

  'GET /debug/pprof/': 'first',
  'GET /debug/pprof/cmdline': 'first',
  'GET /debug/pprof/profile': 'first',
  'GET /debug/pprof/symbol': 'first',
  'GET /debug/pprof/trace': 'first',
  'GET /debug/pprof/:name': 'first',
  'GET /debug/vars': 'first',
} as const satisfies Readonly<Partial<Record<Endpoint, Way>>>

/** What becomes of a call of this endpoint. */
export function wayOf(endpoint: Endpoint): Way {
  return (ways as Readonly<Partial<Record<Endpoint, Way>>>)[endpoint] ?? 'first'
}
