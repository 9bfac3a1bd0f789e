import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { intermediate } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import { asciicast, jsonLines, wireTap } from '@intermediate/wire-tap'
import { describe, expect, it } from 'vitest'
import { chainOf } from './chain.js'
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

describe.for(each)('$client.name on $engine.name, tapped', ({ engine, client }) => {
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
      file: (path: string) => folder.file(path),
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

  it('run -it and attach are recorded too, with the sizes that their terminal gets', async () => {
    await using on = await stage()
    const { docker, name, file } = on
    const when = file('now')
    const terminal = { rows: 31, columns: 97, resized: { rows: 40, columns: 120, when } }
    const sized = 'until [ "$(stty size 2>/dev/null)" = "40 120" ]; do sleep .05; done'
    const script = `stty -echo; echo ready; ${sized}; echo sized; read word; echo "got $word"`
    const run = docker({
      terminal,
      stdin: 'open',
      exits: 'any',
    })`run --interactive --tty --name ${name} ${busybox} sh -c ${script}`
    await run.shows('ready')
    await writeFile(when, '')
    await run.shows('sized')
    run.write('\x10\x11')
    await run
    const attach = docker({ terminal: { rows: 20, columns: 60 }, stdin: 'open' })`attach ${name}`
    attach.write('é\r')
    await attach
    await docker`rm ${name}`
    const casts = await Promise.all((await on.told()).files.toSorted().map((each) => readFile(each, 'utf8')))
    const events = casts.map((cast) =>
      cast
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown[]),
    )
    const texts = (at: number, code: string) =>
      events[at]!.slice(1)
        .flatMap(([, each, text]) => (each === code ? [text] : []))
        .join(' ')
    expect(casts).toHaveLength(2)
    expect(events[0]![0]).toMatchObject({ version: 2 })
    expect(texts(0, 'o')).toContain('ready\r\n')
    expect(`${casts[0]!.split('\n')[0]} ${texts(0, 'r')}`).toMatch(/"width":97,"height":31.* 120x40/)
    expect(texts(1, 'i')).toContain('é')
    expect(texts(1, 'o')).toContain('got é\r\n')
  })

  it('no secret that the client sends is written down', async () => {
    await using on = await stage()
    const { docker, name, file } = on
    const secret = 'hunter2hunter2'
    const auth = Buffer.from(`me:${secret}`).toString('base64')
    await mkdir(file('config'))
    await writeFile(file('config/config.json'), JSON.stringify({ auths: { '127.0.0.1:1': { auth } } }))
    const loggedIn = { env: { DOCKER_CONFIG: file('config'), DOCKER_BUILDKIT: '0' } }
    await docker({ exits: 1, stdin: secret })`login --username me --password-stdin 127.0.0.1:1`
    await docker({ ...loggedIn, exits: 1 })`pull 127.0.0.1:1/nosuch`
    const dockerfile = 'FROM busybox:latest\nARG PASS\nRUN true\n'
    await docker({ ...loggedIn, stdin: dockerfile })`build --build-arg PASS=${secret} --tag ${name} -`
    await docker`history --no-trunc ${name}`
    await docker`image rm ${name}`
    const proxy = `HTTPS_PROXY=http://me:${secret}@proxy:3128`
    await docker`create --name ${name} --env ${proxy} --log-driver splunk --log-opt splunk-token=${secret} --log-opt splunk-url=http://127.0.0.1:1 ${busybox} true`
    await docker`inspect ${name}`
    await docker`rm ${name}`
    await docker`volume create --name ${name} --opt type=cifs --opt device=//nas/x --opt o=username=me,password=${secret}`
    await docker`volume inspect ${name}`
    await docker`volume rm ${name}`
    const { events } = await on.told()
    const all = JSON.stringify(events)
    const endpoints = new Set(events.map(({ endpoint }) => endpoint))
    expect(endpoints).toContain('POST /auth')
    expect(endpoints).toContain('POST /build')
    expect(endpoints).toContain('GET /images/:name/history')
    for (const text of [secret, auth, Buffer.from(secret).toString('base64').slice(0, 16)])
      expect(all).not.toContain(text)
    expect(all.split('[redacted]').length).toBeGreaterThan(8)
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
