import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import type { Play } from './play.js'
import { ids } from './differences.js'

/** A compose file of that text, as the first words of each command on it. */
async function project({ name, folder }: Play, services: string): Promise<readonly string[]> {
  const file = join(folder, 'compose.yaml')
  await writeFile(file, `services:\n${services}`)
  return ['compose', '--ansi', 'never', '--progress', 'plain', '--project-name', name, '--file', file]
}

const service = (name: string, script: string, more = ''): string => `  ${name}:
    image: busybox:latest
    pull_policy: never
    stop_grace_period: 0s
    command: ["sh", "-c", ${JSON.stringify(script)}]
${more}`

forEachClient((same) => {
  same('up, ps, logs, exec and down', {
    each: async (play) => {
      const { docker, name } = play
      const compose = await project(
        play,
        service(
          'front',
          'echo front is up; exec sleep 100',
          '    depends_on: [back]\n    volumes: ["kept:/kept"]\n',
        ) +
          service('back', 'echo back is up >&2; exec sleep 100') +
          'volumes:\n  kept: {}\n',
      )
      await docker({ compared: 'sorted' })`${compose} up --detach`
      await docker`${compose} ps --all --format ${'{{.Name}} {{.Service}} {{.State}} {{.Image}}'}`
      const { stdout } = await docker`${compose} logs front`
      expect(stdout).toContain('front is up')
      await docker`${compose} logs --no-log-prefix back`
      await docker({ exits: 3 })`${compose} exec -T front sh -c ${'echo out; echo err >&2; exit 3'}`
      await docker({ stdin: 'typed\n' })`${compose} exec -T back cat`
      const ping = await docker`${compose} exec -T front sh -c ${'ping -c 1 -W 5 -q back | grep packets'}`
      expect(ping.stdout).toContain('1 packets received')
      await docker({ compared: 'not at all' })`${compose} top front`
      await docker`${compose} cp front:/etc/group ${play.folder}/group`
      await docker({ compared: 'sorted' })`${compose} down --volumes`
      await docker`ps --all --quiet --filter name=${name}`
    },
    differs: [ids],
  })

  same('up in the foreground ends with the exit code of its service', {
    each: async (play) => {
      const { docker } = play
      const script = 'for i in $$(seq 200); do echo line $$i; done; exit 6'
      const compose = await project(play, service('only', script))
      await docker({ exits: 6, compared: 'sorted' })`${compose} up --exit-code-from only`
      await docker`${compose} logs --no-log-prefix`
      await docker({ compared: 'sorted' })`${compose} down`
    },
  })

  same('run takes stdin and gives the exit code', {
    each: async (play) => {
      const { docker } = play
      const compose = await project(play, service('only', 'exit 1'))
      const options = { exits: 4, stdin: 'typed\n', compared: 'sorted' } as const
      const { stdout } = await docker(options)`${compose} run --rm --no-TTY only sh -c ${'cat; exit 4'}`
      expect(stdout).toBe('typed\n')
      await docker({ compared: 'sorted' })`${compose} down`
    },
  })

  same('build and up', {
    each: async (play) => {
      const { docker, folder, name, run } = play
      const context = join(folder, `context-${name}`)
      await mkdir(context)
      await writeFile(
        join(context, 'Dockerfile'),
        `FROM busybox:latest
LABEL ${run}=made play=${name}
RUN echo built ${name} >/made
CMD ["cat", "/made"]
`,
      )
      const compose = await project(
        play,
        `  only:\n    build: ${context}\n    image: ${name}:made\n    pull_policy: build\n`,
      )
      await docker({ compared: 'as progress' })`${compose} build`
      await docker({ compared: 'not at all' })`${compose} up --abort-on-container-exit`
      await docker`${compose} logs --no-log-prefix`
      await docker({ compared: 'sorted' })`${compose} down --rmi all`
    },
    differs: [ids],
  })

  same('a service whose image is not there', async (play) => {
    const { docker } = play
    const compose = await project(play, '  only:\n    image: nosuch:image\n    pull_policy: never\n')
    const { stderr } = await docker({ exits: 'any', compared: 'sorted' })`${compose} up`
    expect(stderr).toContain('nosuch:image')
    await docker({ compared: 'sorted' })`${compose} down`
  })
}, 'compose')
