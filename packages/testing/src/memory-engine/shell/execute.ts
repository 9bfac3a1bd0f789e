import { findExecutable, NotExecutable } from '../processes/executable.js'
import type { Shell } from './shell.js'

/** Runs a command that is a file, as a child or, with `replace`, in place of the shell. */
export async function execute(
  shell: Shell,
  line: readonly string[],
  variables: ReadonlyMap<string, string>,
  replace: boolean,
): Promise<number> {
  const { process } = shell
  const { sandbox, cwd } = process
  const { files, programs } = sandbox
  const env = new Map([...process.env, ...variables])
  try {
    const { program, args } = findExecutable(line, { files, programs, cwd, path: env.get('PATH') ?? '/bin' })
    if (replace) {
      Object.assign(process, { args, env })
      return await program(process)
    }
    const child = sandbox.spawn({ ...process.inherited, args, env }, program, process)
    return await process.until(child.exited)
  } catch (error) {
    if (!(error instanceof NotExecutable)) throw error
    const isName = error.code === 127 && !line[0]?.includes('/')
    await shell.say(`${line[0]}: ${isName ? 'not found' : error.message}`)
    return error.code
  }
}
