import type { Call, Reply } from '@intermediate/core'
import { refused } from '../refused.js'
import type { EngineSet } from './engine-set.js'
import { warningsOf } from './engine-set.js'
import type { Finder } from './finder.js'
import { checkName } from './placement.js'

/**
 * Gives a container a name that no other engine has, as where it is made; `engine/name` may be one that others have.
 * @throws IntermediateError 409 where it is another's, and where the engine is not that of the container
 */
export async function rename(
  set: EngineSet,
  finder: Finder,
  call: Call<'POST /containers/:id/rename'>,
): Promise<Reply> {
  const { engine, name } = await finder.find(call, 'container', call.params.id)
  const text = (call.query.name ?? '').replace(/^\//, '')
  const wanted = set.split(text)
  if (wanted.engine !== undefined && wanted.engine !== engine)
    throw refused(
      call,
      409,
      `the container is on ${engine.name}, and cannot be ${text}: say ${engine.name}/${wanted.name}`,
    )
  let warnings: Record<string, string> = {}
  if (wanted.engine === undefined && text !== '') {
    const { engines, isExact, answers } = await finder.having(call, 'container', text)
    checkName(call, 'container', text, isExact ? engines : [], engine)
    warnings = warningsOf({ failed: [], missing: answers.missing })
  }
  call.params.id = name
  if (wanted.engine !== undefined) call.query.name = wanted.name
  const answer = await engine.send(call)
  if (warnings.Warning !== undefined && answer.ok) answer.headers.set('Warning', warnings.Warning)
  return answer
}
