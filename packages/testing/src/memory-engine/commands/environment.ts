import { findExecutable, NotExecutable } from '../processes/executable.js'
import type { Process } from '../processes/process.js'

/** `env`, or `env NAME=value... command...` */
export async function env(self: Process): Promise<number> {
  const words = self.args.slice(1)
  const variables = words[0] === '-i' ? new Map<string, string>() : new Map(self.env)
  if (words[0] === '-i') words.shift()
  for (let word = words[0]; word?.includes('='); word = words[0]) {
    const equals = word.indexOf('=')
    variables.set(word.slice(0, equals), word.slice(equals + 1))
    words.shift()
  }
  if (words.length === 0) {
    await self.print([...variables].map(([name, value]) => `${name}=${value}\n`).join(''))
    return 0
  }
  const { files, programs } = self.sandbox
  try {
    const path = variables.get('PATH') ?? '/bin'
    const { program, args } = findExecutable(words, { files, programs, cwd: self.cwd, path })
    Object.assign(self, { args, env: variables })
    return await program(self)
  } catch (error) {
    if (!(error instanceof NotExecutable)) throw error
    await self.complain(`can't execute '${words[0]}': ${error.message}`)
    return error.code
  }
}

/** `id`, `id -u`, `id -g` */
export async function id(self: Process): Promise<number> {
  const { uid, gid } = self.user
  const name = (number: number) => (number === 0 ? `${number}(root)` : String(number))
  const [, flag] = self.args
  if (flag !== undefined && flag !== '-u' && flag !== '-g')
    return self.complain(`it takes -u or -g, not ${flag}`)
  await self.print(
    flag === '-u' ? `${uid}\n` : flag === '-g' ? `${gid}\n` : `uid=${name(uid)} gid=${name(gid)}\n`,
  )
  return 0
}

/** `pwd` */
export async function pwd(self: Process): Promise<number> {
  await self.print(`${self.cwd}\n`)
  return 0
}

/** `hostname` */
export async function hostname(self: Process): Promise<number> {
  await self.print(`${self.sandbox.hostname}\n`)
  return 0
}

/** `tty`: the terminal on stdin. */
export async function tty(self: Process): Promise<number> {
  const onTerminal = self.terminal !== undefined && self.stdin === self.terminal
  await self.print(onTerminal ? `${self.terminal?.name}\n` : 'not a tty\n')
  return onTerminal ? 0 : 1
}
