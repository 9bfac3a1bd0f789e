import { isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { configurationError } from '../errors.js'

/** A place to listen at or to connect to. */
export type Address =
  /** An absolute path. */
  | { scheme: 'unix'; path: string }
  /** The path with forward slashes: `//./pipe/name`. */
  | { scheme: 'npipe'; path: string }
  | TcpAddress

/** A name or an IP address without brackets, empty where none was written; the port where one was. */
export interface TcpAddress {
  scheme: 'tcp'
  host: string
  port: number | undefined
}

/**
 * Reads `unix:///path`, `tcp://host:port` or `npipe:////./pipe/name`, with the white space around it ignored.
 * A relative path of a unix socket starts in the current folder, as in the docker CLI.
 * @param source the setting that holds it, which the error names: `In DOCKER_HOST, "foo" is not an address: …`
 * @throws ERR_CONFIGURATION for anything else
 */
export function parseAddress(text: string, source?: string): Address {
  if (source === undefined) return read(text)
  try {
    return read(text)
  } catch (error) {
    throw configurationError(`In ${source}, ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

/** The address as `parseAddress` and the docker CLI's DOCKER_HOST read it. */
export function formatAddress(address: Address): string {
  if (address.scheme !== 'tcp') return `${address.scheme}://${address.path}`
  // RFC 6874: the % before a zone is written %25.
  const host = isIPv6(address.host) ? `[${address.host.replace('%', '%25')}]` : address.host
  return `tcp://${host}${address.port === undefined ? '' : `:${address.port}`}`
}

function read(text: string): Address {
  const trimmed = String(text).trim()
  const [, scheme, rest = ''] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/.exec(trimmed) ?? []
  switch (scheme) {
    case 'unix':
      return unixAddress(trimmed, rest)
    case 'npipe':
      return npipeAddress(trimmed, rest)
    case 'tcp':
      return tcpAddress(trimmed, rest)
    case 'ssh':
      throw configurationError(
        `"${trimmed}" is not supported yet: forward the remote socket with ` +
          `"ssh -nNT -L /tmp/engine.sock:/var/run/docker.sock user@host" and use unix:///tmp/engine.sock.`,
      )
    case 'fd':
      throw configurationError(
        `"${trimmed}" is not supported yet: name the socket itself, as in unix:///run/intermediate.sock.`,
      )
    case 'http':
    case 'https':
      throw configurationError(
        `"${trimmed}" is not supported: write tcp://${rest}` +
          (scheme === 'https' ? ', and give the TLS files.' : '.'),
      )
    default:
      throw configurationError(
        `"${trimmed}" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.`,
      )
  }
}

function unixAddress(text: string, path: string): Address {
  if (path === '' || path.startsWith('@') || /[\0-\x1f\x7f]/.test(path)) {
    throw configurationError(`"${text}" names no socket file: write unix:///path/to.sock.`)
  }
  return { scheme: 'unix', path: resolve(path) }
}

function npipeAddress(text: string, path: string): Address {
  const slashed = path.replaceAll('\\', '/')
  if (!/^\/\/[^/]+\/pipe\/[^/\0-\x1f]+$/.test(slashed)) {
    throw configurationError(`"${text}" names no pipe: write npipe:////./pipe/name.`)
  }
  return { scheme: 'npipe', path: slashed }
}

function tcpAddress(text: string, rest: string): Address {
  const { literal, name, port } = tcpParts.exec(rest)?.groups ?? {}
  if (literal !== undefined) {
    const host = literal.replace('%25', '%')
    if (isIPv6(host)) return { scheme: 'tcp', host, port: portNumber(text, port) }
  }
  if (name !== undefined) return { scheme: 'tcp', host: name, port: portNumber(text, port) }
  if (isIPv6(rest) || /^[\da-f]*:[\da-f:]*$/i.test(rest)) {
    throw configurationError(
      `"${text}" is ambiguous: write an IPv6 address in brackets, as in tcp://[::1]:2375.`,
    )
  }
  if (/^[^/]*\/./.test(rest)) {
    throw configurationError(`"${text}" has a path, which is not supported: write tcp://host:port only.`)
  }
  throw configurationError(
    `"${text}" is not a TCP address: write tcp://host:port, as in tcp://127.0.0.1:2375.`,
  )
}

const tcpParts = /^(?:\[(?<literal>[^[\]]+)\]|(?<name>[A-Za-z0-9_.-]*))(?::(?<port>\d*))?\/?$/

function portNumber(text: string, digits: string | undefined): number | undefined {
  if (digits === undefined || digits === '') return undefined
  const port = Number(digits)
  if (port > 65_535) throw configurationError(`"${text}" has a port past 65535: write a smaller one.`)
  return port
}
