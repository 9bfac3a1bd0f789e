import { IntermediateError } from './errors.js'

/**
 * A query as the engine reads it (Go's net/url): the first value of a name wins, `+` is a space. The result has no
 * prototype, so that a name is only there if the client sent it.
 * @throws IntermediateError 400 for a bad escape or a `;`, with which the engine reads something else or nothing
 */
export function parseQuery(target: string): Record<string, string | undefined> {
  const query = Object.create(null) as Record<string, string | undefined>
  const mark = target.indexOf('?')
  if (mark < 0) return query
  for (const pair of target.slice(mark + 1).split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    query[name] ??= equals < 0 ? '' : decode(pair.slice(equals + 1))
  }
  return query
}

function decode(text: string): string {
  try {
    if (!text.includes(';')) return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    // not UTF-8, or no escape at all: refused below
  }
  throw new IntermediateError(
    'ERR_BAD_REQUEST',
    400,
    `The query has ${JSON.stringify(text)}, which cannot be read: escape it as UTF-8.`,
  )
}
