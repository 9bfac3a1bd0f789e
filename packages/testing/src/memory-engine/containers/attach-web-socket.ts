import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Exchange } from '../http/exchange.js'
import { checkAttachable, sessionOptions, stream } from './attach.js'
import { emit } from './container-events.js'
import { detachKeys } from './detach-keys.js'
import { Session } from './session.js'

const server = new WebSocketServer({ noServer: true })

/** `GET /containers/:id/attach/ws`: binary messages both ways, without frames that say which stream they are of. */
export async function attachWebSocket(exchange: Exchange): Promise<void> {
  const { engine, query, request, api } = exchange
  const container = engine.containers.get(exchange.param('id'))
  const keys = detachKeys(query.text('detachKeys'))
  checkAttachable(container)
  // Before 1.42 the query could not choose.
  const wants = (name: string) => api < 42 || query.flag(name)
  const chosen = { stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') }
  const socket = exchange.takeSocket()
  exchange.call.status = 101
  const webSocket = await new Promise<Parameters<typeof createWebSocketStream>[0]>((resolve) => {
    server.handleUpgrade(request, socket, Buffer.alloc(0), resolve)
  })
  emit(engine, container, 'attach')
  const duplex = createWebSocketStream(webSocket)
  await stream(
    engine,
    container,
    new Session(duplex, { ...sessionOptions(container, chosen, keys), framed: false }),
  )
}
