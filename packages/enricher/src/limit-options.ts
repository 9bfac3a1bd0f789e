import { checkOptions, settingError } from './settings.js'

export interface LimitsOptions {
  /** In bytes, or as docker writes it: `'512m'`, `'2g'`. At least 6 MiB. */
  memory?: Limit<number | string>
  /** In CPUs: `1.5`. At least 0.01. */
  cpus?: Limit<number>
  /** Processes and threads. */
  pids?: Limit<number>
}

export interface Limit<T> {
  /** For what asks for no limit. Default: `max`. */
  default?: T
  /** No more than that, whatever is asked for. Default: no ceiling. */
  max?: T
}

export interface Bound {
  /** For what says nothing; undefined: that stays as it is. */
  readonly default: number | undefined
  readonly max: number | undefined
}

export interface Bounds {
  /** In bytes. */
  readonly memory: Bound | undefined
  readonly cpus: Bound | undefined
  readonly pids: Bound | undefined
}

/** @throws IntermediateError for what is no limit */
export function readLimits(options: LimitsOptions): Bounds {
  checkOptions('limits', options, ['memory', 'cpus', 'pids'])
  const bounds = {
    memory: bound('memory', options.memory, bytes),
    cpus: bound('cpus', options.cpus, (value) => isNumber(value) && value >= 0.01 && value),
    pids: bound(
      'pids',
      options.pids,
      (value) => isNumber(value) && Number.isInteger(value) && value > 0 && value,
    ),
  }
  if (Object.values(bounds).every((each) => each === undefined))
    throw settingError('enricher.limits() was given no limit: give it memory, cpus or pids.')
  return bounds
}

/**
 * How much of something a container gets; undefined: as much as it likes.
 * @param asked 0: nothing was said; negative: unlimited
 */
export function within(bound: Bound, asked: number): number | undefined {
  const wanted = asked > 0 ? asked : asked === 0 ? bound.default : bound.max
  return wanted === undefined || bound.max === undefined ? wanted : Math.min(wanted, bound.max)
}

function bound<T>(
  name: string,
  limit: Limit<T> | undefined,
  read: (value: unknown) => number | false,
): Bound | undefined {
  if (limit === undefined) return undefined
  checkOptions('limits', limit, ['default', 'max'])
  const [first, max] = [limit.default, limit.max].map((value) => {
    const number = value === undefined ? undefined : read(value)
    if (number === false)
      throw settingError(`${JSON.stringify(value)} is no limit of ${name}: ${forms[name]}.`)
    return number
  })
  if (first === undefined && max === undefined)
    throw settingError(`The limit of ${name} says nothing: give it a default, a max, or both.`)
  if (first !== undefined && max !== undefined && first > max)
    throw settingError(
      `The default of ${name} is above its max: give it one of at most ${String(limit.max)}.`,
    )
  return { default: first ?? max, max }
}

const forms: Readonly<Record<string, string>> = {
  memory: 'give bytes, or text such as "512m", of at least 6 MiB',
  cpus: 'give a number of at least 0.01',
  pids: 'give a whole number above 0',
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** The units of docker's own sizes: powers of 1024, however they are written. */
const units = 'bkmgtp'

function bytes(value: unknown): number | false {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(String(value)) ?? []
  const power = Math.max(0, units.indexOf(unit.toLowerCase() || 'b'))
  const size = digits === '' ? 0 : Math.floor(Number(digits) * 1024 ** power)
  return size >= 6 * 1024 ** 2 && Number.isSafeInteger(size) && size
}
