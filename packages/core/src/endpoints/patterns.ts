import { parse, pathToRegexp, type Token } from 'path-to-regexp'
import type { EndpointInfo } from './endpoint-types.js'
import { unknownEndpoint } from './endpoints.js'
import { everyEndpoint } from './private-endpoints.js'
import { configurationError, type IntermediateError } from '../errors.js'
import { nearestEndpoints } from './nearest-endpoints.js'

/**
 * The endpoints that patterns name, in the order of the table. A pattern is a method and a path,
 * `POST /containers/:id/exec`, and it selects by what the table says, never by what a request asks for:
 * - `*` for the method is every method;
 * - `:name`, whatever its name, is a parameter of the endpoint and never a fixed segment: `* /containers/:id` is not
 *   `/containers/create`. It means what it means there, so `/images/:name/json` is also `library/nginx`;
 * - `*name` is any part of a path, so `* /*rest` is the whole table, with the private endpoints that were declared by
 *   now; `{/json}` is a part that may be there;
 * - `unknown` is what the table does not have. Only its name selects it, no wildcard does.
 *
 * A pattern that selects nothing is an error that says which endpoints are near.
 */
export function select(
  patterns: string | readonly string[],
  table: readonly EndpointInfo[] = everyEndpoint(),
): readonly EndpointInfo[] {
  const list = typeof patterns === 'string' ? [patterns] : patterns
  if (list.length === 0) {
    throw configurationError('No endpoint is named: write at least one, such as "POST /containers/create".')
  }
  const selected = new Set(list.flatMap((pattern) => selectOne(pattern, table)))
  return [...selected].sort((a, b) => a.id - b.id)
}

/** The endpoints that patterns select by themselves, without a wildcard or an optional part: somebody has thought of them. */
export function selectNamed(patterns: string | readonly string[]): readonly EndpointInfo[] {
  const names = [patterns].flat().filter((pattern) => !/[*{]/.test(pattern))
  return names.length === 0 ? [] : select(names)
}

function selectOne(pattern: string, table: readonly EndpointInfo[]): readonly EndpointInfo[] {
  if (pattern === unknownEndpoint.key) return [unknownEndpoint]
  const [, method, path] = /^(\S+) (\/.*)$/.exec(pattern) ?? []
  if (method === undefined || path === undefined) throw withoutMethod(pattern)
  checkSpelling(pattern)
  const fits = pathTest(pattern, path)
  const selected = table.filter(
    (endpoint) => (method === '*' || method === endpoint.method) && fits(endpoint.path),
  )
  if (selected.length === 0) throw selectsNothing(pattern, table)
  return selected
}

/** A test for the table's own path texts, where `:id` is text that a parameter of a pattern must meet. */
function pathTest(pattern: string, path: string): (text: string) => boolean {
  try {
    const { regexp } = pathToRegexp(
      { tokens: withColons(parse(path).tokens) },
      { sensitive: true, trailing: false },
    )
    // `/networks/` ends in an empty segment, which a wildcard takes too; it must hold something to be seen by it.
    return (text) => regexp.test(text) || (text.endsWith('/') && regexp.test(`${text}\n`))
  } catch (error) {
    throw unreadable(pattern, error)
  }
}

function withColons(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token): Token[] => {
    if (token.type === 'param') return [{ type: 'text', value: ':' }, token]
    if (token.type === 'group') return [{ type: 'group', tokens: withColons(token.tokens) }]
    return [token]
  })
}

/** What other tools write, and what would be read here as something else. */
function checkSpelling(pattern: string): void {
  const braces = /\{(\w+)\}/
  if (braces.test(pattern)) {
    const colons = pattern.replaceAll(new RegExp(braces, 'g'), ':$1')
    throw configurationError(`The endpoint "${pattern}" has a parameter in braces: write "${colons}".`)
  }
  if (/\*(?!\w)/.test(pattern.slice(1))) {
    const named = pattern.slice(1).replaceAll(/\*+(?!\w)/g, '*rest')
    throw configurationError(
      `The endpoint "${pattern}" has a wildcard without a name: write "${pattern[0]}${named}".`,
    )
  }
  if (/[^/{]\*|[^/{]:/.test(pattern.slice(1))) {
    throw configurationError(
      `The endpoint "${pattern}" has a parameter or wildcard inside a segment: it must be a whole one, as in "/:id".`,
    )
  }
}

function withoutMethod(pattern: string): IntermediateError {
  const path = pattern.startsWith('/') ? pattern : '/containers/create'
  return configurationError(
    `The endpoint "${pattern}" must be a method and a path: write "POST ${path}", or "* ${path}" for every method.`,
  )
}

function unreadable(pattern: string, cause: unknown): IntermediateError {
  const [problem] = cause instanceof Error ? cause.message.split(';') : ['']
  return configurationError(`The endpoint "${pattern}" cannot be read: ${problem}.`, cause)
}

function selectsNothing(pattern: string, table: readonly EndpointInfo[]): IntermediateError {
  const near = nearestEndpoints(pattern, table).map((key) => `"${key}"`)
  return configurationError(
    `No endpoint of the Docker API matches "${pattern}": did you mean ${near.slice(0, -1).join(', ')} or ${near.at(-1)}?`,
  )
}
