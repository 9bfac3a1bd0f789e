import { IntermediateError } from '@intermediate/core'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import type { TapAddress } from './tap-address.js'
import type { TapSettings } from './tap-arguments.js'

/** A tap that is watched: it sends a line of JSON for each event. */
export interface OpenTap {
  readonly lines: IncomingMessage
  /** What the intermediate has found of the container that is asked for: its name and id. */
  readonly container: string | undefined
}

/** @throws IntermediateError, one sentence, where there is nothing to watch */
export async function openTap(
  { address, endpoints, container }: TapSettings,
  signal: AbortSignal,
): Promise<OpenTap> {
  const query = new URLSearchParams(endpoints.map((pattern): [string, string] => ['endpoint', pattern]))
  if (container !== undefined) query.set('container', container)
  const reply = await asked(address, `/tap?${query.toString()}`, signal)
  const { statusCode: status = 0, headers } = reply
  if (headers['intermediate-tap'] === undefined) throw noTap(address)
  if (status !== 200) throw cannot(await messageOf(reply))
  // It is idle for as long as nobody calls: a link that was cut shows all the same.
  reply.socket.setKeepAlive(true, 15_000)
  return { lines: reply, container: headers['intermediate-container']?.toString() }
}

/** @throws IntermediateError */
function asked(address: TapAddress, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get({ ...address.options, path, agent: false, signal }, resolve)
    request.on('error', (error: NodeJS.ErrnoException) => reject(failure(address, error)))
  })
}

function failure(address: TapAddress, error: NodeJS.ErrnoException): Error {
  const { name } = address
  switch (error.code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return cannot(`Nobody listens at ${name}: start an intermediate with --tap ${name}.`, error)
    case 'EACCES':
      return cannot(
        `This user may not watch at ${name}: the tap is for whoever started the intermediate.`,
        error,
      )
    case 'ECONNRESET':
    case 'ERR_HTTP_INVALID_HEADER':
      return noTap(address, error)
    default:
      return error.code?.startsWith('HPE_')
        ? noTap(address, error)
        : cannot(`${name} cannot be reached (${error.code ?? error.message}): check the address.`, error)
  }
}

function noTap({ name }: TapAddress, cause?: Error): Error {
  return cannot(
    `What listens at ${name} is no tap: name the address that the intermediate was given with --tap.`,
    cause,
  )
}

function cannot(message: string, cause?: Error): Error {
  return new IntermediateError('ERR_CONFIGURATION', 500, message, { cause })
}

async function messageOf(reply: IncomingMessage): Promise<string> {
  const body: unknown = await json(reply)
  return String((body as { message?: unknown }).message)
}
