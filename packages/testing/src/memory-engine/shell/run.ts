import type { Process } from '../processes/process.js'
import { Pipe } from '../streams/pipe.js'
import { expandWords } from './expand.js'
import { Jump } from './jump.js'
import { redirected } from './redirect.js'
import type { Shell } from './shell.js'
import { runSimple } from './simple-command.js'
import type { Command, Script, Step } from './syntax.js'

/** Runs the steps of a script, and after each what its signals asked for; with `last`, the last may take over the process. */
export async function run(shell: Shell, script: Script, last: boolean): Promise<number> {
  for (const [index, step] of script.steps.entries()) {
    if (step.after === 'success' && shell.status !== 0) continue
    if (step.after === 'failure' && shell.status === 0) continue
    const next = script.steps[index + 1]
    await runStep(shell, step, next !== undefined && next.after !== 'always', last && next === undefined)
    await shell.runTraps()
  }
  return shell.status
}

/** @param decides the status decides whether the next step is run, so a failure ends nothing */
async function runStep(shell: Shell, step: Step, decides: boolean, last: boolean): Promise<void> {
  if (step.background) {
    const foreground: Step = { ...step, after: 'always', background: false }
    shell.jobs.push(shell.fork({}, (child) => child.run({ steps: [foreground] })))
    shell.status = 0
    return
  }
  const [command] = step.commands
  const single = command !== undefined && step.commands.length === 1
  const act = () =>
    single ? runCommand(shell, command, last && !step.negated) : runPipeline(shell, step.commands)
  shell.status = await (decides || step.negated ? tested(shell, act) : act())
  if (step.negated) shell.status = shell.status === 0 ? 1 : 0
  else if (shell.status !== 0 && shell.exitOnFailure && !decides && shell.tested === 0) throw new Jump('exit')
}

/** Each command in a process of its own, as between pipes nothing else works. */
async function runPipeline(shell: Shell, commands: readonly Command[]): Promise<number> {
  const children: Process[] = []
  let stdin = shell.process.stdin
  for (const [index, command] of commands.entries()) {
    const from = stdin
    const pipe = new Pipe()
    const stdout = index < commands.length - 1 ? pipe : shell.process.stdout
    const child = shell.fork({ stdin: from, stdout }, (own) => runCommand(own, command, true))
    void child.exited.finally(() => {
      pipe.end()
      if (index > 0 && from instanceof Pipe) from.break()
    })
    children.push(child)
    stdin = pipe
  }
  const codes = await shell.process.until(Promise.all(children.map((child) => child.exited)))
  return codes.at(-1) ?? 0
}

async function runCommand(shell: Shell, command: Command, last: boolean): Promise<number> {
  if (command.kind === 'simple') return runSimple(shell, command, last)
  if (command.kind === 'group' && command.subshell) {
    const child = shell.fork({}, (own) => redirected(own, command.redirects, () => own.run(command.body)))
    return shell.process.until(child.exited)
  }
  return redirected(shell, command.redirects, () => runCompound(shell, command))
}

async function runCompound(shell: Shell, command: Exclude<Command, { kind: 'simple' }>): Promise<number> {
  switch (command.kind) {
    case 'group':
      return shell.run(command.body)
    case 'if':
      for (const { condition, body } of command.branches) {
        if ((await tested(shell, () => shell.run(condition))) === 0) return shell.run(body)
      }
      return command.otherwise ? shell.run(command.otherwise) : 0
    case 'loop': {
      const { condition, whileSuccess } = command
      const goOn = async () => ((await tested(shell, () => shell.run(condition))) === 0) === whileSuccess
      return loop(shell, goOn, command.body)
    }
    case 'for': {
      const values = command.words ? await expandWords(command.words, shell) : [...shell.args]
      const goOn = () => {
        const value = values.shift()
        if (value !== undefined) shell.set(command.name, value)
        return Promise.resolve(value !== undefined)
      }
      return loop(shell, goOn, command.body)
    }
  }
}

async function loop(shell: Shell, goOn: () => Promise<boolean>, body: Script): Promise<number> {
  let status = 0
  try {
    while (await goOn()) {
      await shell.process.turn()
      status = await iteration(shell, body)
    }
  } catch (error) {
    if (!(error instanceof Jump) || error.to !== 'break') throw error
    if (error.levels > 1) throw new Jump('break', error.levels - 1)
    return 0
  }
  return status
}

async function iteration(shell: Shell, body: Script): Promise<number> {
  try {
    return await shell.run(body)
  } catch (error) {
    if (!(error instanceof Jump) || error.to !== 'continue') throw error
    if (error.levels > 1) throw new Jump('continue', error.levels - 1)
    return 0
  }
}

async function tested(shell: Shell, act: () => Promise<number>): Promise<number> {
  shell.tested++
  try {
    return await act()
  } finally {
    shell.tested--
  }
}
