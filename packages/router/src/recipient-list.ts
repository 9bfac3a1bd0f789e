import type { Call, Layer, OtherUpstream, Reply } from '@intermediate/core'
import { IntermediateError, reply } from '@intermediate/core'
import { finished } from 'node:stream/promises'
import { checkFunction, checkNoMore } from './at-start.js'
import { makeRepeatable } from './repeatable.js'
import type { Upstreams } from './upstreams.js'
import { NamedUpstreams } from './upstreams.js'
import { warning } from './warning.js'

/** What one upstream has answered, or why it has not. */
export type Answered =
  | { readonly name: string; readonly reply: Reply; readonly error?: undefined }
  | { readonly name: string; readonly reply?: undefined; readonly error: unknown }

/** Makes one reply of several. What it does not use of them is dropped. */
export type Aggregate = (answered: readonly Answered[], call: Call) => Reply | Promise<Reply>

/**
 * A layer that has several upstreams answer each call at the same time. `choose` names them; none: the call goes on as
 * without it. Bodies are read, up to 8 MiB (413 past it), and tunnels are not opened: what hijacks belongs to one.
 *
 * By default the reply is that of the first of them, in the order in which they were chosen, that did what it was asked,
 * once all have; a `Warning` field names each that did not, and why. Where none did, the first failure is the reply.
 *
 *     router.recipientList(() => ['a', 'b'], { a: 'tcp://a:2375', b: 'tcp://b:2375' })
 */
export function recipientList(
  choose: (call: Call) => readonly string[] | Promise<readonly string[]>,
  upstreams: Upstreams,
  aggregate: Aggregate = firstThatDid,
  ...more: never[]
): Layer {
  checkNoMore('recipientList()', more)
  const named = new NamedUpstreams('recipientList()', upstreams)
  checkFunction('recipientList()', 'choose', choose)
  checkFunction('recipientList()', 'aggregate', aggregate)
  const layer: Layer = async (call, next) => {
    const chosen = [...new Set(await choose(call))].map((name) => ({ name, to: named.get(name) }))
    if (chosen.length === 0) return next(call)
    await makeRepeatable(call)
    return aggregate(await Promise.all(chosen.map(({ name, to }) => answered(name, to, call))), call)
  }
  Object.defineProperty(layer, 'name', { value: 'recipientList' })
  return Object.assign(layer, { ready: named.ready, severalEngines: true })
}

async function answered(name: string, to: OtherUpstream, call: Call): Promise<Answered> {
  try {
    return { name, reply: await to.ask(call) }
  } catch (error) {
    if (error instanceof IntermediateError && error.status >= 500) return { name, error }
    throw error
  }
}

async function firstThatDid(all: readonly Answered[]): Promise<Reply> {
  const best = all.find((each) => each.reply?.ok) ?? all.find((each) => each.reply)
  const warnings: string[] = []
  for (const each of all) {
    if (each === best) continue
    const reason = await failureOf(each)
    if (reason !== undefined) warnings.push(warning(`${each.name}: ${reason}`))
  }
  if (best?.reply === undefined) return reply(502, { message: messageOf(all[0]!.error) })
  if (best.reply.ok && warnings.length > 0) best.reply.headers.set('Warning', warnings.join(', '))
  return best.reply
}

/** Read to its end: what was asked is done then. */
async function failureOf({ reply: each, error }: Answered): Promise<string | undefined> {
  if (each === undefined) return messageOf(error)
  if (!each.ok)
    return (await each.json().catch(() => ({ message: undefined }))).message ?? `status ${each.status}`
  try {
    await finished(each.body.resume())
    return undefined
  } catch (lost) {
    return messageOf(lost)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
