import { once } from 'node:events'
import { connect, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { endpoint } from './endpoint.js'
import { readResponse } from './http-message.js'
import type { Response, ResponseOptions } from './http-message.js'
import { RecordedSocket } from './recorded-socket.js'
import { readTlsFiles } from './tls-files.js'
import type { TlsFiles } from './tls-files.js'
import { DeadlineError, DisconnectedError } from './waits.js'
import type { WaitOptions } from './waits.js'

export interface TranscriptOptions extends WaitOptions {
  /** Speak TLS. @default no */
  tls?: ClientTls
}

/** `ca` is what the server's certificate is verified with (default: the system's); `cert` and `key` are the client's. */
export interface ClientTls extends TlsFiles {
  /** Refuse a server whose certificate does not verify. @default true */
  verify?: boolean
  /** The name to ask for and to verify. @default the host of the address */
  servername?: string
  /** Protocols to offer by ALPN. @default none */
  alpn?: string[]
}

/** The client's half of a connection. */
export class Transcript extends RecordedSocket {
  /** Reads exactly one response. */
  response(options?: ResponseOptions): Promise<Response> {
    return readResponse(this, options)
  }
}

/**
 * Connects to `unix:///path` or `tcp://host:port`. Resolves when connected (with TLS: after the handshake), rejects
 * with Node's error when that fails. The two directions are kept apart: the FIN of one never ends the other.
 */
export async function transcript(address: string, options: TranscriptOptions = {}): Promise<Transcript> {
  const { tls, deadline = 10_000 } = options
  const to = endpoint(address)
  const transport = connect({ ...to, allowHalfOpen: true, noDelay: true })
  await reached(transport, 'connect', address, deadline)
  if (!tls) return new Transcript(transport, transport, deadline)
  const socket = secure(transport, 'host' in to ? to.host : 'localhost', tls)
  await reached(socket, 'secureConnect', address, deadline)
  return new Transcript(socket, transport, deadline)
}

/**
 * Sends these bytes on a connection of their own, and gives what comes until the peer closes it, as latin1 text. A
 * peer may answer and close before it has read everything.
 */
export async function exchange(
  address: string,
  data: string | Uint8Array,
  options?: TranscriptOptions,
): Promise<string> {
  await using peer = await transcript(address, options)
  const sent = peer.send(data)
  const received = await peer.closed()
  await sent.catch((error: unknown) => {
    if (!(error instanceof DisconnectedError)) throw error
  })
  return received.toString('latin1')
}

async function reached(socket: Socket, event: string, address: string, deadline: number): Promise<void> {
  const signal = AbortSignal.timeout(Math.min(deadline, 2 ** 31 - 1))
  await once(socket, event, { signal }).catch((error: unknown) => {
    socket.destroy()
    throw signal.aborted ? new DeadlineError(`waited ${deadline / 1000} s for ${event} to ${address}`) : error
  })
}

/**
 * Over a socket of our own rather than one that tls.connect makes, because only the TCP socket itself can be reset;
 * it also hands on allowHalfOpen.
 */
function secure(
  socket: Socket,
  host: string,
  { verify = true, servername, alpn, ...files }: ClientTls,
): Socket {
  return connectTls({
    socket,
    host,
    servername: servername ?? (isIP(host) ? '' : host),
    rejectUnauthorized: verify,
    ...readTlsFiles(files),
    ...(alpn && { ALPNProtocols: alpn }),
  })
}
