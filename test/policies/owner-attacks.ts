import type { Endpoint } from '@intermediate/core'
import { gzipSync } from 'node:zlib'
import { filters } from './owner-clients.js'
import type { Names } from './owner-things.js'

/** A call, and what it carries. */
export type Attack = readonly [
  call: string,
  body?: object | undefined,
  headers?: Readonly<Record<string, string>>,
]

const create = (host: object, more: object = {}): Attack => [
  'POST /containers/create',
  { Image: 'busybox:latest', Cmd: ['true'], HostConfig: host, ...more },
]
const auth = { 'X-Registry-Auth': 'e30=' }
const tar = { 'Content-Type': 'application/x-tar' }

/** What one can try to do to another's things, by every endpoint that names some. */
export const attacks: Partial<Record<Endpoint, (names: Names) => readonly Attack[]>> = {
  'POST /containers/create': ({ container, image, network }) => [
    ['POST /containers/create', { Image: image, Cmd: ['true'] }],
    create({ VolumesFrom: [container] }),
    create({ VolumesFrom: [`/${container}:ro`] }),
    create({ PidMode: `container:${container}` }),
    create({ IpcMode: `container:${container}` }),
    create({ NetworkMode: `container:${container}` }),
    create({ Links: [`${container}:web`] }),
    create({ Links: [container] }),
    create({ NetworkMode: network }),
    create({}, { NetworkingConfig: { EndpointsConfig: { [network]: {} } } }),
    create({}, { NetworkingConfig: { EndpointsConfig: { [network]: null } } }),
  ],
  'DELETE /containers/:id': ({ container }) => [
    [`DELETE /containers/${container}?force=1`],
    [`DELETE /containers/${container}?v=1&force=true`],
    [`DELETE /containers/${container}/web?link=1`],
  ],
  'GET /containers/json': ({ container }) => [
    [`GET /containers/json?${filters({ before: [container] })}`],
    [`GET /containers/json?${filters({ since: { [container]: true } })}`],
    [`GET /containers/json?all=1&${filters({ name: [container] })}`],
    [`GET /containers/json?all=1&${filters({ id: [container] })}`],
  ],
  'GET /containers/:id/archive': ({ container }) => [
    [`GET /containers/${container}/archive?path=/etc/passwd`],
  ],
  'HEAD /containers/:id/archive': ({ container }) => [
    [`HEAD /containers/${container}/archive?path=/etc/passwd`],
  ],
  'PUT /containers/:id/archive': ({ container }) => [
    [`PUT /containers/${container}/archive?path=/`, Buffer.alloc(1024), tar],
  ],
  'POST /containers/:id/attach': ({ container }) => [
    [`POST /containers/${container}/attach?stream=1&stdout=1`],
    [
      `POST /containers/${container}/attach?stream=1&stdin=1`,
      undefined,
      { Connection: 'Upgrade', Upgrade: 'tcp' },
    ],
  ],
  'GET /containers/:id/attach/ws': ({ container }) => [[`GET /containers/${container}/attach/ws?stream=1`]],
  'GET /containers/:id/changes': ({ container }) => [[`GET /containers/${container}/changes`]],
  'POST /containers/:id/exec': ({ container }) => [
    [`POST /containers/${container}/exec`, { Cmd: ['touch', '/attacked'], AttachStdout: true }],
    [`POST /containers/%2f${container}/exec`, { Cmd: ['touch', '/attacked'] }],
  ],
  'GET /containers/:id/export': ({ container }) => [[`GET /containers/${container}/export`]],
  'GET /containers/:id/json': ({ container }) => [
    [`GET /containers/${container}/json`],
    [`GET /containers/${container}/json?size=1`],
    [`GET /v1.41/containers/${container}/json`],
    [`GET /containers/${container.replaceAll(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)}/json`],
  ],
  'POST /containers/:id/kill': ({ container }) => [[`POST /containers/${container}/kill`]],
  'GET /containers/:id/logs': ({ container }) => [[`GET /containers/${container}/logs?stdout=1`]],
  'POST /containers/:id/pause': ({ container }) => [[`POST /containers/${container}/pause`]],
  'POST /containers/:id/rename': ({ container }) => [[`POST /containers/${container}/rename?name=attacked`]],
  'POST /containers/:id/resize': ({ container }) => [[`POST /containers/${container}/resize?h=1&w=1`]],
  'POST /containers/:id/restart': ({ container }) => [[`POST /containers/${container}/restart?t=0`]],
  'POST /containers/:id/start': ({ container }) => [[`POST /containers/${container}/start`]],
  'GET /containers/:id/stats': ({ container }) => [
    [`GET /containers/${container}/stats?stream=0&one-shot=1`],
  ],
  'POST /containers/:id/stop': ({ container }) => [[`POST /containers/${container}/stop?t=0`]],
  'GET /containers/:id/top': ({ container }) => [[`GET /containers/${container}/top`]],
  'POST /containers/:id/unpause': ({ container }) => [[`POST /containers/${container}/unpause`]],
  'POST /containers/:id/update': ({ container }) => [
    [`POST /containers/${container}/update`, { RestartPolicy: { Name: 'always' } }],
  ],
  'POST /containers/:id/wait': ({ container }) => [[`POST /containers/${container}/wait`]],
  'GET /exec/:id/json': ({ exec }) => [[`GET /exec/${exec}/json`]],
  'POST /exec/:id/resize': ({ exec }) => [[`POST /exec/${exec}/resize?h=1&w=1`]],
  'POST /exec/:id/start': ({ exec }) => [[`POST /exec/${exec}/start`, { Detach: true }]],
  'POST /commit': ({ container }) => [
    [`POST /commit?container=${container}&repo=stolen`],
    [`POST /commit?container=${container}&container=other`, {}],
  ],
  'GET /images/json': ({ image }) => [
    [`GET /images/json?${filters({ before: [image] })}`],
    [`GET /images/json?all=1&${filters({ reference: [image] })}`],
  ],
  'GET /images/get': ({ image }) => [
    [`GET /images/get?names=${image}`],
    [`GET /images/get?names=busybox:latest&names=${image}`],
  ],
  'GET /images/:name/get': ({ image }) => [[`GET /images/${image}/get`]],
  'GET /images/:name/history': ({ image }) => [[`GET /images/${image}/history`]],
  'GET /images/:name/json': ({ image }) => [[`GET /images/${image}/json`]],
  'DELETE /images/:name': ({ image }) => [[`DELETE /images/${image}`], [`DELETE /images/${image}?force=1`]],
  'POST /images/:name/push': ({ image }) => [
    [`POST /images/${image}/push`, undefined, auth],
    [`POST /images/${image.replace(/:v1$/, '')}/push?tag=v1`, undefined, auth],
    [`POST /images/${image.replace(/:v1$/, '')}/push`, undefined, auth],
  ],
  'POST /images/:name/tag': ({ image }) => [[`POST /images/${image}/tag?repo=stolen&tag=v1`]],
  'DELETE /networks/:id': ({ network }) => [[`DELETE /networks/${network}`]],
  'GET /networks/:id': ({ network }) => [
    [`GET /networks/${network}`],
    [`GET /networks/${network}?verbose=1`],
  ],
  'POST /networks/:id/connect': ({ network, container }) => [
    [`POST /networks/${network}/connect`, { Container: container }],
    ['POST /networks/bridge/connect', { Container: container }],
  ],
  'POST /networks/:id/disconnect': ({ network, container }) => [
    [`POST /networks/${network}/disconnect`, { Container: container, Force: true }],
  ],
  'GET /networks': ({ network }) => [
    [`GET /networks?${filters({ name: [network] })}`],
    [`GET /networks?${filters({ id: [network] })}`],
  ],
  'GET /networks/': ({ network }) => [[`GET /networks/?${filters({ name: [network] })}`]],
  'POST /networks/create': ({ network }) => [
    ['POST /networks/create', { Name: 'stolen', ConfigFrom: { Network: network } }],
  ],
  'DELETE /volumes/:name': ({ volume }) => [
    [`DELETE /volumes/${volume}`],
    [`DELETE /volumes/${volume}?force=1`],
  ],
  'GET /volumes/:name': ({ volume }) => [[`GET /volumes/${volume}`]],
  'GET /volumes': ({ volume }) => [[`GET /volumes?${filters({ name: [volume] })}`]],
  'POST /build': ({ container, network }) => [
    [`POST /build?networkmode=container:${container}`, gzipSync(Buffer.alloc(1024)), tar],
    [`POST /build?networkmode=${network}`, Buffer.alloc(1024), tar],
  ],
}
