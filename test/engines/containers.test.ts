import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { busybox } from './docker.js'
import { abandoned, ids } from './differences.js'

forEachClient((same) => {
  same('create, start, pause, restart, stop and rm', {
    each: async ({ docker, name }) => {
      const state = () =>
        docker`inspect --format ${'{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}'} ${name}`
      await docker`create --name ${name} --label made=here --env A=b ${busybox} sleep 100`
      await state()
      await docker`start ${name}`
      await docker`pause ${name}`
      await state()
      await docker`unpause ${name}`
      await docker`restart --time 0 ${name}`
      await docker`update --memory 64m --memory-swap 64m ${name}`
      await docker`stop --time 0 ${name}`
      expect((await state()).stdout).toBe('exited 137 0\n')
      await docker`rm ${name}`
      await docker({ exits: 1 })`inspect ${name}`
    },
    differs: [ids],
  })

  same('inspect, ps, port, top, diff and stats of one container', {
    once: async ({ docker, name }) => {
      await docker`run --detach --name ${name} --label made=here --publish 127.0.0.1::80 ${busybox} sleep 100`
      await docker`exec ${name} sh -c ${'touch /new; rm /bin/yes'}`
    },
    each: async ({ docker, shared }) => {
      await docker`inspect ${shared.name}`
      await docker`inspect --size --format ${'{{.SizeRw}} {{.SizeRootFs}}'} ${shared.name}`
      const format = '{{.ID}} {{.Image}} {{.Command}} {{.Names}} {{.Labels}} {{.Ports}}'
      await docker`ps --filter name=${shared.name} --no-trunc --format ${format}`
      await docker`port ${shared.name}`
      await docker`top ${shared.name} -o pid,args`
      const { stdout } = await docker({ compared: 'sorted' })`diff ${shared.name}`
      expect(stdout).toContain('A /new\n')
      await docker`stats --no-stream --format ${'{{.Name}} {{.ID}} {{.PIDs}}'} ${shared.name}`
    },
  })

  same('rename, and ps by name, label and status', {
    each: async ({ docker, name }) => {
      const list = (...filters: string[]) =>
        docker`ps --all --format ${'{{.Names}} {{.Status}}'} ${filters.flatMap((filter) => ['--filter', filter])}`
      await docker`create --name ${name}-a --label play=${name} ${busybox} true`
      await docker`rename ${name}-a ${name}-b`
      expect((await list(`name=${name}`)).stdout).toBe(`${name}-b Created\n`)
      await list(`label=play=${name}`, 'status=created')
      await list(`label=play=${name}`, 'status=running')
      await docker({ exits: 1 })`ps --filter status=nonsense`
      await docker({ exits: 1 })`rename ${name}-a ${name}-c`
    },
    differs: [ids],
  })

  same('kill ends run with the signal', async ({ docker, name }) => {
    const run = docker({ exits: 137 })`run --name ${name} ${busybox} sh -c ${'echo ready; sleep 100'}`
    await run.shows('ready')
    await docker`kill ${name}`
    await run
    await docker`inspect --format ${'{{.State.ExitCode}} {{.State.OOMKilled}}'} ${name}`
  })

  same('a signal to the client reaches the container', async ({ docker, name }) => {
    const script = 'trap "echo caught; exit 9" TERM; echo ready; while :; do sleep .05; done'
    const run = docker({ exits: 9 })`run --name ${name} ${busybox} sh -c ${script}`
    await run.shows('ready')
    run.signal('SIGTERM')
    expect((await run).stdout).toBe('ready\ncaught\n')
  })

  same('wait answers when the container ends', {
    each: async ({ docker, name }) => {
      await docker`run --detach --name ${name} ${busybox} sh -c ${'until [ -e /go ]; do sleep .05; done; exit 5'}`
      const wait = docker`wait ${name}`
      await docker`exec --detach ${name} touch /go`
      expect((await wait).stdout).toBe('5\n')
    },
    differs: [ids],
  })

  same('errors keep their words', {
    once: ({ docker, name }) => docker`create --name ${name} ${busybox} true`,
    each: async ({ docker, shared }) => {
      const { stderr } = await docker({ exits: 1 })`kill nosuch`
      expect(stderr).toContain('No such container: nosuch')
      await docker({ exits: 1 })`kill ${shared.name}`
      await docker({ exits: 1 })`logs nosuch`
      await docker({ exits: 1 })`wait nosuch`
      await docker({ exits: 1 })`exec ${shared.name} true`
      await docker({ exits: 1 })`create --name ${shared.name} ${busybox}`
      await docker({ exits: 125 })`run --pull never nosuch:image`
      await docker({ exits: 125 })`run --rm --memory 1 ${busybox}`
      await docker({ exits: 127 })`run --rm ${busybox} nosuch`
      await docker({ exits: 126 })`run --rm ${busybox} /etc`
    },
    differs: [ids, abandoned],
  })
})
