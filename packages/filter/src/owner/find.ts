import { findContainer } from './find-container.js'
import { findNetwork, findNamed } from './find-named.js'
import { findVolume } from './find-volume.js'
import type { Visit } from './visit.js'

/** What can be somebody's. */
export type Kind = keyof typeof find

/**
 * By kind, from a name, an id or the start of one to what says which of the owner's things it is, for good where the
 * engine has ids: nothing can take its place before the call gets there. Undefined for what is not there or not theirs.
 */
export const find = {
  container: findContainer,
  exec: findExec,
  network: findNetwork,
  volume: findVolume,
  service: findNamed('GET /services'),
  secret: findNamed('GET /secrets'),
  config: findNamed('GET /configs'),
  task: findTask,
} satisfies Record<string, (visit: Visit, name: string) => Promise<string | undefined>>

/** What `find` says, or a name that nobody has. */
export async function idOrNobody(visit: Visit, kind: Kind, name: string): Promise<string> {
  return (await find[kind](visit, name)) ?? visit.standIn(name)
}

/** An exec is whose its container is. Its id is random and has no short form. */
async function findExec(visit: Visit, id: string): Promise<string | undefined> {
  if (!isPathSegment(id)) return undefined
  const exec = await visit.ask('GET /exec/:id/json', { params: { id } })
  const container = exec?.ContainerID
  return exec?.ID === id && container && (await findContainer(visit, container)) === container
    ? id
    : undefined
}

/** A task is whose its service is. */
async function findTask(visit: Visit, id: string): Promise<string | undefined> {
  if (!isPathSegment(id)) return undefined
  const task = await visit.ask('GET /tasks/:id', { params: { id } })
  const service = task?.ServiceID
  return task?.ID && service && (await find.service(visit, service)) === service ? task.ID : undefined
}

function isPathSegment(name: string): boolean {
  return /^[\w-]+$/.test(name)
}
