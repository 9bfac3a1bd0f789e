import type { api } from '@intermediate/core'
import type { Kind } from '../inspects.js'

/** Something that the body of a create names and that has to be on the same engine. */
export interface Reference {
  readonly kind: Extract<Kind, 'container' | 'network' | 'volume'>
  readonly text: string
  /** Names it otherwise. */
  readonly rename: (name: string) => void
}

/** What a container needs beside it: its networks and volumes, and the containers whose namespaces or volumes it shares. */
export function referencesOf(body: api.ContainerCreateBody): Reference[] {
  const { HostConfig: host, NetworkingConfig } = body
  const found: Reference[] = []
  const attached = NetworkingConfig?.EndpointsConfig ?? {}
  for (const name of Object.keys(attached))
    if (isOwnNetwork(name))
      found.push({
        kind: 'network',
        text: name,
        rename: (other) => {
          const endpoint = attached[name]!
          delete attached[name]
          attached[other] = endpoint
        },
      })
  if (!host) return found
  for (const field of ['NetworkMode', 'IpcMode', 'PidMode'] as const) {
    const mode = host[field] ?? ''
    if (mode.startsWith('container:'))
      found.push({
        kind: 'container',
        text: mode.slice('container:'.length),
        rename: (other) => (host[field] = `container:${other}`),
      })
    else if (field === 'NetworkMode' && isOwnNetwork(mode))
      found.push({ kind: 'network', text: mode, rename: (other) => (host.NetworkMode = other) })
  }
  found.push(...listed('volume', host.Binds, (text) => !/^[/~.]|^[A-Za-z]:\\/.test(text)))
  found.push(...listed('container', host.VolumesFrom), ...listed('container', host.Links))
  for (const mount of host.Mounts ?? [])
    if (mount.Type === 'volume' && mount.Source)
      found.push({ kind: 'volume', text: mount.Source, rename: (other) => (mount.Source = other) })
  return found
}

/** Entries of the form `name:rest`. */
function listed(
  kind: Reference['kind'],
  list: string[] | null | undefined,
  isName: (text: string) => boolean = () => true,
): Reference[] {
  return (list ?? []).flatMap((entry, at) => {
    const [text = ''] = entry.split(':', 1)
    if (text === '' || !isName(text) || (kind === 'volume' && !entry.includes(':'))) return []
    return [{ kind, text, rename: (other: string) => (list![at] = other + entry.slice(text.length)) }]
  })
}

/**
 * True for what an engine takes for the name of such a thing, and for nothing else: `a/host` and `a//etc` are no network
 * and no volume on the engine a, but would become the host's network and a folder of it, behind whoever looked at them.
 */
export function isNameOf(kind: Reference['kind'], text: string): boolean {
  if (kind === 'network') return plainName.test(text) && (text === 'bridge' || isOwnNetwork(text))
  return kind === 'volume' ? plainName.test(text) : text.split('/').every((part) => plainName.test(part))
}

const plainName = /^[A-Za-z0-9][\w.-]*$/

/** Not one that every engine has. */
function isOwnNetwork(name: string): boolean {
  return !['', 'bridge', 'default', 'host', 'nat', 'none'].includes(name)
}
