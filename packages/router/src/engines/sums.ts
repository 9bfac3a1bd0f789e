import type { Call, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { EngineSet } from './engine-set.js'
import { failureOf, warningsOf } from './engine-set.js'
import { sum } from './sum.js'

/** What was pruned everywhere, or takes space anywhere. It takes as long as it takes; what was pruned is told at any rate. */
export async function sumUp(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.documents(call, undefined, 'askPatiently')
  const failure = answers.done.length > 0 && call.method === 'POST' ? undefined : failureOf(answers)
  if (failure !== undefined) return failure
  return reply(200, sum(answers.done.map(({ said }) => said)) as object, warningsOf(answers))
}
