import { readFileSync } from 'node:fs'
import { commandHelp, programHelp } from './help.js'
import { nearest } from './nearest.js'
import type { Output } from './output.js'
import { UsageError } from './usage-error.js'

/** What a command ended with, after the shells' conventions; ended by a signal it is 128 + its number. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const

/** Runs `intermediate ARGS`, and resolves with its exit code when it is over. */
export async function command(args: readonly string[], output: Output): Promise<number> {
  try {
    return await dispatch(args, output)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    output.stderr.write(`intermediate: ${error.message}\n`)
    return exitCodes.usage
  }
}

async function dispatch([name, ...args]: readonly string[], output: Output): Promise<number> {
  switch (name) {
    case undefined:
      output.stderr.write(programHelp)
      return exitCodes.usage
    case '--help':
    case '-h':
    case 'help':
      output.stdout.write(helpOf(args))
      return exitCodes.done
    case '--version':
    case '-v':
      output.stdout.write(`${version()}\n`)
      return exitCodes.done
    case 'up': {
      const { readUpArguments } = await import('./up-arguments.js')
      const settings = readUpArguments(args, process.env)
      if (settings === 'help') {
        output.stdout.write(commandHelp.up)
        return exitCodes.done
      }
      const { up } = await import('./up.js')
      return exitCodes[await up(settings, output)]
    }
    case 'tap': {
      const { readTapArguments } = await import('./tap-arguments.js')
      const settings = readTapArguments(args)
      if (settings === 'help') {
        output.stdout.write(commandHelp.tap)
        return exitCodes.done
      }
      const { tap } = await import('./tap.js')
      return (await tap(settings, output)) ? exitCodes.done : exitCodes.failed
    }
    default:
      throw new UsageError(misunderstood(name))
  }
}

function helpOf([name, ...more]: readonly string[]): string {
  if (more.length > 0)
    throw new UsageError(
      `help is of one command, and was asked of ${[name, ...more].join(' and ')}: name one.`,
    )
  if (name === undefined) return programHelp
  if (name === 'up' || name === 'tap') return commandHelp[name]
  throw new UsageError(misunderstood(name))
}

function misunderstood(name: string): string {
  if (name.startsWith('-')) {
    return `the flag ${name} is none of intermediate itself: flags come after the command, as in "intermediate up ${name}".`
  }
  if (/[./\\]/.test(name))
    return `there is no command "${name}": to run a file, write "intermediate up ${name}".`
  const meant = nearest(name, ['up', 'tap', 'help'])
  return `there is no command "${name}": ${meant === undefined ? 'see' : `did you mean "intermediate ${meant}"? See`} "intermediate --help".`
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (manifest as { version: string }).version
}
