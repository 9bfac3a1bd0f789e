import type { Checked, Patterns } from '@intermediate/core'
import { selectEndpoints } from '@intermediate/core'
import type { Policy } from './policy.js'
import { policy } from './policy.js'
import { configurationError } from './settings.js'

/**
 * Lets calls of these endpoints pass and refuses all others. It judges endpoints, not what is asked of them: who may
 * create containers may create privileged ones, until another policy says no.
 *
 *     filter.allow(['GET /_ping', 'GET /containers/json', 'GET /containers/:id/{*rest}'])
 *
 * @throws IntermediateError where a pattern selects no endpoint
 */
export function allow<const P extends Patterns>(endpoints: P & Checked<P>): Policy {
  return allowing('allow', [endpoints].flat() as string[])
}

/** The same under another name. */
export function allowing(name: string, patterns: readonly string[]): Policy {
  const allowed = keys(name, patterns)
  return policy(
    name,
    ['* /*rest', ...patterns],
    ({ endpoint, method, original }) =>
      allowed.has(endpoint) || `${method} ${original.path} is not allowed here`,
  )
}

/**
 * Refuses calls of these endpoints and lets all others of the API pass. What can be had by several endpoints has to be
 * named in all its ways: prefer `allow`, or a policy that knows them.
 *
 *     filter.deny(['* /swarm{/*rest}', 'POST /containers/:id/exec'])
 *
 * @throws IntermediateError where a pattern selects no endpoint
 */
export function deny<const P extends Patterns>(endpoints: P & Checked<P>): Policy {
  const patterns = [endpoints].flat() as string[]
  keys('deny', patterns)
  return policy('deny', patterns, ({ method, original }) => `${method} ${original.path} is not allowed here`)
}

function keys(name: string, patterns: readonly string[]): ReadonlySet<string> {
  const selected = new Set<string>(selectEndpoints(patterns).map(({ key }) => key))
  if (selected.has('unknown'))
    throw configurationError(
      `${name}() cannot name "unknown": what is no endpoint of the API is refused wherever there is a policy.`,
    )
  return selected
}
