import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseAddress } from './address.js'
import type { Address } from './address.js'
import { tlsFilesIn } from './tls-files.js'
import type { TlsFiles } from './tls-files.js'

/** How an upstream is reached, and which setting said so. */
export interface Location {
  readonly address: Address
  /** Undefined for no TLS. */
  readonly tls: ClientTls | undefined
  /** The setting, as it fits after "from": `DOCKER_HOST`, `the docker context "rootless"`. */
  readonly source: string
}

export interface ClientTls {
  readonly files: TlsFiles
  /** False accepts any certificate of the upstream. */
  readonly verify: boolean
}

/**
 * Reads an address as the docker CLI reads DOCKER_HOST: without a scheme it is TCP or the path of a socket, what is
 * left out is localhost and port 2375 (with TLS too), and nothing at all is the platform's socket, or
 * localhost:2376 with TLS. (`ParseHost` in docker/cli, opts/hosts.go.)
 */
export function dockerHost(text: string, source: string, env: NodeJS.ProcessEnv): Location {
  const tls = tlsFromEnvironment(env)
  const written = text.trim()
  if (written === '') {
    const address: Address =
      tls === undefined ? platformSocket() : { scheme: 'tcp', host: 'localhost', port: 2376 }
    return { address, tls, source }
  }
  const address = parseAddress(withDefaults(written), source)
  return { address, tls: onlyOverTcp(address, tls), source }
}

/** Where the engine listens on this platform unless told otherwise. */
export function platformSocket(): Address {
  return process.platform === 'win32'
    ? { scheme: 'npipe', path: '//./pipe/docker_engine' }
    : { scheme: 'unix', path: '/var/run/docker.sock' }
}

/** DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH; any value but the empty one means yes, `0` too. */
export function tlsFromEnvironment(env: NodeJS.ProcessEnv): ClientTls | undefined {
  const verify = Boolean(env.DOCKER_TLS_VERIFY)
  if (!verify && !env.DOCKER_TLS) return undefined
  const folder = env.DOCKER_CERT_PATH || dockerConfigFolder(env)
  // The CLI insists on ca.pem, even where nothing is verified.
  return { files: { ...tlsFilesIn(folder), ca: join(folder, 'ca.pem') }, verify }
}

/** The docker CLI's own folder: DOCKER_CONFIG, or `.docker` at home. */
export function dockerConfigFolder(env: NodeJS.ProcessEnv): string {
  const home = process.platform === 'win32' ? env.USERPROFILE : env.HOME
  return env.DOCKER_CONFIG || join(home || homedir(), '.docker')
}

/** TLS is for TCP: settings that are meant for every engine do not apply to a local socket. */
export function onlyOverTcp(address: Address, tls: ClientTls | undefined): ClientTls | undefined {
  return address.scheme === 'tcp' ? tls : undefined
}

function withDefaults(written: string): string {
  if (written === 'unix://' || written === 'npipe://') {
    return `${written}${written === 'unix://' ? '/var/run/docker.sock' : '//./pipe/docker_engine'}`
  }
  if (written.includes('://')) return written
  return /^\.?\//.test(written) ? `unix://${written}` : `tcp://${written}`
}
