import { flagUsage } from './flags.js'
import type { Flag, Flags } from './flags.js'
import { tapFlags } from './tap-flags.js'
import { upFlags } from './up-flags.js'

export const programHelp = `Usage: intermediate COMMAND

Commands:
  up [FILE]      Run an intermediate in front of Docker
  tap ADDR       Watch what passes one that was started with --tap ADDR
  help COMMAND   Show what a command takes

Options:
  -h, --help     Show this, or with a command what it takes
  -v, --version  Show the version
`

const upHelp = `Usage: intermediate up [FILE] [OPTIONS]

Runs an intermediate in front of Docker. FILE is a module, TypeScript too, whose default export is an intermediate;
without it, every call passes through untouched.

Options:
${flagsHelp(upFlags)}
On SIGINT or SIGTERM, calls under way may finish; a second signal ends it at once.
Exit codes: 0 when stopped, 1 when it cannot run, 2 when the command line is not understood, 130 or 143 when ended at
once.
`

const tapHelp = `Usage: intermediate tap ADDR [OPTIONS]

Watches the calls that pass an intermediate, their JSON, and what attach, exec and logs carry, from when they begin.
ADDR is what "intermediate up --tap ADDR" printed: unix:///path, tcp://host:port or npipe:////./pipe/name.

Options:
${flagsHelp(tapFlags)}
Exit codes: 0 when you or the intermediate stopped it, 1 when nothing can be watched there or the connection was lost,
2 when the command line is not understood.
`

/** By the command. */
export const commandHelp = { up: upHelp, tap: tapHelp }

function flagsHelp(flags: Flags): string {
  const usages = Object.entries(flags).map(([name, flag]) => usage(name, flag))
  const width = Math.max(...usages.map(({ length }) => length))
  return Object.values(flags)
    .flatMap(({ text }, at) =>
      wrapped(text, 88).map(
        (line, index) => `  ${(index === 0 ? usages[at]! : '').padEnd(width)}  ${line}\n`,
      ),
    )
    .join('')
}

function usage(name: string, flag: Flag): string {
  return name === 'help' ? '-h, --help' : flagUsage(name, flag)
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
