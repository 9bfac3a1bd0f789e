import type { RedactOptions } from './redact.js'
import { checkCount, checkFlag, checkNames, settingError } from './settings.js'

export interface WireTapOptions {
  /** The calls to look at, as patterns. Default: every call. */
  endpoints?: string | readonly string[]
  /**
   * In bytes, how large a JSON body or item is at most of which the sink is told. 0: of none.
   * @default 65_536
   */
  bodies?: number
  /**
   * Whether the sink is told what clients type into attach and exec, in which passwords are.
   * @default true
   */
  stdin?: boolean
  /**
   * In bytes, how much waits for the sink at most: content, and 512 bytes for each event and each call that is under way.
   * Past that, events are dropped and counted.
   * @default 8 MiB
   */
  queue?: number
  /** What is left out besides what always is. */
  redact?: RedactOptions
  /** Told of what the sink throws; the event is lost. Default: a line on stderr, once a minute for the same. */
  onError?: (error: unknown) => unknown
}

const where = 'wireTap()'

/** @throws IntermediateError for what cannot be used */
export function checkOptions(sink: unknown, options: WireTapOptions): void {
  if (typeof sink !== 'function')
    throw settingError(`${where} takes a sink, such as terminal(), and not ${String(sink)}.`)
  checkNames(where, options, ['endpoints', 'bodies', 'stdin', 'queue', 'redact', 'onError'])
  checkCount(where, 'bodies', options.bodies, 0, 'bytes')
  checkCount(where, 'queue', options.queue, 4096, 'bytes')
  checkFlag(where, 'stdin', options.stdin)
  if (options.redact === undefined) return
  checkNames(`${where} redact`, options.redact, ['env', 'headers'])
  checkFlag(`${where} redact`, 'env', options.redact.env)
  const { headers } = options.redact
  if (headers !== undefined && !(Array.isArray(headers) && headers.every((name) => typeof name === 'string')))
    throw settingError(`${where} redact was given the headers ${String(headers)}: give a list of names.`)
}
