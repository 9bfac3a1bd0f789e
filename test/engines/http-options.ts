/** An address as `http.request` takes it. */
export function httpOptions(address: string): { socketPath: string } | { host: string; port: number } {
  const url = new URL(address)
  return url.protocol === 'unix:'
    ? { socketPath: url.pathname }
    : { host: url.hostname, port: Number(url.port) }
}
