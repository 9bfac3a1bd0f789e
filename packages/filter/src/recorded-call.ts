import type { IntermediateError } from '@intermediate/core'
import { configurationError } from './settings.js'

/**
 * A call as it was written down: with its `target`, or in the words in which a wire tap tells of it (a `call` event, to
 * which the JSON of its `body` event is added) and an observer (`CallRecord`, which has no query and no body).
 */
export type RecordedCall = (WrittenTarget | ToldTarget) & {
  readonly method: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** An object stands for its JSON. */
  readonly body?: string | Uint8Array | object | undefined
}

interface WrittenTarget {
  /** The request target, with version and query: `/v1.45/containers/create?name=web`. */
  readonly target: string
}

interface ToldTarget {
  /** Decoded, without version and query. */
  readonly path: string
  readonly version?: string | undefined
  readonly query?: Readonly<Record<string, string | readonly string[]>> | undefined
}

/** @throws IntermediateError for what is no call: a line about something else */
export function targetOf(call: RecordedCall): string {
  if (typeof call !== 'object' || call === null) throw noCall('method')
  if (typeof call.method !== 'string') throw noCall('method')
  if ('target' in call && typeof call.target === 'string') return call.target
  if (!('path' in call) || typeof call.path !== 'string') throw noCall('target or path')
  const { path, version, query = {} } = call
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(each)}`),
  )
  const prefix = version === undefined ? '' : `/v${version}`
  const mark = pairs.length === 0 ? '' : '?'
  return `${prefix}${path.split('/').map(encodeURIComponent).join('/')}${mark}${pairs.join('&')}`
}

function noCall(missing: string): IntermediateError {
  return configurationError(
    `explain() was given a call without a ${missing}: give it { method, target }, or a "call" event of a wire tap.`,
  )
}
