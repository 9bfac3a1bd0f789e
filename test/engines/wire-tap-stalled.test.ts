import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { intermediate } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import type { TapEvent } from '@intermediate/wire-tap'
import { wireTap } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { chainOf } from './chain.js'
import { abandoned, ids, times } from './differences.js'
import { busybox, dockerAt } from './docker.js'
import { environmentFor } from './engines.js'
import { foundEngines } from './found-engines.js'
import { removeLeftOvers } from './left-overs.js'
import { perform } from './play.js'
import type { Play } from './play.js'

const engines = await foundEngines()

const each = engines.flatMap((engine) => engine.clients.map((client) => ({ engine, client })))

/** Of every kind of call what a tap could hold up or change. */
const plays: Record<string, (play: Play) => Promise<unknown>> = {
  async 'run, exec and attach'({ docker, name }) {
    const script = 'cat; echo err >&2; exit 7'
    const lines = 'line\n'.repeat(200_000)
    const { stdout } = await docker({
      stdin: lines,
      exits: 7,
    })`run --rm --interactive ${busybox} sh -c ${script}`
    expect(stdout).toBe(lines)
    const echo = 'while read word; do [ $word = quit ] && exit 3; echo got $word; done'
    await docker`run --detach --interactive --name ${name} ${busybox} sh -c ${echo}`
    await docker({ stdin: lines })`exec --interactive ${name} cat`
    const attach = docker({ stdin: 'open', exits: 3 })`attach ${name}`
    attach.write('one\n')
    await attach.shows('got one')
    attach.write('quit\n')
    await attach
    await docker`logs --timestamps ${name}`
  },

  async 'events and logs as they come'({ docker, name }) {
    const live = docker({ exits: 'any' })`events --filter container=${name} --since 10m`
    await docker`run --detach --name ${name} ${busybox} sh -c ${'echo one; until [ -e /go ]; do sleep .05; done; echo two'}`
    await live.shows('container start')
    const logs = docker`logs --follow ${name}`
    await logs.shows('one')
    await docker`exec --detach ${name} touch /go`
    expect((await logs).stdout).toBe('one\ntwo\n')
    await live.shows(/container die .*\n/)
    live.signal('SIGINT')
    await live
  },

  async 'cp both ways'({ docker, name, folder }) {
    const bulk = randomBytes(20_000_000)
    await writeFile(join(folder, 'bulk'), bulk)
    await docker`create --name ${name} ${busybox} true`
    await docker`cp ${folder}/bulk ${name}:/bulk`
    await docker`cp ${name}:/bulk ${folder}/back`
    expect((await readFile(join(folder, 'back'))).equals(bulk)).toBe(true)
  },

  async 'builds, and what fails'({ docker, name, run, folder }) {
    const file = `FROM busybox:latest\nARG A\nLABEL ${run}=made\nCMD ["echo", "built"]\n`
    const classic = { env: { DOCKER_BUILDKIT: '0' }, stdin: file }
    await docker(classic)`build --pull=false --build-arg A=${name} --tag ${name}:made -`
    await docker`save --output ${folder}/saved ${name}:made`
    await docker`load --input ${folder}/saved`
    await docker({ exits: 1 })`pull 127.0.0.1:1/nosuch:image`
    await docker({ exits: 1, stdin: 'secret' })`login --username a --password-stdin 127.0.0.1:1`
    await docker({ exits: 1 })`inspect ${name}-nosuch`
  },
}

describe.for(each)('$client.name on $engine.name', ({ engine, client }) => {
  it.for(Object.entries(plays))('with a sink that never goes on, it is the same: %s', async ([, script]) => {
    const run = `stalled-${randomBytes(3).toString('hex')}`
    await using folder = await temporaryFolder()
    const taken: TapEvent[] = []
    const stalled = wireTap((event) => new Promise<void>(() => taken.push(event)), { queue: 64 * 1024 })
    const failing = wireTap(() => Promise.reject(new Error('no disk')), { onError() {} })
    await using chain = await chainOf(1, engine.address, 'unix', intermediate().use(stalled).use(failing))
    const play = (route: string, address: string) => {
      const name = `${run}-${route}`
      const shared = { name, folder: folder.file(name) }
      return perform(
        script,
        { client, engine, run, address, name, folder: folder.file(name), shared },
        differs,
      )
    }
    try {
      const [direct, tapped] = await Promise.all([play('a', engine.address), play('b', chain.address)])
      expect(direct.failure).toBeUndefined()
      expect(tapped.text).toBe(direct.text)
    } finally {
      await removeLeftOvers(
        dockerAt(client.program, environmentFor(engine.address), () => {}),
        run,
      )
    }
    expect(taken).toHaveLength(1)
  })
})

const differs = [ids, times, abandoned]
