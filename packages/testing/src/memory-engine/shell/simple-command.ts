import { builtins } from './builtins.js'
import { expandText, expandWords } from './expand.js'
import { redirected } from './redirect.js'
import type { Shell } from './shell.js'
import type { Command } from './syntax.js'

/** Runs one command, or sets variables where there is none; with `last`, it may take over the process. */
export async function runSimple(
  shell: Shell,
  command: Command & { kind: 'simple' },
  last: boolean,
): Promise<number> {
  const { words, redirects } = command
  if (words.length === 0) shell.status = 0
  const line = await expandWords(words, shell)
  const values = new Map<string, string>()
  for (const { name, value } of command.assignments) values.set(name, await expandText(value, shell))
  const [name] = line
  const builtin = name === undefined ? undefined : builtins.get(name)
  if (name !== undefined && !builtin) {
    const replace = last && shell.traps.size === 0 && shell.jobs.length === 0
    return redirected(shell, redirects, () => shell.execute(line, values, replace))
  }
  for (const [variable, value] of values) shell.set(variable, value)
  const act = () => (builtin ? builtin(shell, line) : Promise.resolve(shell.status))
  // What `exec` redirects without a command stays redirected.
  return redirected(shell, redirects, act, name === 'exec' && line.length === 1)
}
