/** Of a unix:// or npipe:// address, the path as `node:http` takes it. */
export function socketPath(address: string): string {
  const path = address.replace(/^(unix|npipe):\/\//, '')
  return address.startsWith('npipe') ? path.replaceAll('/', '\\') : path
}
