import { inspect } from 'node:util'
import type { Call, Endpoint, Layer } from '@intermediate/core'
import { IntermediateError } from '@intermediate/core'
import type { Policy } from './policy.js'
import { rehearsal } from './rehearsal.js'
import { configurationError } from './settings.js'

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
 * protects nothing, and what passes is as it came, also where the policy could not read it. What core refuses wherever
 * there is a policy is not reported: what the API does not have, versions below 1.24, and `POST /grpc` (buildx). What core
 * refuses of any call that a layer is for, a form for a body, is refused here too.
 *
 *     filter.dryRun(filter.unprivileged())
 *
 * @param report default: a line on stderr. What it throws is told there, and the call passes
 * @throws IntermediateError for a layer that is no `Policy`, such as `owner()`: it changes calls and replies, and what it
 * would do cannot be told without doing it
 */
export function dryRun(policy: Policy, report: (would: DryRunReport) => unknown = onStderr): Layer {
  if (typeof policy !== 'function')
    throw configurationError(
      'dryRun() was given no policy: give it the one to try, as in dryRun(filter.unprivileged()).',
    )
  if (typeof (policy as Partial<Policy>).refusal !== 'function')
    throw configurationError(
      `dryRun() cannot be used with ${(policy as Layer).name || 'this layer'}: it does more than to refuse, so there is no telling what it would do without doing it. Try it on a socket of its own.`,
    )
  if (typeof report !== 'function')
    throw configurationError(
      'dryRun() was given a report that is none: give it a function that is told of each call.',
    )
  const name = `dryRun(${policy.name})`
  const layer: Layer = async (call, next) => {
    const tried = rehearsal(call)
    const would = await answerOf(policy, tried.call)
    tried.restore()
    if (would !== undefined) void told(name, report, { policy: policy.name, ...whatOf(call), ...would })
    return next(call)
  }
  Object.defineProperty(layer, 'name', { value: name })
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
    const status = error instanceof IntermediateError ? error.status : 500
    return { status, message: error instanceof Error ? error.message : String(error) }
  }
}

function whatOf({ endpoint, method, original }: Call): Pick<DryRunReport, 'endpoint' | 'method' | 'path'> {
  return { endpoint, method, path: original.path }
}

/** Nobody's call waits for it, or fails by it. */
async function told(
  name: string,
  report: (would: DryRunReport) => unknown,
  would: DryRunReport,
): Promise<void> {
  try {
    await report(would)
  } catch (error) {
    process.stderr.write(`intermediate: the report of ${name} failed: ${inspect(error)}\n`)
  }
}

function onStderr({ policy, method, path, status, message }: DryRunReport): void {
  process.stderr.write(`${policy} would answer ${method} ${path} with ${status}: ${message}\n`)
}
