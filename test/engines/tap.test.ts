import { temporaryFolder } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { start } from '../cli/started.js'
import type { Command } from './command.js'
import { busybox, dockerAt } from './docker.js'
import { environmentFor } from './engines.js'
import { foundEngines } from './found-engines.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await foundEngines()

const each = engines.flatMap((engine) =>
  engine.clients
    .filter(({ abilities }) => abilities.includes('terminals'))
    .map((client) => ({ engine, client })),
)

let stages = 0

describe.for(each)('$client.name on $engine.name, watched', ({ engine, client }) => {
  /** `intermediate up --tap` in front of the engine, and docker with it. */
  async function stage() {
    const name = `watched-${process.pid}-${++stages}`
    const folder = await temporaryFolder()
    const [listen, tap] = [`unix://${folder.file('i.sock')}`, `unix://${folder.file('t.sock')}`]
    const up = start(['up', '--listen', listen, '--upstream', engine.address, '--tap', tap])
    await up.prints('Engine: ')
    const commands: Command[] = []
    const at = (address: string) =>
      dockerAt(client.program, environmentFor(address), (command) => commands.push(command))
    return {
      docker: at(listen),
      name,
      tap,
      [Symbol.asyncDispose]: async () => {
        for (const command of commands) await command.kill()
        await removeLeftOvers(at(engine.address), name)
        await up[Symbol.asyncDispose]()
        await folder[Symbol.asyncDispose]()
      },
    }
  }

  it('a container is followed by its name from its create to its end, in run, exec, logs and attach', async () => {
    await using on = await stage()
    const { docker, name } = on
    await using watcher = start(['tap', on.tap, '--container', name, '--json'])
    await watcher.prints('not known there yet')
    const other = `${name}-other`
    await docker`run --rm --name ${other} ${busybox} echo elsewhere`
    const terminal = { rows: 24, columns: 80 }
    const script = 'echo begun; read word; echo "got $word"'
    const run = docker({ terminal, stdin: 'open' })`run -it --name ${name} ${busybox} sh -c ${script}`
    await run.shows('begun')
    await docker`exec ${name} echo run-in-it`
    const logs = docker`logs --follow ${name}`
    await logs.shows('begun')
    run.write('hello\r')
    await Promise.all([run, logs])
    await docker`rm ${name}`
    await watcher.prints(/"end",.*"DELETE \/containers\/:id".*\n/)
    const events = eventsIn(watcher.stdout)
    const shown = (endpoint: string) =>
      events
        .filter((event) => event.type === 'frame' && event.endpoint === endpoint && event.stream !== 'stdin')
        .map(({ text }) => text)
        .join('')
    expect(shown('POST /containers/:id/attach')).toContain('got hello\r\n')
    expect(shown('GET /containers/:id/logs')).toContain('got hello\r\n')
    expect(shown('POST /exec/:id/start')).toBe('run-in-it\n')
    const ended = new Set(events.filter(({ type }) => type === 'end').map(({ endpoint }) => endpoint))
    for (const endpoint of ['POST /containers/create', 'POST /containers/:id/start', 'GET /exec/:id/json'])
      expect(ended).toContain(endpoint)
    expect(watcher.stdout).not.toContain('elsewhere')
    expect(watcher.stdout).not.toContain(other)
  })

  it('one that is there, by the beginning of its id, while docker says its name; and events', async () => {
    await using on = await stage()
    const { docker, name } = on
    const { stdout: id } = await docker`run --detach --name ${name} ${busybox} sleep 600`
    const short = id.slice(0, 12)
    await using watcher = start(['tap', on.tap, '--container', short])
    await watcher.prints(`of the container ${name} (${short}).\n`)
    await using ofEvents = start(['tap', on.tap, '--endpoint', 'GET /events', '--json'])
    await ofEvents.prints('Watching GET /events')
    const events = docker`events --since 0 --filter ${`container=${name}`}`
    await events.shows('start')
    await docker`exec ${name} echo run-in-it`
    await watcher.prints('← stdout "run-in-it\\n"')
    await ofEvents.prints(/"item",.*exec_start: echo run-in-it.*\n/)
    await events.kill()
  })
})

interface Told {
  readonly type: string
  readonly endpoint: string
  readonly stream?: string
  readonly text?: string
}

function eventsIn(lines: string): Told[] {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told)
}
