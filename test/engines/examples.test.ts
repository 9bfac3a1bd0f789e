import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { example } from '../examples/tried.js'
import { busybox } from './docker.js'
import { foundEngines } from './found-engines.js'
import type { Client, Engine } from './engines.js'
import { at, dockerBehind } from './example-stage.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await foundEngines()

const run = `exa-${randomBytes(3).toString('hex')}`
const classic = { env: { DOCKER_BUILDKIT: '0' } }
const sleep = [...busybox, 'sleep', '600']

afterAll(async () => {
  for (const { address, clients } of engines) await removeLeftOvers(at(address, clients[0]!), run)
})

describe.each(engines)('$name', (engine: Engine) => {
  describe.each(engine.clients)('$name', (client: Client) => {
    const name = `${run}-${engine.clients.indexOf(client)}`
    const direct = at(engine.address, client)
    const through = async (file: string, env?: Readonly<Record<string, string>>) =>
      dockerBehind(await example(file, env), engine, client)

    it('read-only shows containers and changes none', async () => {
      await direct`create --name ${name}-r ${busybox} true`
      await using to = await through('read-only')
      expect((await to.docker`ps --all --format ${'{{.Names}}'}`).stdout).toContain(`${name}-r`)
      expect(await to.json(`${name}-r`, '.State.Status')).toBe('created')
      expect(await to.refused`rm ${name}-r`).toContain(`DELETE /containers/${name}-r is not allowed here`)
      expect(await to.refused`run --rm ${busybox} true`).toContain(
        'POST /containers/create is not allowed here',
      )
      await direct`rm ${name}-r`
    })

    it('unprivileged refuses what comes by the host', async () => {
      await using to = await through('unprivileged')
      const privileged = 'privileged mode is not allowed here'
      expect(await to.refused`run --rm --privileged ${busybox} true`).toContain(privileged)
      expect(await to.refused`run --rm --volume /etc:/x ${busybox} true`).toContain(
        'the host path /etc is not allowed here: use a volume',
      )
      expect(await to.refused`run --rm --pid host ${busybox} true`).toContain('the pid namespace of the host')
      await to.docker`run --detach --name ${name}-u --volume ${name}-u:/data ${sleep}`
      expect(await to.refused`exec --privileged ${name}-u true`).toContain('privileged mode of an exec')
      expect((await to.docker`exec ${name}-u echo in`).stdout).toBe('in\n')
      await to.docker`rm --force --volumes ${name}-u`
    })

    it('ticket asks for one, and keeps it', async () => {
      await using to = await through('ticket')
      expect(await to.refused`create ${busybox} true`).toContain('name its ticket: --label ticket=OPS-7')
      await to.docker`create --name ${name}-t --label ticket=OPS-7 ${busybox} true`
      expect(await to.json(`${name}-t`, '.Config.Labels.ticket')).toBe('OPS-7')
      await to.docker`rm ${name}-t`
    })

    it('no-exec lets containers run, and nobody exec', async () => {
      await using to = await through('no-exec')
      await to.docker`run --detach --name ${name}-e ${sleep}`
      expect(await to.refused`exec ${name}-e true`).toContain(`exec into ${name}-e is not allowed here`)
      await to.docker`rm --force ${name}-e`
    })

    it('teams has each see only what it has made', async () => {
      await using a = await through('teams', { TEAM: `${name}-a` })
      await using b = await through('teams', { TEAM: `${name}-b` })
      await a.docker`run --detach --name ${name}-of-a --volume ${name}-of-a:/data ${sleep}`
      expect((await a.docker`ps --format ${'{{.Names}}'}`).stdout).toBe(`${name}-of-a\n`)
      expect((await b.docker`ps --all --quiet`).stdout).toBe('')
      expect((await b.docker`volume ls --quiet`).stdout).toBe('')
      expect(await b.refused`logs ${name}-of-a`).toContain(`No such container: ${name}-of-a`)
      expect(await a.refused`run --rm --volume /:/host ${busybox} true`).toContain('the host path / is not')
      await a.docker`rm --force --volumes ${name}-of-a`
      await a.docker`volume rm ${name}-of-a`
    })

    it('labels are on containers, volumes and networks', async () => {
      await using to = await through('labels', { TEAM: 'infra' })
      await to.docker`create --name ${name}-l --label team=other ${busybox} true`
      await to.docker`volume create ${name}-l`
      await to.docker`network create ${name}-l`
      expect(await to.json(`${name}-l`, '.Config.Labels')).toEqual({ team: 'infra' })
      for (const kind of ['volume', 'network'])
        expect((await to.docker`${kind} inspect --format ${'{{json .Labels}}'} ${name}-l`).stdout).toBe(
          '{"team":"infra"}\n',
        )
      await to.docker`rm ${name}-l`
      await to.docker`volume rm ${name}-l`
      await to.docker`network rm ${name}-l`
    })

    it('limits holds in the container', async () => {
      await using to = await through('limits', { MEMORY: '64m' })
      const shown = 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null'
      const ran = to.docker({ exits: 'any' })`run --rm --memory 8g ${busybox} sh -c ${shown}`
      expect((await ran).stdout).toBe(`${64 * 1024 ** 2}\n`)
    })

    it('limits holds in the steps of a build', async () => {
      await using to = await through('limits', { MEMORY: '64m' })
      const shown = 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null'
      const stdin = `FROM busybox:latest\nLABEL ${run}=made\nRUN ${shown}; true\n`
      const built = await to.docker({ ...classic, stdin })`build --pull=false --no-cache --force-rm -`
      expect(built.stdout).toContain(`\n${64 * 1024 ** 2}\n`)
    })

    it('ticket asks for the label of a build', async () => {
      await using to = await through('ticket')
      const stdin = `FROM busybox:latest\nLABEL ${run}=made\n`
      const build = to.docker({ ...classic, stdin, exits: 'any' })`build --pull=false --no-cache -`
      expect((await build).stderr).toContain('name its ticket: --label ticket=OPS-7')
      const labels = ['--label', 'ticket=OPS-7']
      await to.docker({ ...classic, stdin })`build --pull=false --no-cache --force-rm ${labels} -`
    })

    it('network has containers find each other by name', async () => {
      await using to = await through('network', { NETWORK: `${name}-n` })
      await to.docker`run --detach --name ${name}-n1 ${sleep}`
      expect(await to.json(`${name}-n1`, '.HostConfig.NetworkMode')).toBe(`${name}-n`)
      const ping = await to.docker`run --rm ${busybox} ping -c 1 -W 5 -q ${name}-n1`
      expect(ping.stdout).toContain('1 packets received')
      await to.docker`rm --force ${name}-n1`
      await to.docker`network rm ${name}-n`
    })

    it('registry-mirror has the engine look there', async () => {
      // Nobody listens there: what the engine says names whom it asked.
      const mirror = `127.0.0.1:1/${run}`
      await using to = await through('registry-mirror', { MIRROR: mirror })
      expect(await to.refused`pull busybox:of-${run}`).toMatch(/127\.0\.0\.1:1\b.*refused/)
      const mirrored = `${mirror}/library/busybox:latest`
      await direct`tag busybox:latest ${mirrored}`
      try {
        await to.docker`create --name ${name}-m ${busybox} true`
        expect(await to.json(`${name}-m`, '.Config.Image')).toBe(mirrored)
        await to.docker`rm ${name}-m`
      } finally {
        await direct`rmi --no-prune ${mirrored}`
      }
    })
  })
})

it.skipIf(engines.length < 2)(
  'two-engines shows containers of both, made where their label says',
  async () => {
    const [a, b] = engines as readonly [Engine, Engine]
    const both = await example('two-engines', { ENGINE_A: a.address, ENGINE_B: b.address })
    await using to = await dockerBehind(both, undefined, a.clients[0]!)
    for (const each of ['a', 'b'])
      await to.docker`create --name ${run}-on-${each} --label engine=${each} ${busybox} true`
    const names = ['ps', '--all', '--format', '{{.Names}}', '--filter', `name=${run}-on`]
    expect((await to.docker`${names}`).stdout.trim().split('\n').toSorted()).toEqual([
      `${run}-on-a`,
      `${run}-on-b`,
    ])
    for (const [engine, each] of [[a, 'a'] as const, [b, 'b'] as const])
      expect((await at(engine.address, engine.clients[0]!)`${names}`).stdout).toBe(`${run}-on-${each}\n`)
    await to.docker`rm ${run}-on-a ${run}-on-b`
  },
)
