import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { twoOwners } from '../policies/owner-clients.js'
import type { Owners } from '../policies/owner-clients.js'
import type { Command } from './command.js'
import { dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import { environmentFor } from './engines.js'
import { foundEngines } from './found-engines.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await foundEngines()

const busybox = ['--pull', 'never', '--stop-signal', 'KILL', 'busybox:latest']

describe.each(engines)('an owner on $name', ({ address, clients }) => {
  const run = `owner-${randomUUID().slice(0, 8)}`
  const commands: Command[] = []
  const { program } = clients[0]!
  let owners: Owners
  let a: Docker
  let b: Docker

  beforeAll(async () => {
    owners = await twoOwners(address, { a: `${run}-a`, b: `${run}-b` })
    const of = (at: string) => dockerAt(program, environmentFor(at), (command) => commands.push(command))
    a = of(owners.addresses.a)
    b = of(owners.addresses.b)
  })
  afterAll(async () => {
    for (const command of commands) await command.kill()
    await removeLeftOvers(
      dockerAt(program, environmentFor(address), () => {}),
      run,
    )
    await owners?.[Symbol.asyncDispose]()
  })

  it('saves none of another’s tags, however the repository is spelled', async () => {
    const name = `${run}-app`
    for (const [docker, who] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      await docker`create --name ${name}-${who} ${busybox} true`
      await docker`commit ${name}-${who} ${name}:${who}`
    }
    await b`tag ${name}:b ${name}:latest`
    for (const spelled of ['', 'library/', 'docker.io/', 'docker.io/library/', 'index.docker.io/library/']) {
      const refused = await b({ exits: 1 })`save ${spelled}${name}`
      expect(refused.stderr).toContain(`No such image: ${spelled}${name}`)
      const pulled = await owners.b(`POST /images/create?fromImage=${spelled}${name}`)
      expect([spelled, pulled.status]).toEqual([spelled, 409])
    }
    expect((await owners.b(`GET /images/library/${name}:b/get`)).status).toBe(200)
    await b`rmi ${name}:b ${name}:latest`
    // Of all tags that are one's own, there need not be one that is called latest.
    expect((await owners.a(`GET /images/library/${name}/get`)).status).toBe(200)
    await a`rmi ${name}:a`
  })

  it('sees the processes of their containers, and of nobody else’s', async () => {
    const name = `${run}-top`
    // Many, so that other columns of other processes have their pids as values.
    const script = 'for i in $(seq 1 200); do sleep 600 & done; wait'
    await b`run -d --name ${name} ${busybox} sh -c ${script}`
    await a`run -d --name ${name}-a ${busybox} sleep 601`
    for (const args of [
      ['-eovsz=PID', '-o', 'pid,args'],
      ['-eorss=PID', '-o', 'pid,args', 'e'],
      ['-eo', 'args,pid'],
      ['axh'],
    ]) {
      const refused = await b({ exits: 1 })`top ${name} ${args}`
      expect(refused.stderr).toContain('the ps arguments')
    }
    for (const args of [[], ['aux'], ['-aux'], ['-efww'], ['axf'], ['-eLf'], ['-eo', 'pid,%cpu,args']]) {
      const shown = (await b`top ${name} ${args}`).stdout.trim().split('\n').slice(1)
      expect([args, shown.filter((line) => !/sleep 600$|seq 1 200/.test(line))]).toEqual([args, []])
    }
    await b`rm --force ${name}`
    await a`rm --force ${name}-a`
  })

  it.each(['/v1.41', ''])('joins a network that is said by its id and by its name: %s', async (version) => {
    const name = `${run}-net`
    const { Id } = (await owners.a('POST /networks/create', { Name: name, Internal: true })).json
    for (const [mode, key] of [
      [Id, name],
      [name, Id],
      [Id.slice(0, 12), name],
    ]) {
      const body = {
        Image: 'busybox:latest',
        Cmd: ['sleep', '600'],
        StopSignal: 'SIGKILL',
        HostConfig: { NetworkMode: mode },
        NetworkingConfig: { EndpointsConfig: { [key]: { Aliases: ['web'] } } },
      }
      const made = await owners.a(`POST ${version}/containers/create?name=${name}`, body)
      expect([mode, key, made.status]).toEqual([mode, key, 201])
      expect((await owners.a(`POST /containers/${name}/start`)).status).toBe(204)
      const { Networks } = (await owners.a(`GET /containers/${name}/json`)).json.NetworkSettings
      expect(Object.keys(Networks)).toEqual([name])
      expect(Networks[name]).toMatchObject({ NetworkID: Id, Aliases: expect.arrayContaining(['web']) })
      await a`rm --force ${name}`
    }
    await a`network rm ${name}`
  })

  it('keeps the volumes of a container that is not made, since other calls may rely on them', async () => {
    const name = `${run}-left`
    await a({ exits: 1 })`create --pull never -v ${name}:/x ${run}-nosuch`
    await a`create --name ${name} -v ${name}:/x ${busybox} true`
    expect((await a`volume ls --quiet`).stdout).toBe(`${name}\n`)
    expect((await b`volume ls --quiet`).stdout).toBe('')
    await a`rm ${name}`
    await a`volume rm ${name}`
  })

  it.each(['docker_gwbridge', 'ingress', 'bridge', 'host', 'none', 'default'])(
    'makes no network of an engine’s own name: %s',
    async (Name) => {
      const { status } = await owners.a('POST /networks/create', { Name, CheckDuplicate: true })
      expect(status).toBe(403)
    },
  )
})
