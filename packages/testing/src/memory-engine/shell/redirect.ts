import { posix } from 'node:path'
import { FileError } from '../files/file-system.js'
import { deviceStream, FileSink, FileSource } from '../files/open-files.js'
import type { Process } from '../processes/process.js'
import type { Sink, Source } from '../streams/byte-stream.js'
import { expandText } from './expand.js'
import type { Shell } from './shell.js'
import { SyntaxFault } from './syntax.js'
import type { Redirect } from './syntax.js'

const streams = ['stdin', 'stdout', 'stderr'] as const

/** Does something with the shell's streams elsewhere; afterwards they are as before, unless `forGood`. */
export async function redirected(
  shell: Shell,
  redirects: readonly Redirect[],
  act: () => Promise<number>,
  forGood = false,
): Promise<number> {
  if (redirects.length === 0) return act()
  const { process } = shell
  const { stdin, stdout, stderr } = process
  const restore = () => Object.assign(process, { stdin, stdout, stderr })
  try {
    for (const redirect of redirects) await apply(shell, redirect)
  } catch (error) {
    restore()
    if (!(error instanceof FileError)) throw error
    await shell.say(error.message)
    return 1
  }
  try {
    return await act()
  } finally {
    if (!forGood) restore()
  }
}

async function apply(shell: Shell, { descriptor, kind, target }: Redirect): Promise<void> {
  const { process } = shell
  const text = await expandText(target, shell)
  const name = streams[descriptor]
  if (name === undefined) throw new SyntaxFault(`this small shell has no file descriptor ${descriptor}`)
  if (kind !== 'duplicate') return void Object.assign(process, { [name]: open(process, kind, text) })
  const other = streams[Number(text)]
  if (other === undefined) throw new SyntaxFault(`this small shell has no file descriptor ${text}`)
  Object.assign(process, { [name]: process[other] })
}

function open(process: Process, kind: 'read' | 'write' | 'append', text: string): Source | Sink {
  const path = posix.resolve(process.cwd, text)
  const { files } = process.sandbox
  try {
    const node = kind === 'read' ? files.get(path) : files.open(path, { append: kind === 'append' })
    if (node.kind === 'file') return kind === 'read' ? new FileSource(node) : new FileSink(node)
    if (node.kind !== 'device') throw new FileError('EISDIR')
    if (node.device !== 'tty') return deviceStream(node)
    if (process.terminal) return process.terminal
    throw new FileError('ENXIO')
  } catch (error) {
    throw error instanceof FileError ? new FileError(error.code, text) : error
  }
}
