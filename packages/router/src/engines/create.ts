import type { api, Call, Reply } from '@intermediate/core'
import { messageOf, warningsOf } from './engine-set.js'
import type { Missing } from './engine-set.js'
import type { Member } from './member.js'
import type { Placement } from './placement.js'

/** Has an engine make a container, network or volume, and says so where one is down that may have one of its name. */
export async function create(
  placement: Placement,
  call: Call,
  note: (engine: Member, reply: Reply) => Promise<Reply>,
): Promise<Reply> {
  const { engine, missing } = await placement.ofObject(call)
  const answer = await note(engine, await engine.send(call))
  if (answer.ok && missing.length > 0)
    answer.headers.set('Warning', warningsOf({ failed: [], missing }).Warning!)
  if (call.endpoint !== 'POST /containers/create') return answer
  const image = (await call.json()).Image ?? ''
  if (answer.ok) {
    placement.noteImage(image, engine, true)
    return missing.length === 0 ? answer : warned(answer, missing, call.query.name ?? '')
  }
  if (answer.status !== 404) return answer
  const message = await messageOf(answer)
  if (!/no such image/i.test(message)) return answer
  placement.noteImage(image, engine, false)
  // Clients that do not pull by themselves leave that to who reads this.
  const told = (await (answer as Reply).json()) as { message?: string }
  told.message = `${message} on ${engine.name}, where the container is to be: pull it, which goes there for the next ten minutes, unless place says where`
  return answer
}

/** The docker CLI prints the warnings of the body, and none of a head. */
async function warned(answer: Reply, missing: readonly Missing[], name: string): Promise<Reply> {
  const told = (await answer.json()) as api.ContainerCreateResponse
  const down = missing.map(
    ({ engine }) =>
      `the engine ${engine.name} cannot be reached, and may have a container ${name}, too: that would be ${engine.name}/${name}`,
  )
  told.Warnings = [...(told.Warnings ?? []), ...down]
  return answer
}
