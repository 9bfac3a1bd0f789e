import type { Policy } from '../policy.js'
import { allowList } from './allow-list.js'
import type { Rule } from './rule.js'
import { listed, never, ruled } from './rule.js'

/**
 * Lets containers run with these runtimes beside the engine's default one:
 *
 *     filter.runtimes(['runsc', 'annotation:com.example.trace'])
 *
 * `annotation:NAME` allows an annotation, which the runtime interprets, `isolation:NAME` one of Windows. The default, an
 * empty list, allows none. The engine is asked for its default (`GET /info`), since it lists that as if it had been named.
 *
 * Covered: create, services, and containers that are there already, before anyone gets into them (exec, attach, start,
 * restart, cp, update).
 * @throws IntermediateError for what is no name
 */
export function runtimes(allowed: readonly string[] = []): Policy {
  return ruled('runtimes', [runtimeRule(allowed), never('unreadable')])
}

export function runtimeRule(allowed: readonly string[]): Rule {
  return listed('runtime', allowList('runtimes', allowed, /^\S+$/, 'runsc'), 'leave it out')
}
