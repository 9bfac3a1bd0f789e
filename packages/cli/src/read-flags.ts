import { parseArgs } from 'node:util'
import { nearest } from './nearest.js'
import { flagUsage, upFlags } from './up-flags.js'
import type { UpFlag } from './up-flags.js'
import { UsageError } from './usage-error.js'

export type UpValues = ReturnType<typeof readFlags>['values']

/** @throws UsageError for a flag that does not exist, lacks its value, or has one that it does not take */
export function readFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: upFlags, allowPositionals: true, strict: true })
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) {
      throw new UsageError(misread(String(error.code), error.message), { cause: error })
    }
    throw error
  }
}

/** The value of a flag that has one at most. */
export function single(
  values: UpValues,
  name: Exclude<UpFlag, 'json' | 'insecure' | 'or-memory' | 'help'>,
): string | undefined {
  const [value, second] = values[name] ?? []
  if (second === undefined) return value
  throw new UsageError(`--${name} is there twice: give it once.`)
}

/** Of the messages of `parseArgs` only the flag is needed: `Option '-h, --help' does not take an argument`. */
function misread(code: string, message: string): string {
  const flag = /'(?:-\w, )?(-[^' ]*)/.exec(message)?.[1] ?? message
  const name = flag.replace(/^-+/, '')
  if (!(name in upFlags) || code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const meant = nearest(name, Object.keys(upFlags))
    return `there is no flag ${flag}: ${meant === undefined ? 'see "intermediate up --help".' : `did you mean --${meant}?`}`
  }
  const known = name as UpFlag
  return upFlags[known].type === 'boolean'
    ? `--${known} takes no value: leave it out.`
    : `--${known} needs a value: write ${flagUsage(known)}.`
}
