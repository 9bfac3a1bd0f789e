import { text } from 'node:stream/consumers'
import type { Reply } from '@intermediate/core'
import type { Kind } from './find.js'
import { find } from './find.js'
import type { Visit } from './visit.js'

/**
 * Takes ids of others, and the names that stand with them, out of what the engine says about what is taken: that it is
 * cannot be hidden, the engine has each but once. Whose it is can.
 * @param given what the client named, which it is told as it said it
 * @param kinds what the ids that are the owner's can be of
 */
export async function hideIds(
  visit: Visit,
  reply: Reply,
  given: string,
  kinds: readonly Kind[] = ['container', 'network'],
): Promise<Reply> {
  const said = await text(reply.body)
  const others = new Set<string>()
  for (const [, named, bare] of said.matchAll(ids)) {
    const id = named ?? bare ?? ''
    if (!given.includes(id) && !(await isOwn(visit, id, kinds))) others.add(id)
  }
  reply.body = said.replace(ids, (shown: string, named?: string, bare?: string) =>
    others.has(named ?? bare ?? '') ? 'another’s' : shown,
  )
  return reply
}

/** `'web' (1b2c…)`, and ids alone: whole ones and their starts, and those of a swarm. */
const ids =
  /'[^']*' \(([0-9a-f]{12,64}|[0-9a-z]{25})\)|(?<![0-9a-z])([0-9a-f]{12,64}|[0-9a-z]{25})(?![0-9a-z])/g

async function isOwn(visit: Visit, id: string, kinds: readonly Kind[]): Promise<boolean> {
  for (const kind of kinds) if ((await find[kind](visit, id)) !== undefined) return true
  return false
}
