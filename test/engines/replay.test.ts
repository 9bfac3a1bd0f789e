import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { intermediate } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import { jsonLines, replay, wireTap } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { chainOf } from './chain.js'
import { abandoned, runtimes } from './differences.js'
import { busybox, dockerAt } from './docker.js'
import { environmentFor } from './engines.js'
import type { Ability } from './engines.js'
import { foundEngines } from './found-engines.js'
import { removeLeftOvers } from './left-overs.js'
import type { Play } from './play.js'
import { perform } from './play.js'

const engines = await foundEngines()
const each = engines.flatMap((engine) => engine.clients.map((client) => ({ engine, client })))

/** What nobody answers at: a replay is to need no engine. */
const nowhere = 'unix:///nonexistent/docker.sock'

const terminal = { rows: 31, columns: 97 }
const untilSize = 'until [ "$(stty size 2>/dev/null)" = "31 97" ]; do sleep .05; done'
const conversation = `${untilSize}; stty -echo; echo ready; read word; echo "got $word"; exit 5`

describe.for(each)('$client.name on $engine.name, replayed', ({ engine, client }) => {
  /** The same commands with the engine, recorded, and then with the recording; what is different afterwards. */
  async function both(script: (play: Play) => PromiseLike<unknown>, again = script) {
    const name = `replay-${randomBytes(3).toString('hex')}`
    await using folder = await temporaryFolder()
    const recording = folder.file('session.jsonl')
    const shared = { name, folder: folder.file('shared') }
    await mkdir(shared.folder)
    const play = async (address: string, number: string, commands: typeof script) => {
      const stage = { client, engine, run: name, address, name, shared, folder: folder.file(number) }
      return perform(commands, stage, [abandoned, runtimes])
    }
    try {
      const sink = jsonLines(recording)
      const tapped = await chainOf(1, engine.address, 'unix', intermediate().use(wireTap(sink)))
      const live = await play(tapped.address, 'live', script)
      await tapped[Symbol.asyncDispose]()
      await sink.close()
      await using replayed = await chainOf(1, nowhere, 'unix', intermediate().use(await replay(recording)))
      return { live, replayed: await play(replayed.address, 'replayed', again) }
    } finally {
      await removeLeftOvers(
        dockerAt(client.program, environmentFor(engine.address), () => {}),
        name,
      )
    }
  }

  function same(title: string, script: (play: Play) => PromiseLike<unknown>, ability?: Ability) {
    const lacks = ability !== undefined && !client.abilities.includes(ability)
    it.skipIf(lacks)(title, { timeout: 180_000 }, async () => {
      const { live, replayed } = await both(script)
      expect(live.failure).toBeUndefined()
      expect(replayed.text).toBe(live.text)
    })
  }

  same('version, info, lists and inspect', async ({ docker, name }) => {
    await docker`version`
    await docker`info`
    await docker`create --name ${name} --label a=b ${busybox} echo ${'a < b && c > d'}`
    await docker`ps --all --no-trunc --filter name=${name} --format ${'{{json .Names}} {{.ID}} {{.State}}'}`
    await docker`inspect ${name}`
    await docker`inspect --size ${name}`
    await docker({ exits: 'any' })`inspect ${name}-that-is-not-there`
    await docker`network ls`
    await docker`image ls --no-trunc --format ${'{{.ID}} {{.Repository}}'} busybox`
    await docker`image inspect busybox:latest`
    await docker`rm ${name}`
  })

  same('run, without a name and with its own exit code, output and input', async ({ docker }) => {
    await docker`run --rm ${busybox} echo hello`
    await docker({ exits: 3 })`run --rm ${busybox} sh -c ${'echo out; echo err >&2; exit 3'}`
    await docker({ stdin: 'typed\n' })`run --rm --interactive ${busybox} sh -c ${'cat; echo err >&2'}`
    await docker({
      compared: 'sorted',
    })`run --rm ${busybox} sh -c ${'seq 1 20000; head -c 3000 /dev/urandom'}`
  })

  same('a container from its start to its end', async ({ docker, name, shared }) => {
    const loop = 'trap "exit 7" TERM; echo begun; while :; do sleep .1; done'
    await docker`run --detach --name ${name} ${busybox} sh -c ${loop}`
    await docker({ exits: 4 })`exec ${name} sh -c ${'echo out; echo err >&2; exit 4'}`
    await docker({ stdin: 'typed' })`exec --interactive ${name} cat`
    const file = join(shared.folder, 'file')
    await writeFile(file, 'content')
    await docker({ compared: 'not at all' })`cp ${file} ${name}:/file`
    await docker`logs --timestamps ${name}`
    await docker`inspect --format ${'{{.State.Status}} {{.State.StartedAt}}'} ${name}`
    const following = docker`logs --follow ${name}`
    await following.shows('begun')
    await docker`stop ${name}`
    await following
    await docker`wait ${name}`
    await docker`inspect --format ${'{{.State.Status}} {{.State.ExitCode}}'} ${name}`
    await docker`rm ${name}`
    await docker({ exits: 1 })`rm ${name}`
  })

  it('events keep their times, and those that were cut by the client stay open', async () => {
    const since = Math.floor(Date.now() / 1000)
    let until: number | undefined
    const { live, replayed } = await both(async ({ docker, name }) => {
      const following = docker({ exits: 'any', compared: 'not at all' })`events --filter container=${name}`
      await docker`run --name ${name} ${busybox} true`
      await following.shows('container die')
      expect(following.soFar.code).toBe('still runs')
      until ??= Math.ceil(Date.now() / 1000)
      await docker`events --since ${since} --until ${until} --filter container=${name}`
      await docker`events --since ${since} --until ${until} --filter container=${name} --format ${'{{json .}}'}`
      following.signal('SIGINT')
      await following
      await docker`rm ${name}`
    })
    expect(live.failure).toBeUndefined()
    expect(replayed.text).toBe(live.text)
  })

  same(
    'conversations in terminals',
    async ({ docker, name }) => {
      const typed = { terminal, stdin: 'open', exits: 5 } as const
      const talk = async (command: ReturnType<ReturnType<typeof docker>>) => {
        await command.shows('ready')
        expect(command.soFar.stdout).not.toContain('got')
        command.write('hello\r')
        expect((await command).stdout).toContain('got hello\r\n')
      }
      await talk(docker(typed)`run --rm --interactive --tty ${busybox} sh -c ${conversation}`)
      await docker`run --detach --name ${name} ${busybox} sleep 100`
      await talk(docker(typed)`exec --interactive --tty ${name} sh -c ${conversation}`)
      await docker`rm --force ${name}`
    },
    'terminals',
  )

  same(
    'compose up, ps, logs, exec and down',
    async ({ docker, name, shared }) => {
      const file = join(shared.folder, 'compose.yaml')
      const service = (text: string) => `
    image: busybox:latest
    pull_policy: never
    stop_grace_period: 0s
    command: ["sh", "-c", "echo ${text}; exec sleep 100"]
`
      await writeFile(
        file,
        `services:\n  front:${service('front')}    depends_on: [back]\n    volumes: ["kept:/kept"]\n  back:${service('back')}volumes:\n  kept: {}\n`,
      )
      const words = ['--ansi', 'never', '--progress', 'plain', '--project-name', name, '--file', file]
      const compose = ['compose', ...words]
      await docker({ compared: 'sorted' })`${compose} up --detach`
      await docker`${compose} ps --all --format ${'{{.Name}} {{.ID}} {{.Service}} {{.State}}'}`
      await docker`${compose} logs front`
      await docker({ exits: 3 })`${compose} exec -T front sh -c ${'echo out; echo err >&2; exit 3'}`
      await docker({ compared: 'sorted' })`${compose} down --volumes`
    },
    'compose',
  )

  it('what the recording does not have, docker is told in a sentence', async () => {
    const { replayed } = await both(
      async ({ docker, name }) => {
        await docker`run --name ${name} ${busybox} echo hello`
        await docker({ compared: 'not at all' })`cp ${name}:/etc/group -`
        await docker`rm ${name}`
      },
      async ({ docker, name }) => {
        await docker({ exits: 'any' })`run --name ${name} ${busybox} echo goodbye`
        await docker({ exits: 'any' })`cp ${name}:/etc/group -`
        await docker({ exits: 'any' })`rm --force ${name}`
        await docker({ exits: 'any' })`volume ls`
      },
    )
    const said = replayed.text.replaceAll(/\/\S+session\.jsonl/g, 'FILE').matchAll(/from daemon: (.*)/g)
    expect([...said].map(([, sentence]) => sentence?.replace(/\.?$/, '.'))).toEqual([
      'POST /containers/create is in FILE, but not like this: body.Cmd[1] is "goodbye" and was "hello".',
      'The reply to GET /containers/NAME/archive is not recorded: it was no JSON, was cut, or was larger than the "bodies" of the tap.',
      'DELETE /containers/NAME is in FILE, but not like this: query.force is "1" and was not there.',
      'GET /volumes is not in FILE, and nothing else of GET /volumes is.',
    ])
  })
})
