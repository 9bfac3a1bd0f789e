import type { Call, Checked, Patterns, ReadCall, Selected } from '@intermediate/core'
import { readCall } from '@intermediate/core'
import type { Policy } from './policy.js'
import { policy } from './policy.js'
import { checkFunction } from './settings.js'
import type { Verdict } from './verdict.js'

/**
 * A layer that lets pass what `judge` says true to, and answers everything else with a refusal that the docker CLI
 * prints. `call.body` is the body where the endpoint takes JSON: what was judged is what is sent.
 *
 *     filter('POST /containers/create', ({ body }) => !!body.Labels?.ticket || 'say what it is for: --label ticket=…')
 *
 * A judge that throws, or says anything but a `Verdict`, denies.
 */
export function judgeCalls<const P extends Patterns>(
  endpoints: P & Checked<P>,
  judge: (call: ReadCall<Selected<P>>) => Verdict | false | Promise<Verdict | false>,
): Policy {
  checkFunction('filter()', 'judge', judge)
  const judged = async (call: Call) => judge((await readCall(call)) as ReadCall<Selected<P>>)
  return policy(judge.name || 'filter', [endpoints].flat() as string[], judged)
}
