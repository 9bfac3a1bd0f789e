import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { formatAddress, parseAddress } from './address.js'
import type { Address, TcpAddress } from './address.js'
import { configurationError } from '../errors.js'
import { listenError } from './listen-error.js'
import type { Bound, ListenOptions } from './listen-options.js'
import { bindTcp } from './listen-tcp.js'
import { listening, stopper } from './start-server.js'
import { pipePath } from './named-pipe.js'
import { checkOptions } from './known-options.js'
import { groupId, listenAtPath } from './unix-socket.js'

export { defaultListenAddress } from './default-listen-address.js'
export type { Bound, ListenOptions }

/**
 * Listens, and hands over connections that are ready and not read from yet: half-open allowed, on TCP without delay and with keep-alive,
 * with TLS after the handshake.
 * @throws ERR_CONFIGURATION for options that cannot be used, ERR_LISTEN for a place that is taken or closed to us
 */
export async function bind(options: ListenOptions, onConnection: (socket: Socket) => void): Promise<Bound> {
  checkOptions('An address to listen on', options, ['address', 'tls', 'insecure', 'mode', 'group', 'hosts'])
  checkOptions('tls', options.tls ?? {}, ['ca', 'cert', 'key'])
  const address = parseAddress(options.address)
  if (address.scheme === 'tcp') {
    if (options.mode === undefined && options.group === undefined)
      return bindTcp(address, options, onConnection)
    throw configurationError(`"${options.address}" has no file: leave out mode and group.`)
  }
  if (options.tls === undefined && options.hosts === undefined) {
    return bindSocketFile(address, options, onConnection)
  }
  throw configurationError(`"${options.address}" is no tcp:// address: leave out tls and hosts.`)
}

async function bindSocketFile(
  address: Exclude<Address, TcpAddress>,
  { mode, group }: ListenOptions,
  onConnection: (socket: Socket) => void,
): Promise<Bound> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, onConnection)
  const name = formatAddress(address)
  if (address.scheme === 'unix') {
    const access = {
      mode: checkMode(mode ?? 0o660),
      gid: group === undefined ? undefined : await groupId(group),
    }
    await listenAtPath(server, address.path, access)
  } else {
    if (mode !== undefined || group !== undefined) {
      throw configurationError(`"${name}" is no unix socket: leave out mode and group.`)
    }
    await listening(server, { path: pipePath(address.path) }).catch((error: unknown) => {
      throw listenError(
        `${name} cannot be listened on: stop what listens there, or choose another name.`,
        error,
      )
    })
  }
  return { address: name, tcp: false, tls: false, hosts: [], stop: stopper(server) }
}

function checkMode(mode: number): number {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o777) return mode
  throw configurationError(`The mode ${mode} is none of a socket: give one from 0 to 0o777, such as 0o660.`)
}
