import { Command } from './command.js'
import type { CommandOptions, Terminal } from './command.js'

/** The image that every container is made of, and never pulled. */
export const busybox = ['--pull', 'never', 'busybox:latest']

type Value = string | number | readonly string[]

/**
 * The docker command line as a template: white space parts the arguments, a value is never taken apart, and a
 * list is several arguments. No shell reads it. The command starts at once.
 */
export interface Docker {
  (words: TemplateStringsArray, ...values: readonly Value[]): Command
  (options: CommandOptions): (words: TemplateStringsArray, ...values: readonly Value[]) => Command
}

/** Docker's command line, run with that environment; `started` gets each command. */
export function dockerAt(
  program: string,
  environment: NodeJS.ProcessEnv,
  started: (command: Command) => void,
): Docker {
  function start(options: CommandOptions, args: readonly string[]): Command {
    const line = ['docker', ...args].join(' ')
    const [file, ...rest] = options.terminal
      ? onTerminal(options.terminal, [program, ...args])
      : [program, ...args]
    const command = new Command(line, file ?? program, rest, {
      ...options,
      env: { ...environment, ...options.env },
    })
    started(command)
    return command
  }
  function docker(words: TemplateStringsArray, ...values: readonly Value[]): Command
  function docker(
    options: CommandOptions,
  ): (words: TemplateStringsArray, ...values: readonly Value[]) => Command
  function docker(
    first: TemplateStringsArray | CommandOptions,
    ...values: readonly Value[]
  ): Command | ((words: TemplateStringsArray, ...values: readonly Value[]) => Command) {
    if (isTemplate(first)) return start({}, argumentsOf(first, values))
    return (words, ...inner) => start(first, argumentsOf(words, inner))
  }
  return docker
}

function isTemplate(first: TemplateStringsArray | CommandOptions): first is TemplateStringsArray {
  return 'raw' in first
}

function argumentsOf(words: TemplateStringsArray, values: readonly Value[]): readonly string[] {
  const args: string[] = []
  let open = false
  const add = (text: string): void => {
    if (open) args.push((args.pop() ?? '') + text)
    else args.push(text)
    open = true
  }
  for (const [index, word] of words.entries()) {
    for (const part of word.split(/(\s+)/).filter((piece) => piece !== '')) {
      if (part.trim() === '') open = false
      else add(part)
    }
    const value = values[index]
    if (Array.isArray(value)) args.push(...(value as readonly string[]))
    else if (value !== undefined) add(String(value))
  }
  return args
}

/** util-linux's `script` gives the program a terminal of that size; its own stdin is what is typed. */
function onTerminal({ resized, ...size }: Terminal, words: readonly string[]): readonly string[] {
  const set = (rows: number, columns: number): string => `stty -F /dev/tty rows ${rows} cols ${columns}`
  // Until the terminal goes: a client that has started the container may not yet listen for the signal.
  const resizes = resized
    ? `(until [ -e ${quoted(resized.when)} ]; do sleep .05; done
        while ${set(1, 1)} && ${set(resized.rows, resized.columns)}; do sleep .2; done) 2>/dev/null &`
    : ''
  const command = `${set(size.rows, size.columns)}; ${resizes} exec ${words.map(quoted).join(' ')}`
  return ['script', '--quiet', '--return', '--command', command, '/dev/null']
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
