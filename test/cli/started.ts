import type { TemporaryFolder } from '@intermediate/testing'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'

/** `intermediate`, from its sources, as a process of its own that is ended with the test. */
export interface Started extends AsyncDisposable {
  readonly stdout: string
  readonly stderr: string
  /** The exit code, or the signal that ended it, when all of its output is here. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Waits for something in its output. Fails, showing the output, where it ends before. */
  prints(sought: string | RegExp): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Closes its stdout, as a reader does that leaves. */
  stopReading(): void
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** On a terminal, which needs the command `script`. */
  readonly terminal?: boolean
  /** The published program, as the last build left it. */
  readonly built?: boolean
}

export function start(args: readonly string[], options: StartOptions = {}): Started {
  const program = [process.execPath, ...(options.built ? builtProgram : sourceProgram), ...args]
  const [command = '', ...rest] = options.terminal ? onTerminal(program) : program
  // A process group of its own: with `script`, there are two to end.
  const child = spawn(command, rest, { cwd: options.cwd, env: environment(options.env), detached: true })
  const output = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const look of waiting) look()
    })
  }
  child.stdin.end()
  let isOver = false
  const ended = once(child, 'close').then(([code, signal]: (number | NodeJS.Signals | null)[]) => {
    isOver = true
    for (const look of waiting) look()
    return code ?? (signal as NodeJS.Signals)
  })
  const signalAll = (signal: NodeJS.Signals) => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, signal)
    }
  }
  // A test that takes too long is left behind where it waits, with what it would have disposed of.
  onTestFinished(() => signalAll('SIGKILL'))
  return {
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    ended,
    prints: (sought) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const text = output.stdout + output.stderr
          if (typeof sought === 'string' ? text.includes(sought) : sought.test(text)) resolve()
          else if (isOver) reject(new Error(`It ended without printing ${String(sought)}:\n${text}`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
    signal: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout.destroy(),
    [Symbol.asyncDispose]: async () => {
      if (isOver) return
      // SIGTERM, so that it removes what it has made; but `script` does not pass that on.
      signalAll(options.terminal ? 'SIGKILL' : 'SIGTERM')
      const kill = setTimeout(() => signalAll('SIGKILL'), 2_000)
      await ended
      clearTimeout(kill)
    },
  }
}

/** Lets files in a folder import the core package, as `npm install` would. */
export async function installCore(folder: TemporaryFolder): Promise<void> {
  await mkdir(folder.file('node_modules/@intermediate'), { recursive: true })
  await symlink(corePackage, folder.file('node_modules/@intermediate/core'))
}

export const corePackage = fileURLToPath(new URL('../../packages/core', import.meta.url))

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const sourceProgram = [
  '--conditions=@intermediate/source',
  `--import=${tsx}`,
  fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url)),
]
const builtProgram = [fileURLToPath(new URL('../../packages/cli/bin/intermediate.js', import.meta.url))]

function onTerminal(program: readonly string[]): string[] {
  const line = program.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  return ['script', '--quiet', '--return', '--command', `exec ${line}`, '/dev/null']
}

/** Without what the tests' own environment says of docker and of colours, and without how vitest was started. */
function environment(given: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(DOCKER|INTERMEDIATE|NODE|VITEST|VITE|NO_COLOR|FORCE_COLOR|DEBUG|CI$)/.test(name),
  )
  return {
    ...Object.fromEntries(own),
    TERM: 'xterm',
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    ...given,
  }
}
