import type { Layer } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'

/** Policies that say what they have against a call, each with options as somebody would give it. */
export const policies: Readonly<Record<string, Layer>> = {
  filter: filter('POST /containers/create', ({ body }) => !!body.Labels?.['ticket'] || 'say what it is for'),
  readOnly: filter.readOnly({ registry: true }),
  allow: filter.allow([
    'GET /*rest',
    'POST /containers{/*rest}',
    'POST /volumes/create',
    'POST /exec/:id/start',
    'POST /images/create',
  ]),
  deny: filter.deny(['* /swarm{/*rest}', '* /plugins{/*rest}', 'DELETE /containers/:id']),
  unprivileged: filter.unprivileged(),
  hostPaths: filter.hostPaths(['/srv/data:ro']),
  namespaces: filter.namespaces(['network:container']),
  capabilities: filter.capabilities(['NET_ADMIN']),
  devices: filter.devices(['/dev/fuse']),
  drivers: filter.drivers(['volume:nfs']),
  images: filter.images({ allow: fromTheMirrorToo('alpine', 'busybox') }),
  runtimes: filter.runtimes(['runsc']),
  securityOptions: filter.securityOptions(['apparmor=web']),
  sysctls: filter.sysctls(['net.core.*']),
}

/** Policies that see to what a client sees, and so change calls or replies. */
export const scopes: Readonly<Record<string, Layer>> = {
  owner: filter.owner('me'),
  items: filter.items('GET /containers/json', ({ Labels }) => Labels?.['team'] === 'core'),
}

export const enrichers: Readonly<Record<string, Layer>> = {
  enricher: enricher('POST /containers/create', ({ body }) => {
    body.HostConfig = { ...body.HostConfig, Init: true }
  }),
  reply: enricher.reply('GET /version', async (reply) => {
    ;(await reply.json()).Version = 'ours'
  }),
  labels: enricher.labels({ team: 'core' }),
  environment: enricher.environment({ HTTP_PROXY: 'http://proxy:3128' }),
  limits: enricher.limits({ memory: { max: '1g' }, pids: { max: 500 } }),
  network: enricher.network('apps'),
  imageMirror: enricher.imageMirror({ 'docker.io': 'mirror.local/hub' }),
  apiVersion: enricher.apiVersion({ shown: '1.45' }),
}

function fromTheMirrorToo(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [name, `mirror.local/hub/library/${name}`])
}

interface Call {
  readonly line: string
  readonly body?: object
}

const ticket = { ticket: '7' }

/** What an ordinary client does, and what each policy is there to refuse. */
export const calls: readonly Call[] = [
  { line: 'GET /containers/json?all=1' },
  { line: 'GET /containers/mine/json' },
  { line: 'GET /version' },
  { line: 'POST /containers/create', body: { Image: 'alpine', Cmd: ['id'], Labels: ticket } },
  { line: 'POST /containers/create', body: { Image: 'alpine', Cmd: ['id'] } },
  create({ Binds: ['kept:/kept'], Memory: 1024, NetworkMode: 'none' }),
  create({ Privileged: true }),
  create({ Binds: ['/etc:/x'] }),
  create({ PidMode: 'host' }),
  create({ CapAdd: ['SYS_ADMIN'] }),
  create({ Devices: [{ PathOnHost: '/dev/sda' }] }),
  create({ LogConfig: { Type: 'syslog' }, Runtime: 'other' }),
  create({ SecurityOpt: ['seccomp=unconfined'], Sysctls: { 'kernel.shmmax': '9' } }),
  { line: 'POST /containers/create', body: { Image: 'evil:1', Labels: ticket } },
  { line: 'POST /containers/mine/exec', body: { Cmd: ['id'] } },
  { line: 'POST /containers/web/exec', body: { Cmd: ['id'] } },
  { line: 'POST /volumes/create', body: { Name: 'new', Labels: ticket } },
  { line: 'POST /images/create?fromImage=busybox&tag=1' },
  { line: 'DELETE /containers/mine?force=1' },
  { line: 'POST /swarm/leave' },
]

function create(HostConfig: object): Call {
  return { line: 'POST /containers/create', body: { Image: 'alpine', Labels: ticket, HostConfig } }
}
