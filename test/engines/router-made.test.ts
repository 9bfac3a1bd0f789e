import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { intermediate, reply } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { router } from '@intermediate/router'
import { afterAll, describe, expect, it } from 'vitest'
import { busybox } from './docker.js'
import { findEngines, noEngine, required } from './engines.js'
import type { Client, Engine } from './engines.js'
import { removeLeftOvers } from './left-overs.js'
import { asOne, direct, dockerOf } from './router-two.js'

const engines = await findEngines()
if (engines.length < 2 && required) throw new Error(noEngine)
const [left, right] = engines as [Engine, Engine]

const run = `im-${randomBytes(3).toString('hex')}`
const quiet = ['--network', 'none']

describe.skipIf(engines.length < 2)('what is made on one of two engines', () => {
  afterAll(async () => {
    for (const engine of [left, right]) await removeLeftOvers(direct(engine), run)
  })

  describe.each(left?.clients ?? [])('$name', (client: Client) => {
    const name = `${run}-${left.clients.indexOf(client)}`

    it('is not made anew elsewhere while one is down, and a warning says what may be there twice', async () => {
      await using to = await asOne(client, left, right)
      const { docker } = to
      await docker`volume create b/${name}-d`
      await docker`create --name ${name}-l --label engine=b ${quiet} ${busybox} true`
      await to.kill()
      const refused = await docker({
        exits: 'any',
      })`run --rm ${quiet} --volume ${name}-d:/data ${busybox} ls /data`
      expect(refused.stderr).toContain(
        `no engine that answers has the volume ${name}-d, but b may have it and cannot be reached: say a/${name}-d for another one.`,
      )
      const created = await docker`create --name ${name}-l ${quiet} ${busybox} true`
      expect(created.stderr).toContain(
        `WARNING: the engine b cannot be reached, and may have a container ${name}-l, too: that would be b/${name}-l`,
      )
      expect((await docker`run --rm ${quiet} ${busybox} echo nameless`).stdout).toBe('nameless\n')
      await to.revive()
      expect((await docker`volume ls --quiet --filter name=${name}-d`).stdout).toBe(`${name}-d\n`)
      await docker`rm a/${name}-l b/${name}-l`
      await docker`volume rm ${name}-d`
    })

    it('is not with one of two things by the same name, unless it is said with which', async () => {
      await using to = await asOne(client, left, right)
      const { docker } = to
      for (const engine of ['a', 'b']) await docker`volume create ${engine}/${name}-two`
      const ls = (...more: readonly string[]) =>
        docker({ exits: 'any' })`run --rm ${quiet} ${more} --volume ${name}-two:/data ${busybox} echo ran`
      expect((await ls()).stderr).toContain(
        `there is a volume ${name}-two on a and b: say a/${name}-two or b/${name}-two.`,
      )
      expect((await ls('--label', 'engine=b')).stdout).toBe('ran\n')
      expect((await ls('--name', `b/${name}-r`)).stdout).toBe('ran\n')
      await docker`volume rm a/${name}-two b/${name}-two`
    })

    it('has its image pulled where it is to be', async () => {
      const pulls: string[] = []
      /** An engine that has a registry: whatever is pulled is busybox. */
      const pulling = (engine: string, upstream: string) =>
        intermediate({ upstream }).use('POST /images/create', async (call) => {
          pulls.push(engine)
          const { fromImage: repo, tag } = call.query
          const params = { name: busybox.at(-1)! }
          await call.ask('POST /images/:name/tag', { params, query: { repo, tag } })
          return reply(200, '{"status":"pulled"}\n', { 'Content-Type': 'application/json' })
        })
      const all = { a: pulling('a', left.address), b: pulling('b', right.address) }
      const layers = intermediate().use(router.engines(all, { place: router.byLabel('engine') }))
      await using to = await dockerOf(client, layers)
      for (const engine of ['b', 'a']) {
        const { stdout } = await to.docker`run --rm ${quiet} --label engine=${engine} ${name}-i:1 echo ran`
        expect(stdout).toBe('ran\n')
      }
      expect(pulls).toEqual(['b', 'a'])
      await to.docker`rmi ${name}-i:1`
    })

    it('is judged by the owner in front of its engine', async () => {
      for (const [engine, whose] of [
        [left, 'one'],
        [right, 'two'],
      ] as const) {
        const docker = direct(engine)
        await docker`create --name ${name}-base ${quiet} ${busybox} true`
        const changes = [`LABEL intermediate.owner=${whose}`, `CMD echo secret of ${whose}`]
        await docker`commit ${changes.flatMap((change) => ['--change', change])} ${name}-base ${name}-o`
        await docker`rm ${name}-base`
      }
      const seenBy = (whose: string) => {
        const owned = (upstream: string) => intermediate({ upstream }).use(filter.owner(whose))
        const all = { a: owned(left.address), b: owned(right.address) }
        return dockerOf(client, intermediate().use(router.engines(all, { place: router.byLabel('engine') })))
      }
      await using one = await seenBy('one')
      await using two = await seenBy('two')
      for (const at of [
        ['--label', 'engine=b'],
        ['--name', `b/${name}-x`],
      ]) {
        const refused = await one.docker({ exits: 'any' })`create ${quiet} ${at} ${name}-o`
        expect(refused.code).not.toBe(0)
      }
      const ran = (to: typeof one, engine: string) =>
        to.docker`run --rm ${quiet} --label engine=${engine} ${name}-o`
      expect((await ran(one, 'a')).stdout).toBe('secret of one\n')
      await one.docker`rmi ${name}-o`
      expect((await ran(two, 'b')).stdout).toBe('secret of two\n')
      await two.docker`rmi ${name}-o`
    })

    it('at an upstream that a router chose by its name is run to its end', async () => {
      const layer = router(router.byContainer({ [`${name}-ci-*`]: 'right' }), { right: right.address })
      // The engines speak different versions, and a router makes no one of them.
      const env = { DOCKER_API_VERSION: '1.41' }
      await using to = await dockerOf(client, intermediate({ upstream: left.address }).use(layer), env)
      const { docker } = to
      const script = 'echo ready; exec sleep 100'
      await docker`run --detach ${quiet} --name ${name}-ci-1 ${busybox} sh -c ${script}`
      expect((await docker`exec ${name}-ci-1 echo inside`).stdout).toBe('inside\n')
      const { stdout } = await docker`run --rm ${quiet} --name ${name}-ci-2 ${busybox} echo ran`
      expect(stdout).toBe('ran\n')
      expect((await direct(right)`ps --quiet --filter name=${name}-ci`).stdout).not.toBe('')
      await docker`rm --force ${name}-ci-1`
    })

    it('is listed since and before what is on the other, and renamed as it is made', async () => {
      await using to = await asOne(client, left, right)
      const { docker } = to
      for (const [n, engine] of ['a', 'b', 'a'].entries())
        await docker`create --name ${name}-s${n} --label engine=${engine} ${quiet} ${busybox} true`
      const names = async (filter: string) =>
        (await docker`ps --all --filter name=${name}-s --filter ${filter} --format ${'{{.Names}}'}`).stdout
      expect(await names(`since=${name}-s1`)).toBe(`${name}-s2\n`)
      expect(await names(`before=${name}-s1`)).toBe(`${name}-s0\n`)
      expect(await names(`since=a/${name}-s0`)).toBe(`${name}-s2\n${name}-s1\n`)
      const refused = await docker({ exits: 'any' })`rename ${name}-s0 ${name}-s1`
      expect(refused.stderr).toContain(`there is a container ${name}-s1 on b: remove it`)
      await docker`rename a/${name}-s0 a/${name}-s1`
      const { stdout } = await docker`ps --all --filter name=a/${name}-s1 --format ${'{{.Names}}'}`
      expect(stdout).toBe(`${name}-s1\n`)
      await docker`rm a/${name}-s1 b/${name}-s1 ${name}-s2`
    })

    if (client.abilities.includes('compose'))
      it('by compose is on both engines, where its services say', async () => {
        await using to = await asOne(client, left, right)
        const { docker } = to
        const folder = to.folder.file('project')
        await mkdir(folder)
        const service = (engine: string) =>
          `    image: busybox:latest\n    pull_policy: never\n    network_mode: none\n    stop_grace_period: 0s\n    labels: [engine=${engine}]\n    command: [sleep, "100"]\n`
        await writeFile(
          join(folder, 'compose.yaml'),
          `services:\n  left:\n${service('a')}  right:\n${service('b')}`,
        )
        const compose = ['compose', '--project-name', `${name}-c`, '--file', join(folder, 'compose.yaml')]
        await docker`${compose} up --detach`
        const ofBoth = ['ps', '--filter', `name=${name}-c`, '--format', '{{.Names}}']
        expect((await direct(left)`${ofBoth}`).stdout).toBe(`${name}-c-left-1\n`)
        expect((await direct(right)`${ofBoth}`).stdout).toBe(`${name}-c-right-1\n`)
        for (const each of ['left', 'right'])
          expect((await docker`${compose} exec -T ${each} echo ${each}`).stdout).toBe(`${each}\n`)
        await docker`${compose} up --detach --force-recreate`
        expect((await docker`${ofBoth}`).stdout.trim().split('\n')).toHaveLength(2)
        await docker`${compose} down`
        expect((await docker`ps --all --quiet --filter name=${name}-c`).stdout).toBe('')
      })
  })
})
