import type { Call, Reply } from '@intermediate/core'
import { reply } from '@intermediate/core'
import type { EngineSet, Heard } from './engine-set.js'
import { failureOf, warningsOf } from './engine-set.js'
import { distinct } from './lists.js'
import type { Item } from './lists.js'
import { added } from './added.js'

/** What was pruned everywhere, or takes space anywhere. It takes as long as it takes; what was pruned is told at any rate. */
export async function sumUp(set: EngineSet, call: Call): Promise<Reply> {
  const answers = await set.documents<Parts>(call, { how: 'askPatiently' })
  const failure = answers.done.length > 0 && call.method === 'POST' ? undefined : failureOf(answers)
  if (failure !== undefined) return failure
  nameApart(answers.done)
  return reply(200, added(answers.done.map(({ said }) => said)) as object, warningsOf(answers))
}

/** Gives what takes space the names that it has in lists. */
function nameApart(done: readonly Heard<Parts>[]): void {
  const all = (list: Item[] | null | undefined, usage: Usage) => [...(list ?? []), ...(usage?.Items ?? [])]
  const containers = done.flatMap(({ engine, said }) =>
    all(said.Containers, said.ContainerUsage).map((item) => ({ engine, item })),
  )
  const volumes = done.flatMap(({ engine, said }) =>
    all(said.Volumes, said.VolumeUsage).map((item) => ({ engine, item })),
  )
  distinct(containers, 'Names')
  distinct(volumes, 'Name')
}

/** Lists until API 1.51, with their sums since; nothing of both where something was pruned. */
interface Parts {
  readonly Containers?: Item[] | null
  readonly ContainerUsage?: Usage
  readonly Volumes?: Item[] | null
  readonly VolumeUsage?: Usage
}

type Usage = { readonly Items?: Item[] | null } | null | undefined
