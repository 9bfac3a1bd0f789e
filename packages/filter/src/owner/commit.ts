import { idOrNobody } from './find.js'
import { claimName } from './image-names.js'
import { setLabel } from './labels.js'
import { Refused } from './refused.js'
import type { Rule } from './visit.js'

/**
 * An image of a container. Its changes are lines of a Dockerfile that come after the labels of the body, so the label is
 * the last of them, behind lines that cannot swallow it.
 */
export const commit: Rule = async (visit) => {
  const { query, owner, call } = visit
  query['container'] = await idOrNobody(visit, 'container', query['container'] ?? '')
  const repository = query['repo'] ?? ''
  if (repository !== '') await claimName(visit, repository, query['tag'])
  const changes = call.queryValues('changes').filter((change) => change.trim() !== '')
  for (const change of changes) checkChange(change)
  query['changes'] = [...changes, labelLine(owner)].join('\n')
  setLabel(await visit.body(), owner)
  return visit.forward()
}

/** A line that says whose an image is: neither holds what is expanded or ends a text. */
export function labelLine({ label, id }: { label: string; id: string }): string {
  return `LABEL ${label}="${id}"`
}

/** One line, no more: not a comment, which could hold a directive for the reader, and not the start of a longer one. */
function checkChange(change: string): void {
  if (/^\s*[a-z]+\s/i.test(change) && !/[\r\n]|[\\`]\s*$|<</.test(change)) return
  throw new Refused(
    403,
    `the change ${JSON.stringify(change)} is not allowed here: give one instruction on one line, without << and without a \\ or \` at its end`,
  )
}
