import { readArchive, statArchive, writeArchive } from './containers/archive.js'
import { attach } from './containers/attach.js'
import { attachWebSocket } from './containers/attach-web-socket.js'
import { commit } from './containers/commit.js'
import * as container from './containers/container-calls.js'
import { createContainer } from './containers/create-container.js'
import { createExec, inspectExec, resizeExec, startExec } from './containers/exec-calls.js'
import { inspectContainer } from './containers/inspect-container.js'
import { listContainers } from './containers/list-containers.js'
import { logs } from './containers/logs.js'
import { stats } from './containers/stats.js'
import { top } from './containers/top.js'
import { wait } from './containers/wait.js'
import type { Handler } from './http/exchange.js'
import { routes } from './http/routes.js'
import * as image from './images/image-calls.js'
import { loadImages, saveImages } from './images/save-and-load.js'
import * as network from './networks/network-calls.js'
import { diskUsage } from './system/disk-usage.js'
import { events } from './system/events-call.js'
import { info } from './system/info.js'
import { noPlugins, noSuchPlugin, noSwarm, notHere } from './system/not-here.js'
import { auth, ping, showVersion } from './system/system-calls.js'
import * as volume from './volumes/volume-calls.js'

const swarmOnly = [
  'GET /swarm',
  'GET /swarm/unlockkey',
  'POST /swarm/leave',
  'POST /swarm/unlock',
  'POST /swarm/update',
  'GET /nodes',
  'GET /nodes/:id',
  'POST /nodes/:id/update',
  'DELETE /nodes/:id',
  'GET /services',
  'POST /services/create',
  'GET /services/:id/logs',
  'GET /services/:id',
  'POST /services/:id/update',
  'DELETE /services/:id',
  'GET /tasks',
  'GET /tasks/:id/logs',
  'GET /tasks/:id',
  'GET /secrets',
  'POST /secrets/create',
  'GET /secrets/:id',
  'POST /secrets/:id/update',
  'DELETE /secrets/:id',
  'GET /configs',
  'POST /configs/create',
  'GET /configs/:id',
  'POST /configs/:id/update',
  'DELETE /configs/:id',
  'PUT /volumes/:name',
]

/** Every endpoint of the engine's own routes. */
export const calls = routes<Handler>({
  'GET /_ping': ping,
  'HEAD /_ping': ping,
  'GET /version': showVersion,
  'GET /info': info,
  'GET /events': events,
  'GET /system/df': diskUsage,
  'POST /auth': auth,

  'GET /containers/json': listContainers,
  'POST /containers/create': createContainer,
  'POST /containers/prune': container.pruneContainers,
  'GET /containers/:id/json': inspectContainer,
  'GET /containers/:id/top': top,
  'GET /containers/:id/logs': logs,
  'GET /containers/:id/stats': stats,
  'GET /containers/:id/changes': container.changes,
  'GET /containers/:id/export': container.exportContainer,
  'HEAD /containers/:id/archive': statArchive,
  'GET /containers/:id/archive': readArchive,
  'PUT /containers/:id/archive': writeArchive,
  'GET /containers/:id/attach/ws': attachWebSocket,
  'POST /containers/:id/attach': attach,
  'POST /containers/:id/start': container.startContainer,
  'POST /containers/:id/stop': container.stopContainer,
  'POST /containers/:id/restart': container.restartContainer,
  'POST /containers/:id/kill': container.killContainer,
  'POST /containers/:id/pause': container.pauseContainer,
  'POST /containers/:id/unpause': container.unpauseContainer,
  'POST /containers/:id/wait': wait,
  'POST /containers/:id/resize': container.resizeContainer,
  'POST /containers/:id/rename': container.renameContainer,
  'POST /containers/:id/update': container.updateContainer,
  'POST /containers/:id/exec': createExec,
  'DELETE /containers/:id': container.removeContainer,
  'POST /exec/:id/start': startExec,
  'POST /exec/:id/resize': resizeExec,
  'GET /exec/:id/json': inspectExec,
  'POST /commit': commit,

  'GET /images/json': image.listImages,
  'POST /images/create': image.createImage,
  'POST /images/prune': image.pruneImages,
  'GET /images/get': saveImages,
  'GET /images/:name/get': saveImages,
  'POST /images/load': loadImages,
  'GET /images/:name/json': image.inspectImage,
  'GET /images/:name/history': image.imageHistory,
  'POST /images/:name/tag': image.tagImage,
  'DELETE /images/:name': image.removeImage,

  'GET /networks': network.listNetworks,
  'GET /networks/': network.listNetworks,
  'POST /networks/create': network.createNetwork,
  'POST /networks/prune': network.pruneNetworks,
  'GET /networks/:id': network.inspectNetwork,
  'POST /networks/:id/connect': network.connectNetwork,
  'POST /networks/:id/disconnect': network.disconnectNetwork,
  'DELETE /networks/:id': network.removeNetwork,

  'GET /volumes': volume.listVolumes,
  'POST /volumes/create': volume.createVolume,
  'POST /volumes/prune': volume.pruneVolumes,
  'GET /volumes/:name': volume.inspectVolume,
  'DELETE /volumes/:name': volume.removeVolume,

  'GET /plugins': noPlugins,

  'POST /build': notHere('build images'),
  'POST /build/cancel': notHere('build images'),
  'POST /build/prune': notHere('build images'),
  'POST /session': notHere('build images'),
  'POST /grpc': notHere('build images'),
  'GET /images/search': notHere('search a registry'),
  'POST /images/:name/push': notHere('push images'),
  'GET /images/:name/attestations': notHere('attest images'),
  'GET /distribution/:name/json': notHere('ask a registry'),
  'GET /containers/:id/checkpoints': notHere('make checkpoints'),
  'POST /containers/:id/checkpoints': notHere('make checkpoints'),
  'DELETE /containers/:id/checkpoints/:checkpoint': notHere('make checkpoints'),
  'POST /containers/:id/copy': notHere('copy in the way of before 1.24'),

  'GET /plugins/privileges': notHere('run plugins'),
  'POST /plugins/create': notHere('run plugins'),
  'POST /plugins/pull': notHere('run plugins'),
  'GET /plugins/:name/json': noSuchPlugin,
  'POST /plugins/:name/enable': noSuchPlugin,
  'POST /plugins/:name/disable': noSuchPlugin,
  'POST /plugins/:name/push': noSuchPlugin,
  'POST /plugins/:name/set': noSuchPlugin,
  'POST /plugins/:name/upgrade': notHere('run plugins'),
  'DELETE /plugins/:name': noSuchPlugin,

  'POST /swarm/init': notHere('be part of a swarm'),
  'POST /swarm/join': notHere('be part of a swarm'),
  ...Object.fromEntries(swarmOnly.map((endpoint) => [endpoint, noSwarm])),
})
