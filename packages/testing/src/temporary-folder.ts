import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
  /** The path of a file in it. */
  file(...names: string[]): string
}

/**
 * A fresh folder of this user's own (0700) that is removed with everything in it. Its path is short: that of a
 * unix socket has 107 bytes at most, and a longer one fails or, worse, is cut.
 */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const parent = tmpdir().length <= 60 ? tmpdir() : '/tmp'
  const path = await mkdtemp(join(parent, 'intermediate-'))
  return {
    path,
    file: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}
