import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { readTarget } from './api-version.js'

/** The engine takes heads of 1 MiB and 4 KiB. */
const maxHeaderSize = 1024 * 1024 + 4096

export interface Served {
  /** @param socket of a call that may hijack it, with what is left to read behind the head */
  onCall(request: IncomingMessage, response: ServerResponse, socket?: Duplex): void
}

/** An HTTP server that hands over the connection of every call that may hijack it, whatever its headers say. */
export function httpServer(served: Served): Server {
  const server = createServer({
    IncomingMessage: EngineRequest,
    maxHeaderSize,
    keepAlive: true,
    // Uploads and tunnels take as long as they take; the engine's only limit is on the time to a first head.
    requestTimeout: 0,
    headersTimeout: 300_000,
    keepAliveTimeout: 0,
  })
  server.on('request', (request, response) => served.onCall(request, response))
  server.on('upgrade', (request, socket, head) => {
    // An attach reads no body: what comes together with the head is dropped, what comes later is for the container's
    // stdin. The engine does so, too, whatever the lengths in the head say.
    const isAttach = request.url?.includes('/attach') ?? false
    if (head.length > 0 && !isAttach) socket.unshift(head)
    served.onCall(request, responseOn(request, socket), socket)
  })
  return server
}

/**
 * node:http lets go of a connection when its request says Upgrade, and asks `upgrade` whether it does. The engine also
 * hijacks connections of calls without that header, so here the endpoint decides.
 */
class EngineRequest extends IncomingMessage {
  get upgrade(): boolean {
    const path = readTarget(this.url ?? '')?.path ?? ''
    if (this.method === 'POST') return /^\/(containers\/.+\/attach|exec\/.+\/start)$/.test(path)
    return this.method === 'GET' && /^\/containers\/.+\/attach\/ws$/.test(path)
  }

  set upgrade(_value: boolean) {}
}

/** An answer on a connection that node:http let go of; it is the connection's last. */
function responseOn(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket as never)
  response.on('finish', () => {
    response.detachSocket(socket as never)
    socket.resume()
    socket.end()
  })
  return response
}
