import type { Container } from './container.js'

export interface PublishedPort {
  /** `80/tcp` */
  readonly port: string
  /** Where on the host; undefined for one that is exposed but not published. */
  readonly host: { readonly ip: string; readonly port: number } | undefined
}

/**
 * The ports of a container that starts. They are shown, and nothing listens on them.
 * @param nextFree a port of the host, for those that may have any
 */
export function publishedPorts({ config, hostConfig }: Container, nextFree: () => number): PublishedPort[] {
  const bindings = hostConfig.PortBindings ?? {}
  const exposed = Object.keys(config.ExposedPorts ?? {}).map(withProtocol)
  const ports = [...new Set([...exposed, ...Object.keys(bindings).map(withProtocol)])].toSorted()
  return ports.flatMap((port): PublishedPort[] => {
    const asked = Object.entries(bindings).find(([name]) => withProtocol(name) === port)?.[1] ?? []
    const hosts = asked.length === 0 && hostConfig.PublishAllPorts ? [{ HostIp: '', HostPort: '' }] : asked
    if (hosts.length === 0) return [{ port, host: undefined }]
    return hosts.flatMap(({ HostIp, HostPort }) => {
      const number = Number(HostPort.split('-')[0]) || nextFree()
      return (HostIp === '' ? ['0.0.0.0', '::'] : [HostIp]).map((ip) => ({
        port,
        host: { ip, port: number },
      }))
    })
  })
}

/** As `inspect` shows them. */
export function portMap(
  ports: readonly PublishedPort[],
): Record<string, { HostIp: string; HostPort: string }[] | null> {
  const map: Record<string, { HostIp: string; HostPort: string }[] | null> = {}
  for (const { port, host } of ports) {
    map[port] ??= host ? [] : null
    if (host) map[port]?.push({ HostIp: host.ip, HostPort: String(host.port) })
  }
  return map
}

/** As a list of containers shows them. */
export function portList(ports: readonly PublishedPort[]): unknown[] {
  return ports.map(({ port, host }) => {
    const [number, protocol] = port.split('/')
    const common = { PrivatePort: Number(number), Type: protocol }
    return host ? { IP: host.ip, ...common, PublicPort: host.port } : common
  })
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`
}
