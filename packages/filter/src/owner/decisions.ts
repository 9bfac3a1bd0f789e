import type { Endpoint } from '@intermediate/core'
import { build } from './build.js'
import { commit } from './commit.js'
import { createContainer } from './create-container.js'
import { ownEvents } from './events.js'
import { pull, push, saveImage, saveImages, tag } from './image-rules.js'
import { listed, listedBySpec, listedContainers, listedImages, listedTasks, pruned } from './lists.js'
import { connectNetwork, createNetwork } from './networks.js'
import { createService, updateService } from './services.js'
import {
  hides,
  labelled,
  own,
  ownImage,
  ownLabelled,
  passes,
  refuses,
  removeContainer,
  rename,
  top,
  usableImage,
} from './simple-rules.js'
import { info } from './system.js'
import type { Rule } from './visit.js'
import { createVolume } from './volumes.js'

const swarmWide = refuses('is about the whole swarm')
const engineWide = refuses('reaches what is everybody’s')
const plugins = refuses('is about plugins, which are everybody’s')
const profiler = refuses('shows the engine from within')
const buildKit = refuses(
  'is for BuildKit, whose builds cannot be told apart (DOCKER_BUILDKIT=0 builds without it)',
)

/** What becomes of a call of each endpoint of the API. What is no endpoint of it core refuses where a policy is. */
export const decisions: Readonly<Record<Exclude<Endpoint, 'unknown'>, Rule>> = {
  'GET /_ping': passes,
  'HEAD /_ping': passes,
  'GET /version': passes,
  'GET /info': info,
  'GET /events': ownEvents,
  'GET /system/df': refuses('counts what others have'),
  'POST /auth': passes,

  'GET /containers/json': listedContainers,
  'POST /containers/create': createContainer,
  'POST /containers/prune': pruned,
  'DELETE /containers/:id': removeContainer,
  'GET /containers/:id/archive': own('container'),
  'HEAD /containers/:id/archive': own('container'),
  'PUT /containers/:id/archive': own('container'),
  'POST /containers/:id/attach': own('container'),
  'GET /containers/:id/attach/ws': own('container'),
  'GET /containers/:id/changes': own('container'),
  'POST /containers/:id/exec': own('container'),
  'GET /containers/:id/export': own('container'),
  'GET /containers/:id/json': own('container'),
  'POST /containers/:id/kill': own('container'),
  'GET /containers/:id/logs': own('container'),
  'POST /containers/:id/pause': own('container'),
  'POST /containers/:id/rename': rename,
  'POST /containers/:id/resize': own('container'),
  'POST /containers/:id/restart': own('container'),
  'POST /containers/:id/start': own('container'),
  'GET /containers/:id/stats': own('container'),
  'POST /containers/:id/stop': own('container'),
  'GET /containers/:id/top': top,
  'POST /containers/:id/unpause': own('container'),
  'POST /containers/:id/update': own('container'),
  'POST /containers/:id/wait': own('container'),
  'GET /containers/:id/checkpoints': own('container'),
  'POST /containers/:id/checkpoints': own('container'),
  'DELETE /containers/:id/checkpoints/:checkpoint': own('container'),
  'POST /containers/:id/copy': own('container'),

  'GET /exec/:id/json': own('exec'),
  'POST /exec/:id/resize': own('exec'),
  'POST /exec/:id/start': own('exec'),

  'GET /images/json': listedImages,
  'POST /images/create': pull,
  'POST /images/prune': pruned,
  'GET /images/get': saveImages,
  'POST /images/load': refuses('brings images that cannot be labelled'),
  'GET /images/search': passes,
  'GET /images/:name/attestations': usableImage,
  'GET /images/:name/get': saveImage,
  'GET /images/:name/history': usableImage,
  'GET /images/:name/json': usableImage,
  'DELETE /images/:name': ownImage,
  'POST /images/:name/push': push,
  'POST /images/:name/tag': tag,
  'GET /distribution/:name/json': passes,
  'POST /commit': commit,
  'POST /build': build,
  'POST /build/cancel': buildKit,
  'POST /build/prune': engineWide,
  'POST /session': buildKit,
  'POST /grpc': buildKit,

  'GET /networks': listed,
  'GET /networks/': listed,
  'POST /networks/create': createNetwork,
  'POST /networks/prune': pruned,
  'DELETE /networks/:id': own('network'),
  'GET /networks/:id': own('network'),
  'POST /networks/:id/connect': connectNetwork,
  'POST /networks/:id/disconnect': connectNetwork,

  'GET /volumes': listed,
  'POST /volumes/create': createVolume,
  'POST /volumes/prune': pruned,
  'DELETE /volumes/:name': own('volume', 'name'),
  'GET /volumes/:name': own('volume', 'name'),
  'PUT /volumes/:name': own('volume', 'name'),

  'GET /services': listedBySpec,
  'POST /services/create': createService,
  'DELETE /services/:id': own('service'),
  'GET /services/:id': own('service'),
  'GET /services/:id/logs': own('service'),
  'POST /services/:id/update': updateService,
  'GET /tasks': listedTasks,
  'GET /tasks/:id': own('task'),
  'GET /tasks/:id/logs': own('task'),
  'GET /secrets': listedBySpec,
  'POST /secrets/create': labelled,
  'DELETE /secrets/:id': own('secret'),
  'GET /secrets/:id': own('secret'),
  'POST /secrets/:id/update': ownLabelled('secret'),
  'GET /configs': listedBySpec,
  'POST /configs/create': labelled,
  'DELETE /configs/:id': own('config'),
  'GET /configs/:id': own('config'),
  'POST /configs/:id/update': ownLabelled('config'),

  'GET /swarm': swarmWide,
  'POST /swarm/init': swarmWide,
  'POST /swarm/join': swarmWide,
  'POST /swarm/leave': swarmWide,
  'POST /swarm/unlock': swarmWide,
  'GET /swarm/unlockkey': swarmWide,
  'POST /swarm/update': swarmWide,
  'GET /nodes': swarmWide,
  'DELETE /nodes/:id': swarmWide,
  'GET /nodes/:id': hides('id'),
  'POST /nodes/:id/update': swarmWide,

  'GET /plugins': plugins,
  'POST /plugins/create': plugins,
  'GET /plugins/privileges': plugins,
  'POST /plugins/pull': plugins,
  'DELETE /plugins/:name': plugins,
  'POST /plugins/:name/disable': plugins,
  'POST /plugins/:name/enable': plugins,
  'GET /plugins/:name/json': hides('name'),
  'POST /plugins/:name/push': plugins,
  'POST /plugins/:name/set': plugins,
  'POST /plugins/:name/upgrade': plugins,

  'GET /debug/pprof/': profiler,
  'GET /debug/pprof/cmdline': profiler,
  'GET /debug/pprof/profile': profiler,
  'GET /debug/pprof/symbol': profiler,
  'GET /debug/pprof/trace': profiler,
  'GET /debug/pprof/:name': profiler,
  'GET /debug/vars': profiler,
}
