import type { Call, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import { nobody, warningsOf } from './engine-set.js'
import { sum } from './sum.js'

/** What was pruned everywhere, or takes space anywhere. It takes as long as it takes. */
export async function sumUp(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.documents(call, undefined, 'askPatiently')
  if (answers.done.length === 0) return nobody(answers)
  return reply(200, sum(answers.done.map(({ said }) => said)) as object, warningsOf(answers))
}
