import type { Ask, Item } from './ask.js'
import { containerTopics } from './ask.js'
import type { Reader } from './fields.js'
import { text } from './fields.js'
import type { Inquiry } from './inquiry.js'
import { hostNetwork, network } from './networks.js'

export type NamespaceKind = 'network' | 'pid' | 'ipc' | 'uts' | 'userns' | 'cgroup'

/** Modes that give a container a namespace of its own. */
const ownModes: Readonly<Record<NamespaceKind, readonly string[]>> = {
  network: [],
  pid: [],
  ipc: ['none', 'private', 'shareable'],
  uts: [],
  userns: [],
  cgroup: ['private'],
}

/**
 * A mode that says in which namespace a container is. One of another container stands with all that this one has: who
 * shares its processes or network has it too. Of two names for a container the one that was looked at is what is sent.
 */
export function namespaceMode(
  kind: NamespaceKind,
  mode: string,
  pin: (pinned: string) => void,
): readonly Item[] {
  if (mode === '' || ownModes[kind].includes(mode)) return []
  if (mode === 'host') return [kind === 'network' ? hostNetwork : hostNamespace(kind)]
  if (mode.startsWith('container:')) {
    const ask: Ask = {
      topic: 'namespace',
      name: `${kind}:container`,
      what: `the ${kind} namespace of another container`,
    }
    const container = mode.slice('container:'.length)
    return [ask, { topics: containerTopics, container, pin: (id) => pin(`container:${id}`) }]
  }
  if (kind === 'network') return network(mode)
  return [{ topic: 'namespace', name: '', what: `the ${kind} mode ${mode}` }]
}

export function hostNamespace(kind: NamespaceKind): Ask {
  return { topic: 'namespace', name: `${kind}:host`, what: `the ${kind} namespace of the host` }
}

/** A mode that names no container. */
export function mode(kind: 'uts' | 'userns' | 'cgroup'): Reader {
  return text((value) => namespaceMode(kind, value, () => {}))
}

/**
 * The cgroup namespace of a container that is there. With cgroup v1 the engine gives it the host's if nobody asks for
 * another, so that it says nothing there.
 */
export const foundCgroupNamespace = text((value) => {
  const items = namespaceMode('cgroup', value, () => {})
  if (value !== 'host') return items
  const answer = async (inquiry: Inquiry) => {
    const { CgroupVersion } = await inquiry.info()
    return CgroupVersion === '2' ? items : []
  }
  return [{ topics: ['namespace'], answer }]
})

/** Where in the host's tree of cgroups a container is, and so whose limits it has. */
export const cgroupParent = text((value) => [
  { topic: 'namespace', name: `cgroup-parent:${value}`, what: `the cgroup parent ${value}` },
])

/** `HostConfig.Cgroup`, the cgroup of another container. */
export const cgroup = text((value) => [{ topic: 'namespace', name: '', what: `the cgroup ${value}` }])
