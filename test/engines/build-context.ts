import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Docker } from './docker.js'
import type { Play } from './play.js'

/** Shows every step, as lines. */
export const plain = ['--progress', 'plain']
/** What to build of the context below. */
export const made = ['--target', 'made', '--build-arg', 'WHO=me']

/**
 * A context of one file and one folder. What a play builds is its own down to the layers, so that no cache
 * answers. So is the last part of its path, by which BuildKit takes contexts for the same: of two with files
 * of one size, made in one second, it then builds the one twice.
 */
export async function contextOf({ folder, name, run }: Play): Promise<string> {
  const context = join(folder, `context-${name}`)
  await mkdir(join(context, 'sub'), { recursive: true })
  await writeFile(join(context, 'greeting'), `hello ${name}\n`)
  await writeFile(join(context, 'sub', 'ignored'), 'not in the context\n')
  await writeFile(join(context, '.dockerignore'), 'sub/ignored\n')
  await writeFile(
    join(context, 'Dockerfile'),
    `FROM busybox:latest AS made
LABEL ${run}=made play=${name}
ARG WHO
COPY . /context/
RUN find /context -type f | sort && cat /context/greeting && echo "$WHO"
CMD ["cat", "/context/greeting"]

FROM scratch AS file
COPY --from=made /context/greeting /copied
`,
  )
  return context
}

/** Runs what was built of it. */
export async function runIt(docker: Docker, name: string): Promise<void> {
  const { stdout } = await docker`run --rm --pull never ${name}:made`
  expect(stdout).toBe(`hello ${name}\n`)
  await docker`image inspect --format ${'{{json .Config.Cmd}} {{json .Config.Labels}} {{.Size}}'} ${name}:made`
}
