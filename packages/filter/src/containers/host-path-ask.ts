import { posix } from 'node:path'
import type { Item } from './ask.js'

/** A path of the host that a container gets to see. */
export function hostPath(path: string, writes: boolean): Item {
  if (!path.startsWith('/')) return hiddenMount(`the mount of ${path || 'an unnamed path'}`)
  const name = posix.normalize(path).replace(/(.)\/$/, '$1')
  return { topic: 'hostPath', name, what: `the host path ${name}`, writes }
}

/** A mount of which nobody here can say what of the host it shows. */
export function hiddenMount(what: string): Item {
  return { topic: 'hostPath', name: '', what, writes: true }
}
