import { FileError } from '../files/file-system.js'
import type { Process } from '../processes/process.js'
import { Jump } from '../shell/jump.js'
import { parse } from '../shell/parse.js'
import { Shell } from '../shell/shell.js'
import { Incomplete, SyntaxFault } from '../shell/syntax.js'
import { readLine } from '../streams/lines.js'
import { pathIn } from './paths.js'

/** A small shell: `sh -c script`, a script in a file, or commands from stdin, with a prompt on a terminal. */
export async function sh(self: Process): Promise<number> {
  const shell = new Shell(self)
  const words = self.args.slice(1)
  let fromText = false
  while (/^-[a-z]+$/.test(words[0] ?? '')) {
    const flags = words.shift() ?? ''
    for (const flag of flags.slice(1)) {
      if (flag === 'c') fromText = true
      else if (flag === 'e') shell.exitOnFailure = true
      else if (!'il'.includes(flag)) return (await self.complain(`this small shell has no -${flag}`)) + 1
    }
  }
  if (fromText) {
    const [text, name = 'sh', ...args] = words
    if (text === undefined) return (await self.complain('-c needs a script')) + 1
    Object.assign(shell, { name, args })
    return shell.main(text)
  }
  const [path, ...args] = words
  if (path === undefined) return conversation(shell)
  Object.assign(shell, { name: path, args })
  return runFile(shell, path)
}

async function runFile(shell: Shell, path: string): Promise<number> {
  const { sandbox } = shell.process
  try {
    const node = sandbox.files.get(pathIn(shell.process, path))
    if (node.kind !== 'file') throw new FileError('EISDIR')
    return await shell.main(node.bytes.toString())
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    await shell.say(`can't open ${path}: ${error.message}`)
    return 2
  }
}

/** Runs what stdin says, as soon as it is a whole command. */
async function conversation(shell: Shell): Promise<number> {
  const { process } = shell
  const prompts = process.terminal !== undefined && process.stdin === process.terminal
  const prompt = (text: string) =>
    prompts ? process.until(process.stderr.write(Buffer.from(text))) : undefined
  const home = () => prompt(`${process.cwd} # `)
  let text = ''
  let waits = false
  if (prompts) {
    // ^C is for the command that runs; where none does, it begins a new line.
    process.handlers.set('INT', () => {
      text = ''
      void prompt('\n')
        ?.then(() => (waits ? home() : undefined))
        .catch(() => {})
    })
  }
  for (;;) {
    await (text === '' ? home() : prompt('> '))
    waits = true
    const { line, ended } = await process.until(readLine(process.stdin, process.signal))
    waits = false
    text += line
    if (text.trim() !== '' && !(await runLine(shell, text, ended))) {
      text += '\n'
      continue
    }
    text = ''
    if (shell.left || ended) return shell.leave()
  }
}

/** False where the command goes on in the next line. */
async function runLine(shell: Shell, text: string, ended: boolean): Promise<boolean> {
  try {
    await shell.run(parse(text).script)
  } catch (error) {
    if (error instanceof Incomplete && !ended) return false
    if (error instanceof SyntaxFault) await shell.fault(error)
    else if (error instanceof Jump) shell.left = error.to === 'exit'
    else throw error
  }
  return true
}
