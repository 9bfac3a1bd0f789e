import type { Call, Intermediate, Reply } from '@intermediate/core'
import { IntermediateError, reply, selectEndpoints, upstream } from '@intermediate/core'
import { ContainerFilter } from './container-filter.js'
import type { WatchFilter } from './watch.js'
import { Watch } from './watch.js'

export interface WatchRequestParts {
  /** Where a container is looked up. */
  readonly lookup: string | Intermediate | undefined
  /** In bytes, how much may wait for a watcher. */
  readonly queue: number
  /** From here on it is told of events. */
  readonly begin: (watch: Watch) => void
}

/** By this a client knows that it speaks to a tap, whatever that answers. */
const mark = { 'Intermediate-Tap': '1' }

/** In ms, how long a watcher waits to hear whether there is the container that it asks for. */
const lookupLimit = 3_000

/** Answers `GET /tap?endpoint=PATTERN&container=NAME` with lines, until somebody ends it. */
export async function watchRequest(call: Call, { lookup, queue, begin }: WatchRequestParts): Promise<Reply> {
  if (call.method !== 'GET' || call.path !== '/tap')
    return refusal(404, 'Nothing is here but what passes an intermediate: ask for it with GET /tap.')
  const filter = filterOf(call)
  if (filter instanceof IntermediateError) return refusal(400, filter.message)
  const watch = new Watch(filter, queue)
  begin(watch)
  call.signal.addEventListener('abort', () => watch.lines.destroy(), { once: true })
  const { container } = filter
  const found = container && lookup !== undefined ? await find(call, lookup, container) : undefined
  return reply(200, watch.lines, {
    ...mark,
    'Content-Type': 'application/x-ndjson',
    ...(found !== undefined && { 'Intermediate-Container': `${found.name} ${found.id}` }),
  })
}

function refusal(status: number, message: string): Reply {
  return reply(status, { message }, mark)
}

/** What is asked for, or why it cannot be, in a sentence. */
function filterOf(call: Call): WatchFilter | IntermediateError {
  try {
    const unknownName = Object.keys(call.query).find((name) => name !== 'endpoint' && name !== 'container')
    if (unknownName !== undefined)
      throw unanswerable(`A tap has no filter "${unknownName}": it has endpoint and container.`)
    const container = containerOf(call.queryValues('container'))
    const patterns = call.queryValues('endpoint')
    const selected = patterns.length === 0 ? undefined : selectEndpoints(patterns)
    return {
      endpoints: selected && new Set(selected.map(({ key }) => key)),
      container: container === undefined ? undefined : new ContainerFilter(container),
    }
  } catch (error) {
    if (error instanceof IntermediateError) return error
    throw error
  }
}

function containerOf([container, second]: readonly string[]): string | undefined {
  if (second !== undefined) throw unanswerable('A tap shows one container at a time: name one, or none.')
  if (container === undefined || /^\/?[\w.-]+$/.test(container)) return container
  throw unanswerable(`"${container}" is no name or id of a container: write it as docker ps shows it.`)
}

function unanswerable(message: string): IntermediateError {
  return new IntermediateError('ERR_CONFIGURATION', 400, message)
}

/** Finds out what else the container is called. That it cannot be found, or not in time, keeps nobody from watching. */
async function find(call: Call, lookup: string | Intermediate, container: ContainerFilter) {
  const asking = upstream(lookup)
    .ask(call, 'GET /containers/:id/json', { params: { id: container.wanted } })
    .then(async (inspected) => (inspected.ok ? container.find(await inspected.json()) : undefined))
    .catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), lookupLimit)
  })
  try {
    return await Promise.race([asking, late])
  } finally {
    clearTimeout(timer)
  }
}
