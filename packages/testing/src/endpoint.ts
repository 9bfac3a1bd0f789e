import type { Server } from 'node:net'

/** `unix:///path` or `tcp://host:port`, as Node's `connect` and `listen` take it. */
export function endpoint(address: string): { path: string } | { host: string; port: number } {
  const unix = /^unix:\/\/(\/.+)$/.exec(address)?.[1]
  if (unix !== undefined) return { path: unix }
  const [, host, port] = /^tcp:\/\/(\[[\da-f:.]+\]|[^:/]+):(\d+)$/i.exec(address) ?? []
  if (host !== undefined) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  throw new TypeError(`"${address}" is no address: write unix:///path or tcp://host:port.`)
}

/** Where a server listens. */
export function addressOf(server: Server): string {
  const bound = server.address()
  if (bound === null) throw new Error('The server does not listen.')
  if (typeof bound === 'string') return `unix://${bound}`
  return `tcp://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`
}
