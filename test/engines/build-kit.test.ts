import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { contextOf, made, plain, runIt } from './build-context.js'
import { forEachClient } from './compare.js'
import { ids } from './differences.js'

/** The older client speaks to BuildKit in the engine by itself, the newer one through its plugin buildx. */
const buildKit = { env: { DOCKER_BUILDKIT: '1' } }
const progress = { ...buildKit, compared: 'as progress' } as const
const unseen = { ...buildKit, compared: 'not at all' } as const

forEachClient((same) => {
  same('build, BuildKit', {
    each: async (play) => {
      const { docker, name } = play
      const at = await contextOf(play)
      const { stderr } = await docker(progress)`build ${plain} ${made} --tag ${name}:made ${at}`
      expect(stderr).toContain(`hello ${name}`)
      await runIt(docker, name)
    },
    differs: [ids],
  })

  same('BuildKit sends files back', async (play) => {
    const { docker, name, folder, note } = play
    const at = await contextOf(play)
    await docker(unseen)`build ${plain} --target file --output type=local,dest=${folder}/out ${at}`
    const copied = await readFile(join(folder, 'out', 'copied'), 'utf8')
    expect(copied).toBe(`hello ${name}\n`)
    note('copied', copied)
  })

  same('BuildKit asks for secrets and mounts of the client', {
    each: async ({ docker, name, run, folder }) => {
      await writeFile(join(folder, 'secret'), `of ${name}\n`)
      await writeFile(
        join(folder, 'Dockerfile'),
        `FROM busybox:latest
LABEL ${run}=made play=${name}
RUN --mount=type=secret,id=s --mount=type=cache,target=/cache wc -c </run/secrets/s >/size
CMD ["cat", "/size"]
`,
      )
      await docker(unseen)`build ${plain} --secret id=s,src=${folder}/secret --tag ${name}:made ${folder}`
      await docker`run --rm --pull never ${name}:made`
    },
  })

  same('build that fails, BuildKit', {
    each: async ({ docker, name, folder }) => {
      await writeFile(join(folder, 'Dockerfile'), `FROM busybox:latest\nRUN echo ${name} fails; exit 9\n`)
      const { stderr } = await docker({ ...progress, exits: 1 })`build ${plain} ${folder}`
      expect(stderr).toContain('exit code: 9')
      await writeFile(join(folder, 'Dockerfile'), 'NONSENSE\n')
      await docker({ ...progress, exits: 1 })`build ${plain} ${folder}`
    },
    differs: [ids],
  })
}, 'BuildKit')
