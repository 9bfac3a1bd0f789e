import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'
import { temporaryFolder } from '@intermediate/testing'
import { expect } from 'vitest'
import type { Command } from './command.js'
import { busybox, dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import { environmentFor } from './engines.js'
import { forEachWay } from './policies-clients-stage.js'

// Programs that are given the engine: a CI job, a library for tests with its reaper, a dashboard.

forEachWay(({ client, run, same }) => {
  const images = { allow: ['busybox', '127.0.0.1:1/*'], made: [`${run}*`] }
  const ci = {
    'policies for CI': [
      filter.deny(['* /swarm{/*rest}', '* /plugins{/*rest}', 'POST /images/load']),
      filter.unprivileged({ images }),
      enricher.labels({ team: 'ci' }),
      enricher.limits({ memory: { max: '512m' }, cpus: { max: 1 }, pids: { max: 500 } }),
    ],
    'an owner’s': [filter.owner(`${run}-ci`), filter.unprivileged({ images })],
  }

  same('a CI job', ci, {
    async play({ docker, address, name, folder, note, run: label }) {
      const classic = { env: { DOCKER_BUILDKIT: '0' } }
      const login = docker({ exits: 1, stdin: 'secret' })`login --username a --password-stdin 127.0.0.1:1`
      expect((await login).stderr).toContain('refused')
      expect((await docker({ exits: 1 })`pull 127.0.0.1:1/nosuch:image`).stderr).toContain('refused')
      const file = `FROM busybox:latest\nLABEL ${label}=made\nARG WHAT\nRUN echo ${name} $WHAT >/made\n`
      await writeFile(join(folder, 'Dockerfile'), file)
      const args = ['--build-arg', 'WHAT=it', '--label', `play=${name}`, '--pull=false']
      await docker({ ...classic, compared: 'not at all' })`build ${args} --tag ${name}:made ${folder}`
      await docker`tag ${name}:made ${name}:again`
      await docker`images --format ${'{{.Repository}}:{{.Tag}}'} --filter reference=${name}`
      await docker`network create --label play=${name} ${name}`
      await docker`volume create --label play=${name} ${name}`
      const cached = [
        '--volume',
        `${name}:/cache`,
        '--env',
        'CI=true',
        '--network',
        name,
        '--label',
        `play=${name}`,
      ]
      const script = 'echo $CI; cat /made >/cache/made; cat /cache/made; echo failed >&2; exit 3'
      await docker({ exits: 3 })`run --name ${name} ${cached} --pull never ${name}:again sh -c ${script}`
      await docker`logs ${name}`
      await docker`ps --all --filter label=play=${name} --format ${'{{.Names}} {{.Image}} {{.State}}'}`
      await docker`rm ${name}`
      await docker`volume rm ${name}`
      await docker`network rm ${name}`
      await docker`rmi ${name}:again`
      await docker`create --name ${name}-left --label play=${name} ${busybox} true`
      await docker`network create --label play=${name} ${name}-left`
      await docker`volume create --label play=${name} ${name}-left`
      const left = dockerAt(client.program, environmentFor(address), () => {})
      for (const kind of ['container', 'network', 'volume']) {
        const all = kind === 'volume' ? await allOf(left) : []
        note(
          `${kind} prune`,
          await pruned(
            () => left({ exits: 'any' })`${kind} prune --force ${all} --filter label=play=${name}`,
          ),
        )
        note(`${kind}s left`, (await left`${kind} ls --quiet --filter label=play=${name}`).stdout)
      }
      await pruned(() => left({ exits: 'any' })`image prune --all --force --filter label=play=${name}`)
      await docker`ps --all --quiet --filter label=play=${name}`
    },
  })
}, 'every client')

forEachWay(({ engine, client, under }) => {
  under(
    'the reaper of testcontainers has the policies’ own socket, and removes by label',
    { none: [] },
    {
      async play({ direct, name }) {
        await using folder = await temporaryFolder()
        const socket = folder.file('docker.sock')
        const policies = intermediate({ upstream: engine.address }).use(
          filter.unprivileged({ hostPaths: [socket] }),
        )
        await using _ = await policies.listen(`unix://${socket}`)
        const docker = dockerAt(client.program, environmentFor(`unix://${socket}`), () => {})
        const session = [
          '--label',
          'org.testcontainers=true',
          '--label',
          `org.testcontainers.sessionId=${name}`,
        ]
        const mounted = ['--volume', `${socket}:/var/run/docker.sock`, '--publish', '127.0.0.1::8080']
        const reaper = ['--rm', '--name', `${name}-ryuk`, '--label', 'org.testcontainers.ryuk=true']
        await docker`run --detach ${reaper} ${mounted} ${busybox} sleep 100`
        await docker`exec ${name}-ryuk test -S /var/run/docker.sock`
        expect((await docker`port ${name}-ryuk 8080`).stdout).toMatch(/^127\.0\.0\.1:\d+\n$/)
        await docker`network create ${session} ${name}`
        await docker`volume create ${session} ${name}`
        const own = ['--network', name, '--network-alias', 'db', '--volume', `${name}:/data`]
        await docker`run --detach --name ${name} ${session} ${own} ${busybox} sleep 100`
        await docker({ exits: 125 })`run --name ${name}-no --volume /:/host ${busybox} true`

        const bySession = ['--filter', `label=org.testcontainers.sessionId=${name}`]
        const found = (await docker`ps --all --quiet ${bySession}`).stdout.trim().split('\n')
        expect(found).toHaveLength(1)
        await docker`rm --force --volumes ${found}`
        await docker`network rm ${(await docker`network ls --quiet ${bySession}`).stdout.trim()}`
        await docker`volume rm ${(await docker`volume ls --quiet ${bySession}`).stdout.trim()}`
        await docker`image prune --force ${bySession}`
        await direct`rm --force ${name}-ryuk`
        expect((await direct`ps --all --quiet --filter name=${name}`).stdout).toBe('')
        expect((await direct`volume ls --quiet --filter name=${name}`).stdout).toBe('')
      },
    },
  )

  under(
    'a dashboard sees everything and changes nothing',
    { readOnly: [filter.readOnly()] },
    {
      async play({ docker, direct, name, folder }) {
        await direct`run --detach --name ${name} ${busybox} sh -c ${'echo hello; exec sleep 100'}`
        await direct`volume create ${name}`
        const both = async (words: readonly string[]) => {
          const [shown, there] = await Promise.all([docker`${words}`, direct`${words}`])
          expect(shown.stdout).toBe(there.stdout)
          return shown.stdout
        }
        expect(await both(['ps', '--filter', `name=${name}`, '--format', '{{.Names}} {{.Image}}'])).toContain(
          name,
        )
        expect(await both(['inspect', name])).toContain(name)
        expect(await both(['logs', name])).toBe('hello\n')
        expect(await both(['top', name, '-o', 'pid,args'])).toContain('sleep 100')
        await both(['diff', name])
        await both(['image', 'inspect', 'busybox:latest'])
        await both(['volume', 'inspect', name])
        await both(['network', 'inspect', 'bridge', '--format', '{{.Name}}'])
        await both(['stats', '--no-stream', '--format', '{{.Name}} {{.ID}}', name])
        const watching = docker({ exits: 'any' })`events --filter container=${name} --format ${'{{.Action}}'}`
        const followed = docker({ exits: 'any' })`logs --follow ${name}`
        await followed.shows('hello')
        await watchedRestart()
        expect((await followed).stdout).toContain('hello')
        await watching.kill()

        const written = ['--volume', '/anonymous', 'busybox:latest', 'true']
        const acts: Readonly<Record<string, string>> = {
          [`rm --force ${name}`]: `DELETE /containers/${name}`,
          [`stop ${name}`]: `POST /containers/${name}/stop`,
          [`kill ${name}`]: `POST /containers/${name}/kill`,
          [`exec ${name} true`]: `POST /containers/${name}/exec`,
          [`rename ${name} ${name}-other`]: `POST /containers/${name}/rename`,
          [`update --memory 1g ${name}`]: `POST /containers/${name}/update`,
          [`create --pull never ${written.join(' ')}`]: 'POST /containers/create',
          [`run --pull never ${written.join(' ')}`]: 'POST /containers/create',
          [`volume rm ${name}`]: `DELETE /volumes/${name}`,
          [`volume create ${name}-other`]: 'POST /volumes/create',
          [`network create ${name}`]: 'POST /networks/create',
          [`tag busybox:latest ${name}:made`]: 'POST /images/busybox:latest/tag',
          ['rmi busybox:latest']: 'DELETE /images/busybox:latest',
          ['pull busybox:latest']: 'POST /images/create',
          ['container prune --force --filter label=nobody']: 'POST /containers/prune',
          [`commit ${name} ${name}:made`]: 'POST /commit',
          ['swarm init']: 'POST /swarm/init',
          [`cp ${name}:/etc/group ${folder}/group`]: '',
          [`export ${name}`]: `GET /containers/${name}/export`,
        }
        const told = Object.keys(acts).map(async (words) => {
          const { code, stderr } = await docker({ exits: 'any' })`${words.split(' ')}`
          return [words, code === 0 ? 'done' : stderr] as const
        })
        for (const [words, said] of await Promise.all(told))
          expect.soft([words, said]).toEqual([words, expect.stringContaining(sentence(acts[words]!))])
        expect((await direct`inspect --format ${'{{.State.Running}}'} ${name}`).stdout).toBe('true\n')

        async function watchedRestart(): Promise<void> {
          const restarts = (async () => {
            for (;;) {
              await direct`restart --time 0 ${name}`
              if (watching.soFar.stdout.includes('restart')) return
            }
          })()
          await watching.shows('restart')
          await restarts
        }
      },
    },
  )
}, 'one client')

/** The engine prunes for one at a time, and tells others so. */
async function pruned(prune: () => Command): Promise<string> {
  for (let tries = 1; ; tries++) {
    const { code, stdout, stderr } = await prune()
    if (code === 0) return stdout
    if (tries === 100 || !stderr.includes('already running')) throw new Error(stderr)
  }
}

/** Since 23.0, volumes with a name are pruned only where all are asked for, of engines that know the filter. */
async function allOf(docker: Docker): Promise<readonly string[]> {
  const { stdout } = await docker`version --format ${'{{.Client.Version}} {{.Server.APIVersion}}'}`
  const [version = '', api = ''] = stdout.trim().split(' ')
  return parseFloat(version) >= 23 && parseFloat(api.slice(2)) >= 42 ? ['--all'] : []
}

/** What the docker CLI prints of a call that was refused; of a HEAD it can only say that it was. */
function sentence(call: string): string {
  return call === '' ? '' : `Error response from daemon: ${call} is not allowed here`
}
