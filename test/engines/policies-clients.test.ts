import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'
import { expect } from 'vitest'
import { contextOf, made, plain, runIt } from './build-context.js'
import { busybox } from './docker.js'
import { forEachWay } from './policies-clients-stage.js'

// People at a terminal, compose and builds under the policies that are meant for them: nobody sees that they are there.

const terminal = { rows: 31, columns: 97 }

forEachWay(({ run, same, under }) => {
  const me = `${run}-me`
  const stacks = {
    unprivileged: [filter.unprivileged()],
    owner: [filter.owner(me)],
    'owner and more': [
      filter.owner(me),
      filter.unprivileged(),
      enricher.labels({ team: 'core' }),
      enricher.limits({ memory: { default: '256m', max: '1g' }, pids: { max: 500 } }),
    ],
  }

  same('run -i, attach, exec, cp and logs', stacks, {
    async play({ docker, name, folder }) {
      const typed = { stdin: 'typed\n', exits: 4 }
      const script = 'cat; sleep .3; echo after; echo err >&2; exit 4'
      const { stdout } = await docker(
        typed,
      )`run --rm --interactive --name ${name}-i ${busybox} sh -c ${script}`
      expect(stdout).toBe('typed\nafter\n')
      const shared = ['--volume', `${name}:/kept`, '--volume', '/anonymous', '--publish', '127.0.0.1::80']
      const talk = 'while read word; do [ $word = quit ] && exit 3; echo got $word; done'
      await docker`run --detach --interactive --name ${name} ${shared} ${busybox} sh -c ${talk}`
      await docker({ stdin: 'typed' })`exec --interactive ${name} sh -c ${'cat >/kept/file; cat /kept/file'}`
      await docker({ exits: 7 })`exec --env A=b --workdir /kept ${name} sh -c ${'echo $A; pwd; exit 7'}`
      await docker`cp ${name}:/kept/file ${folder}/file`
      await docker`cp ${folder}/file ${name}:/kept/again`
      await docker`exec ${name} cat /kept/again`
      await docker({ compared: 'sorted' })`diff ${name}`
      const attach = docker({ stdin: 'open', exits: 3 })`attach ${name}`
      attach.write('one\n')
      await attach.shows('got one')
      attach.write('quit\n')
      await attach
      await docker`logs ${name}`
      await docker`inspect --format ${'{{.State.ExitCode}} {{.Config.Image}} {{.HostConfig.Binds}}'} ${name}`
      await docker`rm --volumes ${name}`
      await docker`volume rm ${name}`
    },
  })

  same('run -it and exec -it', stacks, {
    needs: 'terminals',
    async play({ docker, name }) {
      const script = 'stty -echo; echo ready; read word; echo got $word; tty; exit 5'
      const typed = { terminal, stdin: 'open' } as const
      const shell = docker({
        ...typed,
        exits: 5,
      })`run --interactive --tty --name ${name} ${busybox} sh -c ${script}`
      await shell.shows('ready')
      const inside = docker({ ...typed, exits: 5 })`exec --interactive --tty ${name} sh -c ${script}`
      await inside.shows('ready')
      inside.write('there\r')
      expect((await inside).stdout).toContain('got there\r\n')
      shell.write('here\r')
      expect((await shell).stdout).toContain('got here\r\n')
      await docker`rm ${name}`
    },
  })

  same('compose up, exec, run, logs and down', stacks, {
    needs: 'compose',
    async play({ docker, name, folder }) {
      const service = { image: 'busybox:latest', pull_policy: 'never', stop_grace_period: '0s' }
      const front = {
        ...service,
        command: ['sh', '-c', 'echo up; exec sleep 100'],
        volumes: ['kept:/kept', '/own'],
      }
      const services = {
        front: { ...front, depends_on: ['back'] },
        back: { ...service, command: ['sleep', '100'] },
      }
      const file = join(folder, 'compose.yaml')
      await writeFile(file, JSON.stringify({ services, volumes: { kept: {} } }))
      const compose = [
        'compose',
        '--ansi',
        'never',
        '--progress',
        'plain',
        '--project-name',
        name,
        '--file',
        file,
      ]
      await docker({ compared: 'sorted' })`${compose} up --detach`
      await docker`${compose} ps --all --format ${'{{.Name}} {{.Service}} {{.State}} {{.Image}}'}`
      const ping = await docker`${compose} exec -T front sh -c ${'ping -c 1 -W 5 -q back | grep packets'}`
      expect(ping.stdout).toContain('1 packets received')
      await docker({ compared: 'sorted', stdin: 'typed' })`${compose} run --rm --no-TTY --no-deps back cat`
      await docker`${compose} logs --no-log-prefix front`
      await docker({ compared: 'sorted' })`${compose} down --volumes`
      await docker`ps --all --quiet --filter name=${name}`
    },
  })

  same(
    'a classic build',
    { unprivileged: stacks.unprivileged },
    {
      async play(on) {
        const { docker, name } = on
        const at = await contextOf(on)
        const classic = { env: { DOCKER_BUILDKIT: '0' } }
        await docker(classic)`build --pull=false --force-rm ${made} --tag ${name}:made ${at}`
        await runIt(docker, name)
      },
    },
  )

  // An owner's build has the label in every step, so it does not say the same.
  under(
    'a classic build of an owner',
    { owner: stacks.owner, 'owner and more': stacks['owner and more'] },
    {
      async play(on) {
        const { docker, name } = on
        const at = await contextOf(on)
        const classic = { env: { DOCKER_BUILDKIT: '0' } }
        const build = docker(classic)`build --pull=false --force-rm ${made} --tag ${name}:made ${at}`
        expect((await build).stdout).toContain(`Successfully tagged ${name}:made`)
        await runIt(docker, name)
        await docker`rmi ${name}:made`
      },
    },
  )

  const withBuildKit = {
    unprivileged: [filter.unprivileged(), filter('POST /grpc', () => true)],
    owner: [filter.owner(me, { allow: ['POST /grpc', 'POST /session', 'POST /build'] })],
    'owner and more': [
      filter.owner(me, { allow: ['POST /grpc', 'POST /session', 'POST /build'] }),
      filter.unprivileged(),
      enricher.labels({ team: 'core' }),
    ],
  }

  same('a build with BuildKit', withBuildKit, {
    needs: 'BuildKit',
    async play(on) {
      const { docker, name } = on
      const at = await contextOf(on)
      const buildKit = { env: { DOCKER_BUILDKIT: '1' }, compared: 'as progress' } as const
      await docker(buildKit)`build ${plain} ${made} --tag ${name}:made ${at}`
      expect((await docker`run --rm --pull never ${name}:made`).stdout).toBe(`hello ${name}\n`)
    },
  })

  same('buildx build', withBuildKit, {
    needs: 'buildx',
    async play(on) {
      const { docker, name } = on
      const at = await contextOf(on)
      await docker({ compared: 'as progress' })`buildx build ${plain} --load ${made} --tag ${name}:made ${at}`
      expect((await docker`run --rm --pull never ${name}:made`).stdout).toBe(`hello ${name}\n`)
    },
  })

  // Without /grpc buildx looks for a BuildKit in a container of its own: the image of that is not allowed either.
  under(
    'buildx is told what it may not have',
    { it: [filter.unprivileged({ images: { allow: ['busybox'] } })] },
    {
      needs: 'buildx',
      async play(on) {
        const at = await contextOf(on)
        const { stderr } = await on.docker({ exits: 1 })`buildx build ${plain} ${at}`
        expect(stderr).toMatch(/Error response from daemon: the image moby\/buildkit:.* is not allowed here/)
      },
    },
  )
}, 'every client')
