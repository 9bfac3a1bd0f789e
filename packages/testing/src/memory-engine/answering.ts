import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { posix } from 'node:path'
import type { Duplex } from 'node:stream'
import { calls } from './calls.js'
import type { Engine } from './engine.js'
import { EngineError, notFound } from './engine-error.js'
import { FileError } from './files/file-system.js'
import { apiOf, readTarget } from './http/api-version.js'
import type { Target } from './http/api-version.js'
import { cutShort } from './http/cut-short.js'
import { Exchange } from './http/exchange.js'
import type { Handler } from './http/exchange.js'
import { Misbehaviours } from './http/misbehaviour.js'
import type { Misbehaviour } from './http/misbehaviour.js'
import { Query } from './http/query.js'
import type { RecordedCall } from './http/recorded-call.js'
import { readBody, readBodyFrom } from './http/request-body.js'
import { match } from './http/routes.js'
import type { Match } from './http/routes.js'
import type { Served } from './http/server.js'
import { version } from './system/version.js'

/** Records each call, and answers it or misbehaves. */
export class Answering implements Served {
  readonly #engine: Engine
  readonly #api: number
  readonly #calls: RecordedCall[]
  readonly #misbehaviours = new Misbehaviours()

  /** @param api the newest API version that is spoken, as the number after `1.` */
  constructor(engine: Engine, api: number, recorded: RecordedCall[]) {
    this.#engine = engine
    this.#api = api
    this.#calls = recorded
  }

  /** @throws TypeError for an endpoint that the engine does not have */
  misbehave(endpoint: string, how: Misbehaviour, times: number): () => void {
    if (endpoint !== '*' && !calls.some((route) => route.endpoint === endpoint)) {
      throw new TypeError(
        `The engine has no endpoint "${endpoint}": write it as POST /containers/:id/start, or * for all.`,
      )
    }
    return this.#misbehaviours.add(endpoint, how, times)
  }

  onCall(request: IncomingMessage, response: ServerResponse, socket?: Duplex): void {
    const target = readTarget(request.url ?? '')
    const found = target && match(calls, request.method ?? '', target.path)
    const call = recordedCall(request, target, found)
    this.#calls.push(call)
    // Every way to answer comes by here, and before the client can know of it.
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse
    response.writeHead = (status: number, ...rest: unknown[]) => {
      call.status = status
      return writeHead(status, ...rest)
    }
    response.setHeader('Api-Version', `1.${this.#api}`)
    response.setHeader('Docker-Experimental', 'false')
    response.setHeader('Ostype', 'linux')
    response.setHeader('Server', `Docker/${version} (linux)`)
    void this.#answer(request, response, socket, target, found, call).catch((error: unknown) =>
      fail(response, error),
    )
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    socket: Duplex | undefined,
    target: Target | undefined,
    found: Match<Handler> | undefined,
    call: RecordedCall,
  ): Promise<void> {
    const clean = cleanPath(request.url ?? '')
    if (clean !== undefined) {
      response.writeHead(301, { Location: clean }).end()
      return
    }
    const body = await bodyOf(request, socket)
    if (body.length > 0) call.body = parsed(body)
    const how = this.#misbehaviours.take(call.endpoint)
    if (how === 'stall') return
    if (how === 'reset') return reset((socket ?? request.socket) as Socket)
    if (how === 'cut') cutShort(response, socket)
    else if (how)
      throw new EngineError(how.status, how.message ?? `the engine was told to answer ${how.status}`)
    if (!target || !found) throw notFound('page not found')
    const given = { engine: this.#engine, call, request, response, signal: signalOf(response, socket) }
    const api = apiOf(target.version, this.#api)
    const upgrade = request.headers.upgrade
    const query = new Query(target.search)
    const exchange = new Exchange(
      { ...given, api, newestApi: this.#api, query },
      socket && { socket, upgrade },
    )
    await found.route.handler(exchange)
  }
}

/** What is read before anything else: JSON. Archives are read by who unpacks them, and an attach has no body. */
async function bodyOf(request: IncomingMessage, socket: Duplex | undefined): Promise<Buffer> {
  if (!request.headers['content-type']?.toLowerCase().includes('json')) return Buffer.alloc(0)
  if (!socket) return readBody(request)
  return request.url?.includes('/attach') ? Buffer.alloc(0) : readBodyFrom(socket, request)
}

function recordedCall(
  request: IncomingMessage,
  target: Target | undefined,
  found: Match<Handler> | undefined,
): RecordedCall {
  return {
    method: request.method ?? '',
    path: target?.path ?? request.url ?? '',
    version: target?.version,
    endpoint: found?.route.endpoint,
    params: found?.params ?? {},
    query: new Query(target?.search ?? '').toObject(),
    headers: request.headers,
    body: undefined,
    status: undefined,
  }
}

/** Where the engine sends clients whose decoded path holds `//`, `/./` or `/../`; undefined for all others. */
function cleanPath(url: string): string | undefined {
  const target = readTarget(url)
  if (target === undefined) return undefined
  const clean = posix.normalize(target.path)
  if (clean === target.path) return undefined
  const version = target.version === undefined ? '' : `/v${target.version}`
  return version + encodeURI(clean) + (target.search === '' ? '' : `?${target.search}`)
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (error) {
    throw new EngineError(400, `invalid JSON: ${(error as Error).message}`)
  }
}

/** Aborted when the client leaves before it has its whole answer. */
function signalOf(response: ServerResponse, socket: Duplex | undefined): AbortSignal {
  const gone = new AbortController()
  const leave = () => gone.abort(new Error('the client is gone'))
  response.on('close', () => {
    if (!response.writableFinished) leave()
  })
  socket?.on('close', leave)
  return gone.signal
}

function reset(socket: Socket): void {
  // Only TCP knows a reset.
  if (socket.remotePort === undefined) socket.destroy()
  else socket.resetAndDestroy()
}

/** Answers with the error; an answer that has begun breaks off. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent || !response.socket) return void response.destroy()
  const known = error instanceof FileError ? new EngineError(400, error.message) : error
  const [status, text] = known instanceof EngineError ? [known.status, known.message] : [500, String(error)]
  response.statusCode = status
  if (status === 304) return void response.end()
  response.setHeader('Content-Type', 'application/json')
  response.end(`${JSON.stringify({ message: text })}\n`)
}
