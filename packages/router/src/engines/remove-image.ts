import type { Call, Reply } from '@intermediate/core'
import { IntermediateError, reply } from '@intermediate/core'
import { messageOf, warningsOf } from './engine-set.js'
import type { Finder } from './finder.js'
import type { Member } from './member.js'

/**
 * Takes an image from every engine that has it. Where one of them refuses or is lost, that is the answer, which says what
 * the others did.
 */
export async function removeImage(finder: Finder, call: Call<'DELETE /images/:name'>): Promise<Reply> {
  const { engines, answers } = await finder.having(call, 'image', call.params.name)
  const warnings = warningsOf({ failed: [], missing: answers.missing })
  if (engines.length === 1) return warned(await engines[0]!.send(call), warnings)
  if (engines.length === 0) return (await finder.find(call, 'image', call.params.name)).engine.send(call)
  const removed: unknown[] = []
  const done: Member[] = []
  for (const engine of engines) {
    const { status, message, items } = await removeFrom(engine, call)
    if (items === undefined) {
      const others =
        done.length === 0 ? '' : ` (It was removed on ${done.map(({ name }) => name).join(' and ')}.)`
      return reply(status, { message: `on ${engine.name}: ${message}${others}` })
    }
    removed.push(...items)
    done.push(engine)
  }
  return reply(200, removed, warnings)
}

function warned(answer: Reply, { Warning }: Record<string, string>): Reply {
  if (Warning !== undefined) answer.headers.set('Warning', Warning)
  return answer
}

interface Removal {
  readonly status: number
  readonly message?: string
  readonly items?: readonly unknown[]
}

async function removeFrom(engine: Member, call: Call<'DELETE /images/:name'>): Promise<Removal> {
  try {
    return await engine.askPatiently<Removal>(call, {
      ask: (upstream) => upstream.ask(call) as Promise<Reply>,
      hear: async (each) =>
        each.ok
          ? { status: each.status, items: (await each.json()) as readonly unknown[] }
          : { status: each.status, message: await messageOf(each) },
    })
  } catch (error) {
    if (error instanceof IntermediateError && error.status >= 500) return error
    throw error
  }
}
