import type { Intermediate } from '@intermediate/core'
import { IntermediateError, onPrivateSocket } from '@intermediate/core'
import { get } from 'node:http'
import { json } from 'node:stream/consumers'

/** What answers behind an intermediate. */
export interface Engine {
  /** `Docker Engine - Community`, `Podman Engine`. */
  readonly name: string
  readonly version: string
  readonly apiVersion: string
  /** `linux/amd64` */
  readonly platform: string
}

export interface NoEngine {
  /** A sentence. */
  readonly problem: string
  /** It is not there, or does not answer; otherwise it refused, or is no engine. */
  readonly isAway: boolean
}

/**
 * Asks `GET /version` as a client of this intermediate would, so the layers, a router above all, have their say. It
 * goes through a socket of its own for which nobody needs a certificate, in a folder that only this user can enter.
 * @param limit in ms, for the answer. Default 5 s: enough for an engine that is busy, and then somebody still looks
 */
export async function findEngine(
  file: Pick<Intermediate, 'with'>,
  cancel: AbortSignal,
  limit = 5_000,
): Promise<Engine | NoEngine> {
  const late = AbortSignal.timeout(limit)
  try {
    // What stands in the way is in the answer; nobody needs it twice.
    const quiet = file.with({ onError: () => {} })
    return await onPrivateSocket(quiet, (path) => askVersion(path, AbortSignal.any([cancel, late])))
  } catch (error) {
    if (late.aborted) return away(`The engine has not answered GET /version in ${limit / 1000} s.`)
    const reason = error instanceof IntermediateError ? error.message : String(error)
    return { problem: `The engine could not be asked for its version: ${reason}`, isAway: false }
  }
}

async function askVersion(path: string, signal: AbortSignal): Promise<Engine | NoEngine> {
  const { status, body } = await new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    const request = get({ socketPath: path, path: '/version', agent: false, signal }, (reply) => {
      const status = reply.statusCode ?? 0
      json(reply).then(
        (body) => resolve({ status, body }),
        (error: unknown) =>
          error instanceof SyntaxError ? resolve({ status, body: undefined }) : reject(error),
      )
    })
    request.on('error', reject)
  })
  if (status === 200) return engineIn(body) ?? { problem: notUnderstood, isAway: false }
  const message = text(body, 'message')?.replace(/^GET \/version: (.)/, (_, first: string) =>
    first.toUpperCase(),
  )
  if (status === 502 && message !== undefined) return away(message)
  return {
    problem: `GET /version answered ${status}${message === undefined ? '' : `: ${message}`}`,
    isAway: false,
  }
}

const notUnderstood = 'What answers GET /version is no Docker engine: check the address of the upstream.'

function away(problem: string): NoEngine {
  return { problem, isAway: true }
}

function engineIn(body: unknown): Engine | undefined {
  const [version, apiVersion] = [text(body, 'Version'), text(body, 'ApiVersion')]
  if (version === undefined || apiVersion === undefined) return undefined
  const { Platform, Components } = body as { Platform?: unknown; Components?: unknown }
  const component = text(Array.isArray(Components) ? Components[0] : undefined, 'Name')
  // Docker names its first component plainly, Podman with its own name.
  const name = component === undefined || component === 'Engine' ? text(Platform, 'Name') : component
  return {
    name: name ?? 'Docker Engine',
    version,
    apiVersion,
    platform: [text(body, 'Os'), text(body, 'Arch')].filter((part) => part !== undefined).join('/'),
  }
}

/** A field that is text, and not empty. */
function text(value: unknown, field: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, field)
  return typeof found === 'string' && found !== '' ? found : undefined
}
