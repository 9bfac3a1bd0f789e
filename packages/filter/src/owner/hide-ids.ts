import { text } from 'node:stream/consumers'
import type { Reply } from '@intermediate/core'
import { find } from './find.js'
import type { Visit } from './visit.js'

/**
 * Takes ids of others out of what the engine says about a name that is taken: that it is cannot be hidden, the engine has
 * each but once. Whose it is can.
 * @param given what the client named, which it is told as it said it
 */
export async function hideIds(visit: Visit, reply: Reply, given: string): Promise<Reply> {
  const said = await text(reply.body)
  let shown = said
  for (const id of new Set(said.match(/(?<![0-9a-z])[0-9a-f]{12,64}(?![0-9a-z])/g)))
    if (!given.includes(id) && !(await isOwn(visit, id))) shown = shown.replaceAll(id, 'another’s')
  reply.body = shown
  return reply
}

async function isOwn(visit: Visit, id: string): Promise<boolean> {
  return ((await find.container(visit, id)) ?? (await find.network(visit, id))) !== undefined
}
