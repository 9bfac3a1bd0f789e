import type { api, Call, Endpoint, Reply } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import type { Member } from './member.js'

/** True for what only a manager of a swarm answers. */
export function isOfSwarm(endpoint: Endpoint): boolean {
  return /^[A-Z]+ \/(configs|nodes|secrets|services|swarm|tasks)(\/|$)/.test(endpoint)
}

/** The first engine that is a manager of its swarm; the first of all where none is. */
export async function managerOf(set: EngineSet, call: Call): Promise<Member> {
  const { done } = await set.documents<api.SystemInfo>(call, {
    ask: (upstream) => upstream.ask(call, 'GET /info') as Promise<Reply>,
  })
  return done.find(({ said }) => said.Swarm?.ControlAvailable === true)?.engine ?? set.first
}
