import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The last pnpm that is plain JavaScript and runs on Node 20: 11 needs Node 22, 12 installs a native program. */
export const version = '10.34.8'

/** Runs pnpm, fetched by npm into npm's own cache. Silent, unless it fails: then that is the end. */
export function pnpm(...args) {
  run('npm', ['exec', '--yes', '--', `pnpm@${version}`, ...args])
}

/** Runs a program at the root of the workspace. Silent, unless it fails: then that is the end. */
export function run(command, args) {
  // On Windows npm is a batch file, which only a shell starts.
  const shell = process.platform === 'win32' && command === 'npm'
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell })
  if (status === 0) return
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`)
  console.error(`${[command, ...args].join(' ')} failed${error ? `: ${error.message}` : ''}.`)
  process.exit(1)
}
