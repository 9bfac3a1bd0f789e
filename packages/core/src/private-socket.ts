import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Intermediate } from './intermediate.js'

/**
 * Has an intermediate listen, while `work` runs, where nobody else comes: on a socket in a folder that only this user
 * can enter, or on Windows a pipe with a name that cannot be guessed. Nothing is left of it then.
 * @param work is given the path of the socket, as `node:http` takes it for `socketPath`
 */
export async function onPrivateSocket<T>(
  layers: Pick<Intermediate, 'listen'>,
  work: (socketPath: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'intermediate-'))
  try {
    const pipe = process.platform === 'win32' ? `//./pipe/intermediate-${randomUUID()}` : undefined
    const path = join(folder, 'private.sock')
    const listening = await layers.listen(pipe === undefined ? `unix://${path}` : `npipe://${pipe}`)
    try {
      return await work(pipe?.replaceAll('/', '\\') ?? path)
    } finally {
      await listening.close({ grace: 0 })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
