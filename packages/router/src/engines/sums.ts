import type { Call, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import { largest, nobody, warningsOf } from './engine-set.js'
import { sum } from './sum.js'

/** What was pruned everywhere, or takes space anywhere. It takes as long as it takes. */
export async function sumUp(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.askAll(call, undefined, false)
  if (answers.done.length === 0) return nobody(answers)
  const documents = await Promise.all(answers.done.map(({ reply: each }) => each.json(largest)))
  return reply(200, sum(documents) as object, await warningsOf(answers))
}
