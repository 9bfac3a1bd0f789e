import type { Call, Endpoint, Layer } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import type { Policy } from './policy.js'

/** A call that a policy in a dry run would have answered. */
export interface DryRunReport {
  readonly policy: string
  readonly endpoint: Endpoint
  readonly method: string
  /** As the engine reads what the client sent, without version and query. */
  readonly path: string
  /** What the client would have got; 500 where the policy failed. */
  readonly status: number
  readonly message: string
}

/**
 * Lets pass what the policy would refuse, and reports it: to find out what a policy would break before it does. It
 * protects nothing. A body that the policy reads and that is no JSON is refused all the same, since it cannot be sent
 * any more. What core refuses wherever there is a policy is not reported: what the API does not have, versions below 1.24,
 * and `POST /grpc` (buildx).
 *
 *     filter.dryRun(filter.unprivileged())
 *
 * @param report default: a line on stderr
 * @throws IntermediateError for a layer that is no `Policy`, such as `owner()`: it changes calls and replies, and what it
 * would do cannot be told without doing it
 */
export function dryRun(policy: Policy, report: (would: DryRunReport) => void = onStderr): Layer {
  if (typeof (policy as Partial<Policy>).refusal !== 'function')
    throw new IntermediateError(
      'ERR_CONFIGURATION',
      500,
      `dryRun() cannot be used with ${policy.name || 'this layer'}: it does more than to refuse, so there is no telling what it would do without doing it. Try it on a socket of its own.`,
    )
  const layer: Layer = async (call, next) => {
    const would = await answerOf(policy, call)
    if (would !== undefined) report({ policy: policy.name, ...whatOf(call), ...would })
    return next(call)
  }
  Object.defineProperty(layer, 'name', { value: `dryRun(${policy.name})` })
  return Object.assign(layer, { endpoints: policy.endpoints })
}

async function answerOf(
  policy: Policy,
  call: Call,
): Promise<{ status: number; message: string } | undefined> {
  try {
    const refusal = await policy.refusal(call)
    return refusal && { status: refusal.status, message: refusal.message }
  } catch (error) {
    return { status: 500, message: error instanceof Error ? error.message : String(error) }
  }
}

function whatOf({ endpoint, method, original }: Call): Pick<DryRunReport, 'endpoint' | 'method' | 'path'> {
  return { endpoint, method, path: original.path }
}

function onStderr({ policy, method, path, status, message }: DryRunReport): void {
  process.stderr.write(`${policy} would answer ${method} ${path} with ${status}: ${message}\n`)
}
