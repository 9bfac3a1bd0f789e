import { lookup } from 'node:dns/promises'
import { BlockList, createServer, isIP, isIPv6 } from 'node:net'
import type { AddressInfo, ServerOpts, Socket } from 'node:net'
import { formatAddress } from './address.js'
import type { TcpAddress } from './address.js'
import { configurationError, optionError } from '../errors.js'
import { listenError } from './listen-error.js'
import type { Bound, ListenOptions } from './listen-options.js'
import { listening, stopper } from './start-server.js'
import { certificateNames, readTlsFiles } from './tls-files.js'
import type { TlsMaterial } from './tls-files.js'
import { acceptTls } from './tls-server.js'
import type { Acceptor } from './tls-server.js'

/** Listens on TCP, with or without TLS; beyond loopback only with verified client certificates or `insecure`. */
export async function bindTcp(
  address: TcpAddress,
  options: Pick<ListenOptions, 'tls' | 'insecure' | 'hosts'>,
  onConnection: (socket: Socket) => void,
): Promise<Bound> {
  const named = (options.hosts ?? []).map(hostName)
  const host = await resolveHost(address)
  const material = options.tls && (await readTlsFiles(options.tls))
  if (material && !material.cert) {
    throw configurationError(`To listen with TLS on ${formatAddress(address)}, give both cert and key.`)
  }
  if (!isLoopback(host) && !material?.ca && !options.insecure) {
    throw optionError(
      { name: 'insecure', value: formatAddress(address) },
      `${formatAddress(address)} is refused, since whoever reaches it controls the engine: ` +
        'give tls with ca, cert and key so that clients need a certificate, or allow it with insecure.',
    )
  }
  const port = address.port ?? (material ? 2376 : 2375)
  const { server, dropPending } = acceptTcp(material, onConnection)
  await listening(server, { host, port }).catch((error: unknown) => {
    throw unbindable({ scheme: 'tcp', host, port }, error as NodeJS.ErrnoException)
  })
  const { port: bound } = server.address() as AddressInfo
  // Clients check the name that they connect to with TLS only; without, the address leaves less to chance.
  const shown = material && address.host !== '' ? address.host : host
  const own = isIP(address.host) === 0 && address.host !== '' ? [address.host.toLowerCase()] : []
  return {
    address: formatAddress({ scheme: 'tcp', host: shown, port: bound }),
    tcp: true,
    tls: material !== undefined,
    hosts: [...new Set([...named, ...own, ...certificateNames(material?.cert)])],
    stop: stopper(server, dropPending),
  }
}

function acceptTcp(material: TlsMaterial | undefined, onConnection: (socket: Socket) => void): Acceptor {
  const options: ServerOpts = {
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 15_000,
  }
  if (material === undefined)
    return { server: createServer({ ...options, pauseOnConnect: true }, onConnection), dropPending: () => {} }
  const known = material.ca !== undefined
  return acceptTls({ ...options, ...material, requestCert: known, rejectUnauthorized: known }, onConnection)
}

/** A name as it is compared with Host: lower case, no final dot. */
function hostName(text: string): string {
  const name = text.toLowerCase().replace(/\.$/, '')
  if (/^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) return name
  throw optionError(
    { name: 'hosts', value: text },
    `"${text}" in hosts is no host name: write it without scheme and port, as in docker.example.com.`,
  )
}

/** The one address to listen on, judged and bound alike: of a name that has both kinds, an IPv4 one, as Go does it. */
async function resolveHost({ host }: TcpAddress): Promise<string> {
  if (host === '') return '127.0.0.1'
  if (isIP(host) !== 0) return host
  try {
    return (await lookup(host, { order: 'ipv4first' })).address
  } catch (error) {
    throw configurationError(
      `The name ${host} has no address here: listen on an IP address of this machine.`,
      error,
    )
  }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** True for ::ffff:127.0.0.1 too, which a BlockList takes for the IPv4 address in it. */
function isLoopback(ip: string): boolean {
  return loopback.check(ip.replace(/%.*/, ''), isIPv6(ip) ? 'ipv6' : 'ipv4')
}

function unbindable(address: TcpAddress, error: NodeJS.ErrnoException): Error {
  const name = formatAddress(address)
  switch (error.code) {
    case 'EADDRINUSE':
      return listenError(
        `${name} is already in use: stop what listens there, or listen on another port (0 takes any free one).`,
        error,
      )
    case 'EADDRNOTAVAIL':
      return listenError(
        `${name} is no address of this machine: listen on one that is, or on 127.0.0.1.`,
        error,
      )
    case 'EACCES':
      return listenError(`This user may not listen on ${name}: choose a port from 1024 on.`, error)
    default:
      return listenError(
        `${name} cannot be listened on (${error.code ?? error.message}): choose another address.`,
        error,
      )
  }
}
