import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { abandoned, ids } from './differences.js'
import { busybox } from './docker.js'

const terminal = { rows: 31, columns: 97 }
const typed = { terminal, stdin: 'open' } as const

/** Shell that waits for a size of the terminal: an older client tells it only after the start. */
const untilSize = (rows: number, columns: number): string =>
  `until [ "$(stty size 2>/dev/null)" = "${rows} ${columns}" ]; do sleep .05; done`

/** Shell that answers one word with another. */
const answer = 'stty -echo; echo ready; read word; echo got $word'

const differs = [abandoned, ids]

forEachClient((same) => {
  same('run -t has the size of the terminal', {
    each: async ({ docker, folder }) => {
      const sized = { terminal: { ...terminal, resized: { ...terminal, when: folder } } }
      const script = `${untilSize(31, 97)}; echo sized`
      const { stdout } = await docker(sized)`run --rm --tty ${busybox} sh -c ${script}`
      expect(stdout).toContain('sized')
    },
    differs,
  })

  same('run -it is told when the size changes', {
    each: async ({ docker, folder }) => {
      const when = join(folder, 'now')
      const sized = { ...typed, terminal: { ...terminal, resized: { rows: 40, columns: 120, when } } }
      const script = `echo ready; ${untilSize(40, 120)}; echo sized`
      const run = docker(sized)`run --rm --interactive --tty ${busybox} sh -c ${script}`
      await run.shows('ready')
      await writeFile(when, '')
      expect((await run).stdout).toContain('sized')
    },
    differs,
  })

  same('run -it is a conversation', {
    each: async ({ docker }) => {
      const script = `${answer}; tty; exit 5`
      const shell = docker({ ...typed, exits: 5 })`run --rm --interactive --tty ${busybox} sh -c ${script}`
      await shell.shows('ready')
      shell.write('hello\r')
      expect((await shell).stdout).toContain('got hello\r\n')
    },
    differs,
  })

  same('^C in run -it interrupts the container', {
    each: async ({ docker }) => {
      const script = 'trap "echo caught; exit 9" INT; stty -echo; echo ready; while :; do sleep .05; done'
      const run = docker({ ...typed, exits: 9 })`run --rm --interactive --tty ${busybox} sh -c ${script}`
      await run.shows('ready')
      run.write('\x03')
      expect((await run).stdout).toContain('caught')
    },
    differs,
  })

  same('the detach keys leave the container running', {
    each: async ({ docker, name }) => {
      const detached = { ...typed, exits: 'any' } as const
      const run = docker(detached)`run --name ${name} --interactive --tty ${busybox} sh -c ${answer}`
      await run.shows('ready')
      run.write('\x10\x11')
      await run
      const { stdout } = await docker`inspect --format ${'{{.State.Status}}'} ${name}`
      expect(stdout).toBe('running\n')
      const attach = docker(typed)`attach ${name}`
      attach.write('hello\r')
      expect((await attach).stdout).toContain('got hello')
    },
    // The client knows the keys by an error that Go wraps when it copies to TCP: there it waits for the end.
    onUnix: true,
    differs,
  })

  same('exec -it has a terminal of its own', {
    once: ({ docker, name }) => docker`run --detach --name ${name} ${busybox} sleep 100`,
    each: async ({ docker, shared, folder }) => {
      const sized = { ...typed, terminal: { ...terminal, resized: { ...terminal, when: folder } }, exits: 8 }
      const script = `${untilSize(31, 97)}; ${answer}; exit 8`
      const shell = docker(sized)`exec --interactive --tty ${shared.name} sh -c ${script}`
      await shell.shows('ready')
      shell.write('hello\r')
      expect((await shell).stdout).toContain('got hello\r\n')
    },
    differs,
  })
}, 'terminals')
