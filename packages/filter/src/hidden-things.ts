import type { Call, Endpoint } from '@intermediate/core'
import { readCall, writeJson } from '@intermediate/core'

/**
 * What the engine says of the thing that a call is for, where `owner` has put a name that nobody has in its place, so that
 * the engine answers as for what is absent; undefined where it has not.
 */
export async function absence(call: Call): Promise<{ status: number; message: string } | undefined> {
  const about = questions.find(([start]) => call.path.startsWith(start))?.[1]
  if (about === undefined || !isForNobodys(call)) return undefined
  // One type for every endpoint would be that of none.
  const answer = await call.ask(about as 'GET /containers/:id/json', {
    params: call.params as { id: string },
  })
  const said: unknown = await answer.json().catch(() => undefined)
  if (answer.ok) return undefined
  const { message } = (said ?? {}) as { message?: unknown }
  return { status: answer.status, message: typeof message === 'string' ? message : '' }
}

/** True where the call names something of that kind beside its path. */
export async function namesNobodys(call: Call): Promise<boolean> {
  const inQuery = Object.keys(call.query).flatMap((name) => call.queryValues(name))
  const { body } = (await readCall(call)) as { body: object | undefined }
  return standIn.test(inQuery.join(' ')) || (body !== undefined && standIn.test(writeJson(body).toString()))
}

/** The names that `owner` makes up; in the place of an image's id there is another id. */
const standIn = /\bnobodys-[\da-f]{8}-[\da-f-]{27}\b/
const imageId = /^\/images\/(?:sha256:)?([\da-f]{64})(?:\/|$)/

function isForNobodys({ path, original }: Call): boolean {
  if (standIn.test(path)) return true
  const [, id] = imageId.exec(path) ?? []
  const [, given] = imageId.exec(original.path) ?? []
  return id !== undefined && given !== undefined && id !== given
}

/** Who asks what is at a path. */
const questions: readonly (readonly [string, Endpoint])[] = [
  ['/containers/', 'GET /containers/:id/json'],
  ['/exec/', 'GET /exec/:id/json'],
  ['/images/', 'GET /images/:name/json'],
  ['/volumes/', 'GET /volumes/:name'],
  ['/networks/', 'GET /networks/:id'],
  ['/services/', 'GET /services/:id'],
  ['/tasks/', 'GET /tasks/:id'],
  ['/secrets/', 'GET /secrets/:id'],
  ['/configs/', 'GET /configs/:id'],
]
