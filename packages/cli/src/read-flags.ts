import { parseArgs } from 'node:util'
import { flagUsage } from './flags.js'
import type { Flags } from './flags.js'
import { nearest } from './nearest.js'
import { UsageError } from './usage-error.js'

type Read<F extends Flags> = ReturnType<
  typeof parseArgs<{ args: string[]; options: F; allowPositionals: true; strict: true }>
>

/** The values of a command's flags, by their names. */
export type FlagValues<F extends Flags> = Read<F>['values']

/** @throws UsageError for a flag that the command does not have, that lacks its value, or has one that it does not take */
export function readFlags<const F extends Flags>(
  args: readonly string[],
  flags: F,
  command: string,
): Read<F> {
  try {
    return parseArgs({
      args: withNegatives(args, flags),
      options: flags,
      allowPositionals: true,
      strict: true,
    })
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) {
      throw new UsageError(misread(String(error.code), error.message, flags, command), { cause: error })
    }
    throw error
  }
}

/** A number below zero is a value, and no flag, as `parseArgs` would take it for: what is wrong with it is said of it. */
function withNegatives(args: readonly string[], flags: Flags): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const last = joined.at(-1) ?? ''
    const takesIt = last.startsWith('--') && flags[last.slice(2)]?.type === 'string'
    if (takesIt && /^-\d/.test(arg)) joined[joined.length - 1] = `${last}=${arg}`
    else joined.push(arg)
  }
  return joined
}

/** The value of a flag that has one at most. */
export function single<N extends string>(
  values: { readonly [name in N]?: readonly string[] | undefined },
  name: N,
): string | undefined {
  const [value, second] = values[name] ?? []
  if (second === undefined) return value
  throw new UsageError(`--${name} is there twice: give it once.`)
}

/** Of the messages of `parseArgs` only the flag is needed: `Option '-h, --help' does not take an argument`. */
function misread(code: string, message: string, flags: Flags, command: string): string {
  const flag = /'(?:-\w, )?(-[^' ]*)/.exec(message)?.[1] ?? message
  const name = flag.replace(/^-+/, '')
  const known = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? undefined : flags[name]
  if (known === undefined) {
    const meant = nearest(name, Object.keys(flags))
    return `there is no flag ${flag}: ${meant === undefined ? `see "intermediate ${command} --help".` : `did you mean --${meant}?`}`
  }
  return known.type === 'boolean'
    ? `--${name} takes no value: leave it out.`
    : `--${name} needs a value: write ${flagUsage(name, known)}.`
}
