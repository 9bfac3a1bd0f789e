import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { contextOf, made, runIt } from './build-context.js'
import { abandoned, ids } from './differences.js'

const classic = { env: { DOCKER_BUILDKIT: '0' } }
forEachClient((same) => {
  same('build, classic', {
    each: async (play) => {
      const { docker, name } = play
      const at = await contextOf(play)
      const { stdout } = await docker(classic)`build --pull=false --force-rm ${made} --tag ${name}:made ${at}`
      expect(stdout).toContain('Successfully tagged')
      await runIt(docker, name)
      await docker(classic)`build --pull=false --no-cache --quiet ${made} ${at}`
    },
    differs: [ids],
  })

  same('build from stdin, classic', {
    each: async ({ docker, name, run }) => {
      const file = `FROM busybox:latest\nLABEL ${run}=made play=${name}\nCMD ["echo", "built"]\n`
      await docker({ ...classic, stdin: file })`build --pull=false --tag ${name}:made -`
      await docker`run --rm --pull never ${name}:made`
    },
    differs: [ids],
  })

  same('build that fails, classic', {
    each: async ({ docker, name }) => {
      const file = (content: string) => ({ ...classic, exits: 'any', stdin: content }) as const
      await docker(file(`FROM busybox:latest\nRUN echo ${name}; exit 9\n`))`build --pull=false --force-rm -`
      await docker(file('FROM\n'))`build -`
      await docker(file('FROM busybox:latest\nNONSENSE here\n'))`build -`
      await docker(file('FROM busybox:latest\n'))`build --target nosuch -`
    },
    differs: [ids],
  })

  same('build is refused while its context is on the way', {
    each: async ({ docker, folder }) => {
      await writeFile(join(folder, 'Dockerfile'), 'FROM busybox:latest\n')
      await writeFile(join(folder, 'bulk'), randomBytes(30_000_000))
      const { stderr } = await docker({ ...classic, exits: 1 })`build --isolation nonsense ${folder}`
      expect(stderr).toContain('nonsense')
    },
    differs: [abandoned],
  })
})
