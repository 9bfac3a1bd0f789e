import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { intermediate } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import { asciicast, jsonLines, wireTap } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { chainOf } from './chain.js'
import type { Command } from './command.js'
import { busybox, dockerAt } from './docker.js'
import { environmentFor, findEngines, noEngine, required } from './engines.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await findEngines()
if (engines.length === 0 && required) throw new Error(noEngine)

const each = engines.flatMap((engine) =>
  engine.clients
    .filter(({ abilities }) => abilities.includes('terminals'))
    .map((client) => ({ engine, client })),
)

/** True where there is a program to play casts with: the tests that need it say that they do not run. */
const hasPlayer = await promisify(execFile)('asciinema', ['--version']).then(
  () => true,
  () => false,
)

/** What a terminal is shown of a cast, without its pauses. */
async function playedBack(file: string): Promise<string> {
  const play = `stty -opost; exec asciinema play --idle-time-limit 0.001 '${file}'`
  const { stdout } = await promisify(execFile)('script', [
    '--quiet',
    '--return',
    '--command',
    play,
    '/dev/null',
  ])
  return stdout
}

let stages = 0

describe.skipIf(each.length === 0).for(each)('$client.name on $engine.name, tapped', ({ engine, client }) => {
  async function stage() {
    const name = `tap-${process.pid}-${++stages}`
    const folder = await temporaryFolder()
    const lines = jsonLines(folder.file('calls.jsonl'))
    const casts = asciicast(folder.file('casts'))
    const layers = intermediate().use(wireTap(lines)).use(wireTap(casts))
    const chain = await chainOf(1, engine.address, 'unix', layers)
    const commands: Command[] = []
    const at = (address: string) =>
      dockerAt(client.program, environmentFor(address), (command) => commands.push(command))
    return {
      docker: at(chain.address),
      name,
      /** What was told, once nothing more comes. */
      async told() {
        await chain[Symbol.asyncDispose]()
        await Promise.all([lines.close(), casts.close()])
        const written = (await readFile(folder.file('calls.jsonl'), 'utf8')).trimEnd().split('\n')
        const files = (await readdir(folder.file('casts'))).map((file) => folder.file(`casts/${file}`))
        return { events: written.map((line) => JSON.parse(line) as Told), files }
      },
      [Symbol.asyncDispose]: async () => {
        for (const command of commands) await command.kill()
        await removeLeftOvers(at(engine.address), name)
        await chain[Symbol.asyncDispose]()
        await folder[Symbol.asyncDispose]()
      },
    }
  }

  /** Has a conversation in a terminal: what it showed, and what was recorded. */
  async function conversation() {
    await using on = await stage()
    const { docker, name } = on
    await docker`run --detach --name ${name} ${busybox} sleep 600`
    const terminal = { rows: 31, columns: 97 }
    const sized = 'until [ "$(stty size 2>/dev/null)" = "31 97" ]; do sleep .05; done'
    const script = `${sized}; stty -echo; echo ready; read word; echo "got $word"; seq 1 2000`
    const exec = docker({ terminal, stdin: 'open' })`exec --interactive --tty ${name} sh -c ${script}`
    await exec.shows('ready')
    exec.write('hello\r')
    const { stdout } = await exec
    const { files } = await on.told()
    expect(files).toHaveLength(1)
    const cast = await readFile(files[0]!, 'utf8')
    return { stdout, cast, played: hasPlayer ? await playedBack(files[0]!) : undefined }
  }

  it('docker exec -it is recorded with its size, and everything in order', async () => {
    const { stdout, cast } = await conversation()
    const [header, ...events] = cast
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(header).toMatchObject({ version: 2, width: 97, height: 31 })
    const all = events as [number, string, string][]
    expect(all.map(([time]) => time)).toEqual(all.map(([time]) => time).toSorted((a, b) => a - b))
    const texts = (code: string) => all.flatMap(([, each, text]) => (each === code ? [text] : [])).join('')
    expect(texts('o')).toContain(`ready\r\ngot hello\r\n1\r\n2\r\n`)
    expect(texts('o')).toBe(stdout)
    expect(texts('i')).toContain('hello\r')
  })

  it.skipIf(!hasPlayer)('asciinema plays it back', async () => {
    const { stdout, played } = await conversation()
    expect(played).toBe(stdout)
  })

  it('what a container says without a terminal is told by stream, and every call with its end', async () => {
    await using on = await stage()
    const { docker, name } = on
    const script = 'cat; echo err >&2'
    const run = docker({ stdin: 'typed' })`run --interactive --name ${name} ${busybox} sh -c ${script}`
    expect((await run).stdout).toBe('typed')
    await docker`logs ${name}`
    await docker`rm ${name}`
    const { events, files } = await on.told()
    expect(files).toEqual([])
    const texts = (endpoint: string, stream: string) =>
      events
        .filter((event) => event.type === 'frame' && event.endpoint === endpoint && event.stream === stream)
        .map(({ text }) => text)
        .join('')
    const attach = 'POST /containers/:id/attach'
    expect([texts(attach, 'stdin'), texts(attach, 'stdout'), texts(attach, 'stderr')]).toEqual([
      'typed',
      'typed',
      'err\n',
    ])
    const logs = 'GET /containers/:id/logs'
    expect([texts(logs, 'stdout'), texts(logs, 'stderr')]).toEqual(['typed', 'err\n'])
    const calls = (type: string) => events.filter((event) => event.type === type).map(({ call }) => call)
    expect(calls('end').toSorted((a, b) => a - b)).toEqual(calls('call'))
    expect(events.filter(({ dropped }) => dropped !== undefined)).toEqual([])
  })
})

interface Told {
  readonly type: string
  readonly call: number
  readonly endpoint: string
  readonly stream?: string
  readonly text?: string
  readonly dropped?: number
}
