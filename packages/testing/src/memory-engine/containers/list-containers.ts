import { badRequest } from '../engine-error.js'
import type { Engine } from '../engine.js'
import { sizeOf } from '../files/nodes.js'
import type { Exchange } from '../http/exchange.js'
import { fitsPattern, parseFilters } from '../http/filters.js'
import type { Filters } from '../http/filters.js'
import { ago, seconds } from '../time.js'
import type { Container } from './container.js'
import { shownEndpoint, writtenIn } from './inspect-container.js'
import { mountPoint } from './mounts.js'
import { portList, publishedPorts } from './ports.js'

const accepted = [
  'ancestor',
  'before',
  'exited',
  'expose',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'label!',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
]
const statuses = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']

/** `GET /containers/json` */
export function listContainers(exchange: Exchange): void {
  const { engine, query, api } = exchange
  const filters = parseFilters(query.text('filters'), accepted)
  const limit = query.number('limit') ?? 0
  const unknown = filters.get('status').find((status) => !statuses.includes(status))
  if (unknown !== undefined)
    throw badRequest(`the filter status=${unknown} is invalid: there are ${statuses.join(', ')}`)
  const all =
    query.flag('all') || limit > 0 || filters.get('status').length > 0 || filters.get('exited').length > 0
  const fitting = engine.containers.all.filter(
    (container) => (all || container.isRunning) && fits(engine, container, filters),
  )
  const shown = limit > 0 ? fitting.slice(0, limit) : fitting
  const size = query.flag('size')
  exchange.send(
    200,
    shown.map((container) => summary(container, api, size)),
  )
}

export function summary(container: Container, api: number, size: boolean): object {
  const { id, name, imageName, image, created, config, hostConfig, state, mounts, endpoints, ports } =
    container
  return {
    Id: id,
    Names: [`/${name}`],
    Image: imageName,
    ImageID: image.id,
    Command: commandLine(container),
    Created: seconds(created),
    Ports: portList(ports),
    ...(size && { SizeRw: writtenIn(container), SizeRootFs: sizeOf(container.files.root) }),
    Labels: config.Labels ?? {},
    State: state.status,
    Status: status(container),
    ...(api >= 52 && { Health: { Status: 'none', FailingStreak: 0 } }),
    HostConfig: {
      NetworkMode: hostConfig.NetworkMode,
      ...(hostConfig.Annotations && { Annotations: hostConfig.Annotations }),
    },
    NetworkSettings: {
      Networks: Object.fromEntries(
        [...endpoints].map(([network, place]) => [network, shownEndpoint(container, place, api)]),
      ),
    },
    Mounts: mounts.map(mountPoint),
  }
}

/** `Up 3 seconds`, `Exited (0) 2 minutes ago` */
function status({ state, isPaused }: Container): string {
  const { status: kind, exitCode, started = 0n, finished = 0n } = state
  switch (kind) {
    case 'running':
    case 'paused':
      return `Up ${ago(started)}${isPaused ? ' (Paused)' : ''}`
    case 'restarting':
      return `Restarting (${exitCode}) ${ago(finished)} ago`
    case 'exited':
      return `Exited (${exitCode}) ${ago(finished)} ago`
    case 'removing':
      return 'Removal In Progress'
    case 'dead':
      return 'Dead'
    case 'created':
      return 'Created'
  }
}

/** The command line as one text; words with white space are quoted. */
function commandLine({ args }: Container): string {
  return args.map((word) => (/\s/.test(word) ? `'${word.replaceAll("'", "\\'")}'` : word)).join(' ')
}

function fits(engine: Engine, container: Container, filters: Filters): boolean {
  const { id, name, state, config, imageName, image, mounts, endpoints } = container
  const imageFits = (text: string) =>
    imageName === text || `${imageName}:latest` === text || engine.images.find(text) === image
  const networkFits = (text: string) => {
    return [...endpoints].some(
      ([network, { networkId }]) => network === text || (networkId !== '' && networkId.startsWith(text)),
    )
  }
  const volumeFits = (text: string) =>
    mounts.some(({ volume, target }) => volume?.name === text || target === text)
  const all = engine.containers.all
  const place = (text: string) => all.indexOf(engine.containers.get(text))
  const ports = publishedPorts(container, () => 0)
  return (
    filters.some('id', (text) => id.startsWith(text)) &&
    filters.some('name', (text) => fitsPattern(name, text) || fitsPattern(`/${name}`, text)) &&
    filters.labels(config.Labels) &&
    filters.some('status', (text) => text === state.status) &&
    filters.some('exited', (text) => state.status === 'exited' && Number(text) === state.exitCode) &&
    filters.some('ancestor', imageFits) &&
    filters.some('network', networkFits) &&
    filters.some('volume', volumeFits) &&
    filters.some('health', (text) => text === 'none') &&
    filters.some('is-task', (text) => text === 'false' || text === '0') &&
    filters.some('isolation', (text) => text === '' || text === 'default') &&
    filters.some('expose', (text) => ports.some(({ port }) => portFits(port, text))) &&
    filters.some('publish', (text) =>
      ports.some(({ port, host }) => host !== undefined && portFits(port, text)),
    ) &&
    // The newest are first: what was made before another comes after it.
    filters.every('before', (text) => all.indexOf(container) > place(text)) &&
    filters.every('since', (text) => all.indexOf(container) < place(text))
  )
}

/** `80`, `80/tcp`, `80-90/udp` */
function portFits(port: string, text: string): boolean {
  const [number, protocol] = port.split('/')
  const [, first, last = first, wanted = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? []
  return protocol === wanted && Number(number) >= Number(first) && Number(number) <= Number(last)
}
