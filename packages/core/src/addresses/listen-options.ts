import type { TlsFiles } from './tls-files.js'

export interface ListenOptions {
  /**
   * `unix:///path`, `tcp://host:port` or `npipe:////./pipe/name`. Port 0 is any free one; without a host it is
   * 127.0.0.1, without a port 2375, or 2376 with TLS.
   */
  address: string
  /** Speak TLS with this certificate and key. With `ca`, clients need a certificate that descends from it. */
  tls?: TlsFiles
  /** Allow TCP beyond loopback without client certificates: whoever reaches it controls the engine. @default false */
  insecure?: boolean
  /** Of a unix socket. @default 0o660 */
  mode?: number
  /** Of a unix socket: a name from /etc/group, or a number. @default that of new files */
  group?: string | number
  /**
   * Host names that TCP clients may use, besides addresses, localhost, single labels, the name in `address` and
   * those in the certificate. `*.example.com` stands for one label.
   */
  hosts?: readonly string[]
}

/** A place where connections are accepted. */
export interface Bound {
  /** With the real port: what a docker client puts in DOCKER_HOST. */
  readonly address: string
  readonly tcp: boolean
  readonly tls: boolean
  /** The names of `ListenOptions.hosts` and those it says are included, in lower case. */
  readonly hosts: readonly string[]
  /**
   * Accepts nothing more from the call on. Resolves when the place is free again, the file of a unix socket removed.
   * Connections that were handed over go on, and are not waited for.
   */
  stop(): Promise<void>
}
