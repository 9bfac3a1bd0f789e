import { flagAddress } from './flag-address.js'
import { UsageError } from './usage-error.js'

/** Where a tap is. */
export interface TapAddress {
  readonly name: string
  /** As `node:http` takes it. */
  readonly options: { readonly socketPath: string } | { readonly host: string; readonly port: number }
}

/**
 * Reads the ADDR of `intermediate tap`.
 * @throws UsageError for what is no address
 */
export function tapAddress(text: string): TapAddress {
  const address = flagAddress(text)
  const name = text.trim()
  if (address.scheme === 'unix') return { name, options: { socketPath: address.path } }
  if (address.scheme === 'npipe') return { name, options: { socketPath: address.path.replaceAll('/', '\\') } }
  const { host, port } = address
  if (!port) throw new UsageError(`"${name}" names no port: write tcp://host:port.`)
  return { name, options: { host: host || '127.0.0.1', port } }
}
