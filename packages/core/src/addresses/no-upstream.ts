import { Socket } from 'node:net'
import type { Upstream } from './upstream.js'

/** What stands where an upstream could not be found and none should be needed: connecting to it fails for that reason. */
export function noUpstream(reason: unknown): Upstream {
  return {
    name: 'nowhere',
    source: 'the default, which cannot be used',
    connectEvent: 'connect',
    connect: () => new Socket().destroy(reason instanceof Error ? reason : new Error(String(reason))),
  }
}
