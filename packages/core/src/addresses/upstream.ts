import { connect, isIP } from 'node:net'
import type { OnReadOpts, Socket } from 'node:net'
import { connect as connectTls, createSecureContext } from 'node:tls'
import { formatAddress, parseAddress } from './address.js'
import type { Address, TcpAddress } from './address.js'
import { defaultUpstream, upstreamAt } from './default-upstream.js'
import type { ClientTls, Location } from './docker-host.js'
import { configurationError, optionError } from '../errors.js'
import { checkOptions } from './known-options.js'
import { pipePath } from './named-pipe.js'
import { readTlsFiles } from './tls-files.js'
import type { TlsFiles } from './tls-files.js'
import { checkSocketPath } from './unix-socket.js'

export type { TlsFiles }

export interface UpstreamOptions {
  /** `unix:///path`, `tcp://host:port` or `npipe:////./pipe/name`. @default port 2376 with `tls`, 2375 without */
  address: string
  /**
   * Speak TLS, with these files and whatever the environment says. Without `ca`, the certificates that Node knows
   * are trusted. @default what DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH say
   */
  tls?: TlsFiles & {
    /** Whether the upstream's certificate is verified. @default true */
    verify?: boolean
  }
  /** What to call this setting in errors, as it fits after "in" and "from". @default the upstream option */
  source?: string
}

/** What an intermediate forwards to: the engine, or the next intermediate. */
export interface Upstream {
  /** Its address, for messages. */
  readonly name: string
  /** The setting that named it, as it fits after "from": `DOCKER_HOST`, `the docker context "rootless"`. */
  readonly source: string
  /** The event of a socket of `connect()` that says it can be used: with TLS, the handshake is over then. */
  readonly connectEvent: 'connect' | 'secureConnect'
  /**
   * A new connection under way. It emits `connectEvent`, or 'error' and 'close'; how long that may take is the
   * caller's to limit. Half-open is allowed, on TCP without delay and with keep-alive.
   * @param onread the memory to read into; with TLS, Node chooses that itself
   */
  connect(onread?: OnReadOpts): Socket
}

/**
 * Finds the upstream, reads the files that it needs, and connects to nothing yet.
 * @throws ERR_CONFIGURATION, saying which setting or file is wrong and what to do
 */
export async function resolveUpstream(
  option: string | UpstreamOptions | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Upstream> {
  return option === undefined ? open(await defaultUpstream(env)) : locatedUpstream(option, env)()
}

/**
 * The same for one that is named: what it is read from is wrong at once, the files that it needs when it is called.
 * @throws ERR_CONFIGURATION as above
 */
export function locatedUpstream(
  option: string | UpstreamOptions,
  env: NodeJS.ProcessEnv = process.env,
): () => Promise<Upstream> {
  const location = locate(option, env)
  return () => open(location)
}

async function open({ address, tls, source }: Location): Promise<Upstream> {
  return address.scheme === 'tcp' ? overTcp(address, tls, source) : overSocketFile(address, source)
}

function locate(option: string | UpstreamOptions, env: NodeJS.ProcessEnv): Location {
  if (typeof option === 'object') checkOptions('The upstream', option, ['address', 'tls', 'source'])
  const {
    address: text,
    tls: given,
    source = 'the upstream option',
  }: UpstreamOptions = typeof option === 'string' ? { address: option } : option
  if (given === undefined) return upstreamAt(text, source, env)
  const address = parseAddress(text, source)
  if (address.scheme !== 'tcp') {
    throw configurationError(`In ${source}, "${text}" has tls, which is for tcp:// addresses: leave it out.`)
  }
  checkOptions('tls', given, ['ca', 'cert', 'key', 'verify'])
  const { verify = true, ...files } = given
  return { address: { ...address, port: address.port ?? 2376 }, tls: { files, verify }, source }
}

function overSocketFile(address: Exclude<Address, TcpAddress>, source: string): Upstream {
  const path = address.scheme === 'unix' ? checkSocketPath(address.path) : pipePath(address.path)
  const open = (onread?: OnReadOpts) => connect({ path, allowHalfOpen: true, ...(onread && { onread }) })
  return { name: formatAddress(address), source, connectEvent: 'connect', connect: open }
}

async function overTcp(written: TcpAddress, tls: ClientTls | undefined, source: string): Promise<Upstream> {
  const host = written.host || 'localhost'
  const port = written.port ?? 2375
  const name = formatAddress({ scheme: 'tcp', host, port })
  if (port === 0)
    throw optionError(
      { name: 'upstream', value: name },
      `In ${source}, "${name}" has port 0: name the port of the upstream.`,
    )
  // Node gives each but the last address of a name 250 ms to connect, which a far one can need.
  const target = { host, port, allowHalfOpen: true, autoSelectFamilyAttemptTimeout: 2_000 }
  if (tls === undefined) {
    return {
      name,
      source,
      connectEvent: 'connect',
      connect: (onread) => tuned(connect({ ...target, ...(onread && { onread }) })),
    }
  }
  const secure = {
    ...target,
    secureContext: createSecureContext(await readTlsFiles(tls.files)),
    rejectUnauthorized: tls.verify,
    // RFC 6066, section 3: an IP address is no server name. The certificate is checked against the host either way.
    ...(isIP(host) === 0 && { servername: host }),
  }
  return { name, source, connectEvent: 'secureConnect', connect: () => tuned(connectTls(secure)) }
}

/** At 'connect' and not before: the TCP handle changes from one address of a name to the next. */
function tuned(socket: Socket): Socket {
  return socket.once('connect', () => socket.setNoDelay(true).setKeepAlive(true, 15_000))
}
