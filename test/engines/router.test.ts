import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { busybox } from './docker.js'
import { findEngines, noEngine, required } from './engines.js'
import type { Client, Engine } from './engines.js'
import { removeLeftOvers } from './left-overs.js'
import { asOne, direct } from './router-two.js'

const engines = await findEngines()
if (engines.length < 2 && required) throw new Error(noEngine)
const [left, right] = engines as [Engine, Engine]

const run = `im-${randomBytes(3).toString('hex')}`
const terminal = { rows: 31, columns: 97 }

const both = (client: Client) => asOne(client, left, right)

const on = (engine: string) => ['--label', `engine=${engine}`]

describe.skipIf(engines.length < 2)('two engines as one', () => {
  afterAll(async () => {
    for (const engine of [left, right]) await removeLeftOvers(direct(engine), run)
  })

  describe.each(left?.clients ?? [])('$name', (client: Client) => {
    const name = `${run}-${left.clients.indexOf(client)}`

    it('ps, inspect, logs -f, exec, cp, stats, wait and rm find the container wherever it is', async () => {
      await using to = await both(client)
      const { docker } = to
      for (const engine of ['a', 'b']) {
        const container = `${name}-${engine}`
        const script = 'echo ready; until [ -e /go ]; do sleep .05; done; echo gone; exit 4'
        await docker`run --detach --name ${container} ${on(engine)} ${busybox} sh -c ${script}`
        const logs = docker`logs --follow ${container}`
        await logs.shows('ready')
        expect((await docker({ stdin: 'typed\n' })`exec --interactive ${container} cat`).stdout).toBe(
          'typed\n',
        )
        await writeFile(to.folder.file('sent'), engine)
        await docker`cp ${to.folder.file('sent')} ${container}:/sent`
        await docker`cp ${container}:/sent ${to.folder.file('back')}`
        expect(await readFile(to.folder.file('back'), 'utf8')).toBe(engine)
        expect((await docker`stats --no-stream --format ${'{{.Name}}'} ${container}`).stdout).toBe(
          `${container}\n`,
        )
        const { stdout: id } = await docker`inspect --format ${'{{.Id}}'} ${container}`
        await docker`exec ${id.slice(0, 9)} touch /go`
        expect((await docker`wait ${id.trim()}`).stdout).toBe('4\n')
        expect((await logs).stdout).toBe('ready\ngone\n')
      }
      const { stdout } = await docker`ps --all --filter name=${name} --format ${'{{.Names}}'}`
      expect(stdout).toBe(`${name}-b\n${name}-a\n`)
      expect((await direct(left)`ps --all --filter name=${name} --format ${'{{.Names}}'}`).stdout).toBe(
        `${name}-a\n`,
      )
      expect((await direct(right)`ps --all --filter name=${name} --format ${'{{.Names}}'}`).stdout).toBe(
        `${name}-b\n`,
      )
      await docker`rm --force ${name}-a ${name}-b`
      expect((await docker`ps --all --quiet --filter name=${name}`).stdout).toBe('')
    })

    if (client.abilities.includes('terminals'))
      it('run -it and exec -it are conversations on either', async () => {
        await using to = await both(client)
        const { docker } = to
        const script = 'stty -echo; echo ready; read word; echo got $word; exit 5'
        const typed = { terminal, stdin: 'open', exits: 5 } as const
        for (const engine of ['a', 'b']) {
          const shell = docker(typed)`run --rm --interactive --tty ${on(engine)} ${busybox} sh -c ${script}`
          await shell.shows('ready')
          shell.write('hello\r')
          expect((await shell).stdout).toContain('got hello\r\n')
          await docker`run --detach --name ${name}-${engine}t ${on(engine)} ${busybox} sleep 100`
          const inside = docker(typed)`exec --interactive --tty ${name}-${engine}t sh -c ${script}`
          await inside.shows('ready')
          inside.write('hello\r')
          expect((await inside).stdout).toContain('got hello\r\n')
          await docker`rm --force ${name}-${engine}t`
        }
      })

    it('events are of both, by their times', async () => {
      await using to = await both(client)
      const { docker } = to
      const format = '{{.Action}} {{.Actor.Attributes.name}}'
      const filter = ['--filter', `label=play=${name}`, '--filter', 'event=create']
      const live = docker({ exits: 'any' })`events ${filter} --since 1m --format ${format}`
      const made: string[] = []
      for (const n of [1, 2, 3, 4]) {
        const engine = n % 2 === 0 ? 'a' : 'b'
        made.push(`create ${name}-e${n}`)
        await docker`create --name ${name}-e${n} --label play=${name} ${on(engine)} ${busybox} true`
      }
      await live.shows(`${name}-e4`)
      live.signal('SIGINT')
      expect((await live).stdout.trim().split('\n')).toEqual(made)
      const past = await docker`events ${filter} --since 1m --until=-1s --format ${format}`
      expect(past.stdout.trim().split('\n')).toEqual(made)
      await docker`rm ${[1, 2, 3, 4].map((n) => `${name}-e${n}`)}`
    })

    it('a name on both is told apart', async () => {
      await using to = await both(client)
      const { docker } = to
      for (const engine of ['a', 'b'])
        await docker`create --name ${engine}/${name}-n --network ${engine}/bridge ${busybox} true`
      const { stdout } = await docker`ps --all --filter name=${name}-n --format ${'{{.Names}}'}`
      expect(
        stdout
          .trim()
          .split('\n')
          .toSorted((x, y) => (x < y ? -1 : 1)),
      ).toEqual([`a/${name}-n`, `b/${name}-n`])
      const refused = await docker({ exits: 'any' })`rm ${name}-n`
      expect(refused.stderr).toContain(
        `there is a container ${name}-n on a and b: say a/${name}-n or b/${name}-n.`,
      )
      await docker`rm a/${name}-n b/${name}-n`
    })

    it('what is built is run where it was built', async () => {
      await using to = await both(client)
      const { docker } = to
      const Dockerfile = `FROM busybox:latest\nRUN echo ${name} >/made\nCMD ["cat", "/made"]\n`
      const kits = client.abilities.includes('BuildKit') ? ['0', '1'] : ['0']
      for (const kit of kits) {
        const image = `${name}-k${kit}:made`
        await docker({ stdin: Dockerfile, env: { DOCKER_BUILDKIT: kit } })`build --tag ${image} -`
        expect((await docker`run --rm --pull never ${image}`).stdout).toBe(`${name}\n`)
        await docker`rmi ${image}`
        expect((await docker`images --quiet ${image}`).stdout).toBe('')
      }
    })

    it('one that is down is shown, and comes back while streams are open on both', async () => {
      await using to = await both(client)
      const { docker } = to
      const script = 'echo ready; exec sleep 100'
      for (const engine of ['a', 'b'])
        await docker`run --detach --name ${name}-${engine}k ${on(engine)} ${busybox} sh -c ${script}`
      const logs = ['a', 'b'].map((engine) => docker({ exits: 'any' })`logs --follow ${name}-${engine}k`)
      for (const each of logs) await each.shows('ready')
      const events = docker({
        exits: 'any',
      })`events --since 5s --filter event=kill --format ${'{{.Actor.Attributes.name}}'}`
      await docker`kill --signal CONT ${name}-bk`
      await events.shows(`${name}-bk`)
      await to.kill()
      await logs[1]
      expect(logs[0]!.soFar.code).toBe('still runs')
      const ps = await docker`ps --all --filter name=${name} --format ${'{{.Names}}'}`
      expect(ps.stdout).toBe(`${name}-ak\n`)
      const missing = await docker({ exits: 'any' })`inspect ${name}-bk`
      expect(missing.stderr).toContain('b may have it and cannot be reached')
      await docker`exec ${name}-ak true`
      await to.revive()
      expect((await docker`exec ${name}-bk echo back`).stdout).toBe('back\n')
      await docker`kill --signal KILL ${name}-bk`
      await events.shows(new RegExp(`${name}-bk\n[^]*${name}-bk\n`))
      expect(to.log).toEqual([expect.stringMatching(/^engine b is down: /), 'engine b answers again'])
      await docker`rm --force ${name}-ak ${name}-bk`
    })

    if (client.abilities.includes('compose'))
      it('compose keeps a project together', async () => {
        await using to = await both(client)
        const { docker } = to
        const folder = to.folder.file('project')
        await mkdir(folder)
        const service = (more: string) =>
          `    image: busybox:latest\n    pull_policy: never\n    stop_grace_period: 0s\n    command: [sleep, "100"]\n${more}`
        await writeFile(
          join(folder, 'compose.yaml'),
          `services:\n  front:\n${service('    depends_on: [back]\n    volumes: ["kept:/kept"]\n')}  back:\n${service('')}volumes:\n  kept: {}\n`,
        )
        const compose = [
          'compose',
          '--progress',
          'plain',
          '--project-name',
          `${name}-c`,
          '--file',
          join(folder, 'compose.yaml'),
        ]
        await docker`${compose} up --detach`
        expect(
          (await docker`${compose} ps --format ${'{{.Service}}'}`).stdout.trim().split('\n'),
        ).toHaveLength(2)
        expect((await docker({ stdin: 'typed\n' })`${compose} exec -T back cat`).stdout).toBe('typed\n')
        const ping = await docker`${compose} exec -T front sh -c ${'ping -c 1 -W 5 -q back | grep packets'}`
        expect(ping.stdout).toContain('1 packets received')
        await docker`${compose} down --volumes`
        expect((await docker`ps --all --quiet --filter name=${name}-c`).stdout).toBe('')
        expect((await docker`network ls --quiet --filter name=${name}-c`).stdout).toBe('')
        expect((await docker`volume ls --quiet --filter name=${name}-c`).stdout).toBe('')
      })
  })
})
