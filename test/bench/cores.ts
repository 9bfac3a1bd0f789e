import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Who runs on which core; undefined where there is only one, or no way to choose. */
export interface Cores {
  /** The proxy, alone. */
  readonly proxy: number | undefined
  readonly load: number | undefined
  /** With the load generator, unless there is a third core. */
  readonly origin: number | undefined
}

export function chooseCores(): Cores {
  const allowed = allowedCores()
  const none = { proxy: undefined, load: undefined, origin: undefined }
  if (allowed.length < 2 || spawnSync('taskset', ['--version']).error !== undefined) return none
  const [proxy, load, origin = load] = allowed
  return { proxy, load, origin }
}

/** The command that runs this on one core, with its arguments. */
export function pinned(
  core: number | undefined,
  command: string,
  args: readonly string[],
): [command: string, args: string[]] {
  return core === undefined ? [command, [...args]] : ['taskset', ['-c', String(core), command, ...args]]
}

/** The cores that this process may use, of a list like `0-3,8`. */
function allowedCores(): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}
