import { resolve } from 'node:path'
import { socketPath } from './socket-path.js'
import { UsageError } from './usage-error.js'

/** Where a tap is. */
export interface TapAddress {
  readonly name: string
  /** As `node:http` takes it. */
  readonly options: { readonly socketPath: string } | { readonly host: string; readonly port: number }
}

/** @throws UsageError for what is no address */
export function readTapAddress(text: string): TapAddress {
  const name = text.trim()
  const [, path] = /^unix:\/\/(.+)$/.exec(name) ?? []
  if (path !== undefined) return { name, options: { socketPath: resolve(path) } }
  if (/^npipe:\/\/\/\/./.test(name)) return { name, options: { socketPath: socketPath(name) } }
  const [, ip6, host, port] = /^tcp:\/\/(?:\[([\da-f:.]+)\]|([\w.-]*)):(\d{1,5})\/?$/i.exec(name) ?? []
  if (port === undefined || Number(port) > 65_535)
    throw new UsageError(
      `"${text}" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.`,
    )
  return { name, options: { host: ip6 ?? (host || '127.0.0.1'), port: Number(port) } }
}
