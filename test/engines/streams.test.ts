import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { ids, times } from './differences.js'
import { busybox } from './docker.js'

/** A container's command that goes on when `docker exec --detach … touch /go` says so; without, it could end before the exec does. */
const untilGo = 'until [ -e /go ]; do sleep .05; done'

forEachClient((same) => {
  same('run keeps the exit code, and stdout and stderr apart', async ({ docker }) => {
    const script = 'echo out; echo err >&2; exit 7'
    const { stdout, stderr } = await docker({ exits: 7 })`run --rm ${busybox} sh -c ${script}`
    expect([stdout, stderr]).toEqual(['out\n', 'err\n'])
  })

  same('run -i carries 300,000 lines to cat and back', async ({ docker }) => {
    const lines = Array.from({ length: 300_000 }, (_, index) => `line ${index}\n`).join('')
    const { stdout } = await docker({ stdin: lines })`run --rm --interactive ${busybox} cat`
    expect(stdout === lines).toBe(true)
  })

  same('output goes on after the end of stdin', async ({ docker }) => {
    const script = 'cat; sleep .3; echo after; echo after >&2; exit 4'
    const typed = { stdin: 'typed\n', exits: 4 }
    const { stdout } = await docker(typed)`run --rm --interactive ${busybox} sh -c ${script}`
    expect(stdout).toBe('typed\nafter\n')
  })

  same('stdin and stdout take turns', async ({ docker }) => {
    const cat = docker({ stdin: 'open' })`run --rm --interactive ${busybox} cat`
    for (const word of ['one', 'two', 'three']) {
      cat.write(`${word}\n`)
      await cat.shows(`${word}\n`)
    }
    cat.end()
    expect((await cat).stdout).toBe('one\ntwo\nthree\n')
  })

  same('a stream that nobody reads to its end', async ({ docker, name }) => {
    await docker({ stdin: 'x'.repeat(1_000_000) })`run --name ${name} --interactive ${busybox} head -c 10`
  })

  same('attach talks to a running container and gets its exit code', {
    each: async ({ docker, name }) => {
      const script =
        'while read word; do [ $word = quit ] && exit 3; echo got $word; echo err $word >&2; done'
      await docker`run --detach --interactive --name ${name} ${busybox} sh -c ${script}`
      const attach = docker({ stdin: 'open', exits: 3 })`attach ${name}`
      attach.write('one\n')
      await attach.shows('got one')
      attach.write('two\n')
      await attach.shows('got two')
      attach.write('quit\n')
      expect(await attach).toMatchObject({ stdout: 'got one\ngot two\n', stderr: 'err one\nerr two\n' })
    },
    differs: [ids],
  })

  same('start --attach --interactive', {
    each: async ({ docker, name }) => {
      await docker`create --interactive --name ${name} ${busybox} sh -c ${'cat; exit 6'}`
      await docker({ stdin: 'typed\n', exits: 6 })`start --attach --interactive ${name}`
    },
    differs: [ids],
  })

  same('exec, with and without stdin, with its exit code', {
    once: ({ docker, name }) => docker`run --detach --name ${name} ${busybox} sleep 100`,
    each: async ({ docker, shared }) => {
      await docker({ exits: 7 })`exec ${shared.name} sh -c ${'echo out; echo err >&2; exit 7'}`
      const script = 'cat; sleep .3; echo after'
      await docker({ stdin: 'typed\n' })`exec --interactive ${shared.name} sh -c ${script}`
      const bulk = 'x'.repeat(99).concat('\n').repeat(100_000)
      const { stdout } = await docker({ stdin: bulk })`exec --interactive ${shared.name} cat`
      expect(stdout === bulk).toBe(true)
      await docker`exec --detach ${shared.name} touch /detached`
      await docker`exec --workdir /etc --env A=b --user 7:8 ${shared.name} sh -c ${'pwd; echo $A; id -u; id -g'}`
      await docker({ exits: 'any' })`exec ${shared.name} nosuch`
    },
  })

  same('logs, from one end and from the other', {
    once: async ({ docker, name }) => {
      const script = 'for i in $(seq 5000); do echo out $i; echo err $i >&2; done'
      await docker`run --name ${name} ${busybox} sh -c ${script}`
    },
    each: async ({ docker, shared }) => {
      await docker`logs ${shared.name}`
      await docker`logs --follow --timestamps ${shared.name}`
      await docker`logs --tail 3 ${shared.name}`
    },
  })

  same('logs --follow shows a line when it is written, and ends with the container', {
    each: async ({ docker, name }) => {
      const script = `echo one; ${untilGo}; echo two; echo err >&2`
      await docker`run --detach --name ${name} ${busybox} sh -c ${script}`
      const logs = docker`logs --follow ${name}`
      await logs.shows('one')
      await docker`exec --detach ${name} touch /go`
      expect(await logs).toMatchObject({ stdout: 'one\ntwo\n', stderr: 'err\n' })
    },
    differs: [ids],
  })

  same('events, past and as they happen', {
    each: async ({ docker, name }) => {
      await docker`create --name ${name} --label play=x ${busybox} sleep .5`
      const filter = ['--filter', `container=${name}`, '--since', '10m']
      const live = docker({ exits: 'any' })`events ${filter}`
      await live.shows('container create')
      await docker`start ${name}`
      await live.shows('container start')
      await live.shows(/container die .*\n/)
      live.signal('SIGINT')
      await live
      await docker`events ${filter} --until=-1s --format ${'{{json .}}'}`
      const format = '{{.Action}} {{.Actor.Attributes.name}}'
      await docker`events ${filter} --until=-1s --filter event=start --format ${format}`
    },
    differs: [ids, times],
  })
})
