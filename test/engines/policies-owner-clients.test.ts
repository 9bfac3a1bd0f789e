import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { begin, callerOf, twoOwners } from '../policies/owner-clients.js'
import type { Owners } from '../policies/owner-clients.js'
import type { Command } from './command.js'
import { dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import { environmentFor } from './engines.js'
import { foundEngines } from './found-engines.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await foundEngines()

const busybox = ['--pull', 'never', '--stop-signal', 'KILL', 'busybox:latest']

for (const engine of engines) {
  describe.each(engine.clients)(`${engine.name}, $name`, ({ program, abilities }) => {
    // What a client does by the API is the same with all of them.
    const isFirst = program === engine.clients[0]?.program
    const run = `im-${randomUUID().slice(0, 8)}`
    const commands: Command[] = []
    let owners: Owners
    let a: Docker
    let b: Docker

    beforeAll(async () => {
      owners = await twoOwners(engine.address, { a: `${run}-a`, b: `${run}-b` })
      const of = (address: string) =>
        dockerAt(program, { ...environmentFor(address), DOCKER_BUILDKIT: '0' }, (command) =>
          commands.push(command),
        )
      a = of(owners.addresses.a)
      b = of(owners.addresses.b)
    })
    afterAll(async () => {
      for (const command of commands) await command.kill()
      const direct = dockerAt(program, environmentFor(engine.address), () => {})
      await removeLeftOvers(direct, run)
      await direct`image prune --force --filter label=intermediate.owner=${run}-a`
      await direct`image prune --force --filter label=intermediate.owner=${run}-b`
      // Compose leaves the anonymous volumes of containers that it has made anew.
      const left = await direct`volume ls --quiet --filter label=intermediate.owner=${run}-a`
      const volumes = left.stdout.split('\n').filter((name) => name !== '')
      if (volumes.length > 0) await direct`volume rm ${volumes}`
      await owners?.[Symbol.asyncDispose]()
    })

    it('lets an owner work as if alone', async () => {
      const name = `${run}-work`
      const said = await a({ stdin: 'typed\n' })`run -i --rm ${busybox} cat`
      expect(said.stdout).toBe('typed\n')
      if (abilities.includes('terminals')) {
        const terminal = a({
          terminal: { rows: 24, columns: 80 },
          stdin: 'open',
          exits: 3,
        })`run -it --rm ${busybox} sh`
        await terminal.shows('#')
        terminal.write('echo $((6*7)); exit 3\n')
        await terminal
        expect(terminal.soFar.stdout).toContain('42')
      }
      await a`network create ${name}`
      await a`run -d --name ${name} --network ${name} -v ${name}:/data ${busybox} sh -c ${'echo up; exec sleep 600'}`
      const other = [
        '--rm',
        '--network',
        `container:${name}`,
        '--pid',
        `container:${name}`,
        '--volumes-from',
        name,
      ]
      const shared =
        await a`run ${other} ${busybox} sh -c ${'hostname; ls -d /data; ps | grep -c "[s]leep 600"'}`
      expect(shared.stdout).toMatch(/^[0-9a-f]{12}\n\/data\n1\n$/)
      expect((await a`exec ${name} echo in`).stdout).toBe('in\n')
      expect((await a`logs ${name}`).stdout).toBe('up\n')
      await a`cp ${name}:/etc/hostname -`
      await a`rename ${name} ${name}-new`
      await a`restart --time 0 ${name}-new`
      expect((await a`ps --format ${'{{.Names}}'}`).stdout).toBe(`${name}-new\n`)
      expect((await a`volume ls --quiet`).stdout).toBe(`${name}\n`)
      expect((await a`network ls --format ${'{{.Name}}'}`).stdout).toBe(`${name}\n`)
      expect((await a`inspect --format ${'{{.HostConfig.NetworkMode}}'} ${name}-new`).stdout).toBe(
        `${name}\n`,
      )
      await a`rm --force ${name}-new`
      await a`volume rm ${name}`
      await a`network rm ${name}`
    })

    it('builds: every step is the owner’s, and of nobody else’s images', async () => {
      await using folder = await temporaryFolder()
      const context = folder.file('context')
      const image = `${run}-built`
      await mkdir(context)
      await writeFile(`${context}/file`, 'content\n')
      await writeFile(
        `${context}/Dockerfile`,
        'ARG BASE=nosuch\nFROM ${BASE} AS one\n# why\nRUN echo one \\\n  # and\n  >/one\nFROM busybox\nCOPY --from=one /one /file* /out/\n' +
          'COPY --from=0 /one /out/again\nLABEL a=b\nCMD ["cat", "/out/one"]\n'.replace('/file* ', ''),
      )
      const options = [
        '--pull=false',
        '--build-arg',
        'BASE=busybox:latest',
        '--label',
        `intermediate.owner=${run}-b`,
      ]
      await a`build ${options} --tag ${image} ${context}`
      expect((await a`build ${options} --compress --tag ${image} ${context}`).stdout).toContain('Using cache')
      expect((await a`run --rm --pull never ${image}`).stdout).toBe('one\n')
      expect((await a`image inspect --format ${'{{json .Config.Labels}}'} ${image}`).stdout).toBe(
        `{"a":"b","intermediate.owner":"${run}-a"}\n`,
      )
      const steps = (await callerOf(engine.address)(`GET /images/${image}/history`)).json as { Id: string }[]
      for (const { Id } of steps.filter((step) => step.Id.startsWith('sha256:')).slice(0, -1))
        expect([Id, (await owners.b(`GET /images/${Id}/json`)).status]).toEqual([Id, 404])
      expect((await b`images --all`).stdout).not.toContain(run)
      const again = await b`build ${options} --tag ${run}-other ${context}`
      // Of two stages from one image, the second takes the first's label.
      expect(again.stdout.match(/ : .*\n ---> Using cache/g)).toEqual([
        ` : LABEL intermediate.owner="${run}-b"\n ---> Using cache`,
      ])
      for (const dockerfile of [
        `FROM ${image}\n`,
        `FROM busybox\nCOPY --from=${image} /out /\n`,
        `FROM busybox\nCOPY \\\n --from=${image} /out /\n`,
      ]) {
        const refused = await b({ stdin: dockerfile, exits: 1 })`build -`
        expect(refused.stderr).toContain(`No such image: ${image}`)
      }
      await a`rmi --force ${image}`
      await b`rmi --force ${run}-other`
    })

    it.runIf(isFirst)('joins no network that has the name later', async () => {
      const name = `${run}-swap`
      await b`network create ${name}`
      await b`create --name ${name} --network ${name} ${busybox} sleep 600`
      await b`network rm ${name}`
      await a`network create ${name}`
      await b({ exits: 1 })`start ${name}`
      await b`rm --force ${name}`
      await a`network rm ${name}`
    })

    it.runIf(isFirst)('joins no network by its id under the name of another', async () => {
      const name = `${run}-id`
      await a`network create ${name}-a`
      await b`network create ${name}-b`
      const NetworkID = (await owners.a(`GET /networks/${name}-a`)).json.Id as string
      for (const key of ['bridge', `${name}-b`]) {
        const body = { Image: 'busybox:latest', Cmd: ['sleep', '600'], HostConfig: { NetworkMode: key } }
        const endpoints = { EndpointsConfig: { [key]: { NetworkID } } }
        const made = await owners.b(`POST /containers/create?name=${name}`, {
          ...body,
          NetworkingConfig: endpoints,
        })
        expect(made.status).toBe(201)
        await b`start ${name}`
        const connected = await owners.b(`POST /networks/${name}-b/connect`, {
          Container: name,
          EndpointConfig: { NetworkID },
        })
        expect([200, 403]).toContain(connected.status)
        expect((await owners.a(`GET /networks/${name}-a`)).json.Containers).toEqual({})
        await b`rm --force ${name}`
      }
      await a`network rm ${name}-a`
      await b`network rm ${name}-b`
    })

    it('shows the events of one’s own things only', async () => {
      const name = `${run}-events`
      const seen = { a: [] as string[], b: [] as string[] }
      const streams = await Promise.all(
        (['a', 'b'] as const).map(async (who) => {
          const stream = await begin(owners.addresses[who], 'GET /events')
          stream.setEncoding('utf8').on('data', (text: string) => seen[who].push(...text.trim().split('\n')))
          stream.on('error', () => {})
          return stream
        }),
      )
      for (const [docker, who] of [
        [a, 'a'],
        [b, 'b'],
      ] as const) {
        await docker`network create ${name}-${who}`
        await docker`volume create ${name}-${who}`
        await docker`run --name ${name}-${who} --network ${name}-${who} -v ${name}-${who}:/v ${busybox} true`
        await docker`rm ${name}-${who}`
        await docker`volume rm ${name}-${who}`
        await docker`network rm ${name}-${who}`
      }
      const until = Math.ceil(Date.now() / 1000)
      await expect
        .poll(() => [seen.a, seen.b].map((events) => kinds(events).includes('network destroy')))
        .toEqual([true, true])
      for (const stream of streams) stream.destroy()
      const past = await owners.b(`GET /events?since=${until - 60}&until=${until}`)
      for (const who of ['a', 'b'] as const) {
        const other = who === 'a' ? 'b' : 'a'
        expect(seen[who].join('\n')).not.toContain(`${name}-${other}`)
        expect(kinds(seen[who])).toEqual(
          expect.arrayContaining([
            'network create',
            'volume create',
            'container create',
            'network connect',
            'volume mount',
            'container start',
            'container die',
            'container destroy',
            'volume destroy',
            'network destroy',
          ]),
        )
      }
      expect(past.text).not.toContain(`${name}-a`)
    })

    it.runIf(abilities.includes('compose'))('runs compose, again over its volumes', async () => {
      await using folder = await temporaryFolder()
      const file = folder.file('compose.yaml')
      const services = (line: string) => `services:
  front:
    image: busybox:latest
    pull_policy: never
    stop_grace_period: 0s
    depends_on: [back]
    command: ["sh", "-c", "${line}; exec sleep 600"]
    volumes: ["kept:/kept", "/anonymous"]
  back: { image: busybox:latest, pull_policy: never, stop_grace_period: 0s, command: [sleep, "600"] }
volumes: { kept: {} }
`
      const compose = ['compose', '--ansi', 'never', '--project-name', `${run}-compose`, '--file', file]
      await writeFile(file, services('echo first'))
      await a`${compose} up --detach`
      await a`${compose} exec -T front sh -c ${'echo mine >/kept/it; echo mine >/anonymous/it; ping -c 1 -W 5 -q back'}`
      await writeFile(file, services('echo second'))
      await a`${compose} up --detach`
      const kept = await a`${compose} exec -T front cat /kept/it /anonymous/it`
      expect(kept.stdout).toBe('mine\nmine\n')
      expect((await a`${compose} logs --no-log-prefix front`).stdout).toContain('second')
      expect((await b`ps --all --quiet`).stdout).toBe('')
      expect((await b`${compose} ps --quiet`).stdout).toBe('')
      await a`${compose} down --volumes`
      expect((await a`ps --all --quiet --filter name=${run}-compose`).stdout).toBe('')
    })
  })
}

/** Of events, one a line. */
function kinds(events: readonly string[]): string[] {
  return events.map((line) => {
    const { Type, Action } = JSON.parse(line) as { Type: string; Action: string }
    return `${Type} ${Action}`
  })
}
