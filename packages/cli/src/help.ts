import { flagUsage, upFlags } from './up-flags.js'
import type { UpFlag } from './up-flags.js'

export const programHelp = `Usage: intermediate COMMAND

Commands:
  up [FILE]      Run an intermediate in front of Docker

Options:
  -h, --help     Show this, or with a command what it takes
  -v, --version  Show the version
`

export const upHelp = `Usage: intermediate up [FILE] [OPTIONS]

Runs an intermediate in front of Docker. FILE is a module, TypeScript too, whose default export is an intermediate;
without it, every call passes through untouched.

Options:
${Object.keys(upFlags)
  .map((name) => flagHelp(name as UpFlag))
  .join('')}
On SIGINT or SIGTERM, calls under way may finish; a second signal ends it at once.
Exit codes: 0 when stopped, 1 when it cannot run, 2 when the command line is not understood, 130 or 143 when ended at
once.
`

function flagHelp(name: UpFlag): string {
  const usage = name === 'help' ? '-h, --help' : flagUsage(name)
  return wrapped(upFlags[name].text, 88)
    .map((line, index) => `  ${(index === 0 ? usage : '').padEnd(17)}  ${line}\n`)
    .join('')
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
