import type { Call, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import { messageOf } from './engine-set.js'
import type { Finder } from './finder.js'
import type { Member } from './member.js'

/**
 * Takes an image from every engine that has it. Where one of them refuses, that is the answer, which says what the
 * others did.
 * @throws IntermediateError 502 where none that answers has it, and one that is down may
 */
export async function removeImage(finder: Finder, call: Call<'DELETE /images/:name'>): Promise<Reply> {
  const { engines } = await finder.having(call, 'image', call.params.name)
  const [first] = engines
  if (first === undefined) return (await finder.find(call, 'image', call.params.name)).engine.send(call)
  if (engines.length === 1) return first.send(call)
  const removed: unknown[] = []
  const done: Member[] = []
  for (const engine of engines) {
    const each = await engine.ask(call, (upstream) => upstream.ask(call))
    if (!each.ok) {
      const others =
        done.length === 0 ? '' : ` (It was removed on ${done.map(({ name }) => name).join(' and ')}.)`
      return reply(each.status, { message: `on ${engine.name}: ${await messageOf(each)}${others}` })
    }
    removed.push(...((await each.json()) as readonly unknown[]))
    done.push(engine)
  }
  return reply(200, removed)
}
