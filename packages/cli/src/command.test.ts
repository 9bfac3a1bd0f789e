import { certificates, recordingUpstream, temporaryFolder } from '@intermediate/testing'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { command } from './command.js'

beforeEach(() => {
  vi.unstubAllEnvs()
  vi.stubEnv('INTERMEDIATE_LISTEN', undefined)
  vi.stubEnv('INTERMEDIATE_UPSTREAM', 'unix:///nobody.sock')
})

async function run(...args: string[]) {
  const outcome = { code: -1, stdout: '', stderr: '' }
  outcome.code = await command(args, {
    stdout: { write: (text) => (outcome.stdout += text) },
    stderr: { write: (text) => (outcome.stderr += text) },
  })
  return outcome
}

/** What a command line that is not understood, or cannot be done, leaves: one line, and a code. */
function oneLine(code: number, message: string) {
  return { code, stdout: '', stderr: `intermediate: ${message}\n` }
}

describe('intermediate', () => {
  it.each(['--help', '-h', 'help'])('shows what there is: %s', async (flag) => {
    expect(await run(flag)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('up [FILE]'),
      stderr: '',
    })
  })

  it('shows the same, as an error, without a command', async () => {
    expect(await run()).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('up [FILE]') })
  })

  it.each(['--version', '-v'])('shows its version: %s', async (flag) => {
    expect(await run(flag)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  it.each(['up', 'tap'])('shows what %s takes in two ways', async (name) => {
    expect(await run('help', name)).toEqual(await run(name, '--help'))
  })

  it('shows what up takes', async () => {
    const { code, stdout } = await run('up', '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('intermediate up [FILE] [OPTIONS]')
    expect(stdout).toContain('\n  --grace SECONDS    How long')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })

  it('shows what tap takes', async () => {
    const { code, stdout } = await run('tap', '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('intermediate tap ADDR [OPTIONS]')
    expect(stdout).toContain('\n  --endpoint PATTERN  Show')
    expect(stdout).toContain('\n  --container NAME    Show')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
  })
})

describe('a command line that is not understood is one line and code 2', () => {
  it.each([
    [['upp'], 'there is no command "upp": did you mean "intermediate up"? See "intermediate --help".'],
    [['listen'], 'there is no command "listen": see "intermediate --help".'],
    [['guard.ts'], 'there is no command "guard.ts": to run a file, write "intermediate up guard.ts".'],
    [
      ['--json'],
      'the flag --json is none of intermediate itself: flags come after the command, as in "intermediate up --json".',
    ],
    [['up', '--lisen'], 'there is no flag --lisen: did you mean --listen?'],
    [
      ['tap'],
      'tap needs the ADDR that "intermediate up --tap ADDR" has: write "intermediate tap unix:///PATH".',
    ],
    [
      ['tap', 'unix:///t.sock', '/info'],
      'tap watches one ADDR, and was given unix:///t.sock and /info: put a pattern after --endpoint, in quotes.',
    ],
    [
      ['tap', 't.sock'],
      '"t.sock" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.',
    ],
    [['tap', 'tcp://127.0.0.1:70000'], '"tcp://127.0.0.1:70000" has a port past 65535: write a smaller one.'],
    [['tap', 'tcp://localhost'], '"tcp://localhost" names no port: write tcp://host:port.'],
    [
      ['help', 'upp'],
      'there is no command "upp": did you mean "intermediate up"? See "intermediate --help".',
    ],
    [['help', 'up', 'tap'], 'help is of one command, and was asked of up and tap: name one.'],
    [
      ['up', '--listen', ''],
      'In --listen, "" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.',
    ],
    [
      ['up', '--listen', 'tcp://0.0.0.0:0'],
      'tcp://0.0.0.0:0 is refused, since whoever reaches it controls the engine: give --tlscacert, --tlscert and --tlskey so that clients need a certificate, or allow it with --insecure.',
    ],
    [
      ['up', '--listen', 'tcp://127.0.0.1:0', '--allow-host', 'https://a.example'],
      '--allow-host https://a.example is no host name: write it without scheme and port, as in docker.example.com.',
    ],
    [
      ['up', '--listen', 'tcp://127.0.0.1:0', '--upstream', 'tcp://engine:0'],
      'In --upstream, "tcp://engine:0" has port 0: name the port of the upstream.',
    ],
    [['tap', 'unix:///t.sock', '--endpoint'], '--endpoint needs a value: write --endpoint PATTERN.'],
    [['tap', 'unix:///t.sock', '--mode', '1'], 'there is no flag --mode: see "intermediate tap --help".'],
    [
      ['tap', 'unix:///t.sock', '--container', 'a', '--container', 'b'],
      '--container is there twice: give it once.',
    ],
  ])('%j', async (args, message) => {
    expect(await run(...args)).toEqual(oneLine(2, message))
  })
})

describe('a start that fails is one line and code 1', () => {
  it.each([
    [
      ['--listen', 'unix:///nowhere/a.sock'],
      'The folder /nowhere is not there: create it, or listen on another path.',
    ],
    [
      ['--listen', 'tcp://127.0.0.1:0', '--tlscert', '/nowhere/cert.pem', '--tlskey', '/nowhere/key.pem'],
      'The TLS file /nowhere/cert.pem cannot be read (ENOENT): check its path and its permissions.',
    ],
    [['missing.ts'], 'There is no file missing.ts: name a module that exports an intermediate.'],
    [['/'], '/ is no file: name a module that exports an intermediate.'],
    [['README.md'], 'README.md is no module: name a .js or .ts file that exports an intermediate.'],
  ])('%j', async (args, message) => {
    expect(await run('up', ...args)).toEqual(oneLine(1, message))
  })

  it('an address in the environment that is none', async () => {
    vi.stubEnv('INTERMEDIATE_LISTEN', 'sock')
    expect(await run('up')).toEqual(
      oneLine(
        1,
        'In INTERMEDIATE_LISTEN, "sock" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.',
      ),
    )
  })

  it('an upstream in FILE that cannot be, also where --upstream is given', async () => {
    await using folder = await temporaryFolder()
    const file = folder.file('router.mjs')
    const core = import.meta.resolve('@intermediate/core')
    await writeFile(
      file,
      `import { intermediate, upstream } from '${core}'
const west = upstream('tcp://west:0')
export default intermediate().use(Object.assign((call) => west.send(call), { ready: () => west.ready() }))`,
    )
    expect(await run('up', file, '--upstream', 'tcp://east:1')).toEqual(
      oneLine(1, 'In the upstream option, "tcp://west:0" has port 0: name the port of the upstream.'),
    )
  })

  it('a group that is not there', async () => {
    await using folder = await temporaryFolder()
    const listen = `unix://${folder.file('a.sock')}`
    expect(await run('up', '--listen', listen, '--group', 'nobody-there')).toEqual(
      oneLine(
        1,
        'There is no group "nobody-there" in /etc/group: name one that is there, or give its number.',
      ),
    )
  })

  it('an address in use, of a socket or a port, and nothing else is left listening', async () => {
    await using folder = await temporaryFolder()
    await using other = await recordingUpstream()
    const mine = `unix://${folder.file('mine.sock')}`
    expect(await run('up', '--listen', mine, '--listen', other.address)).toEqual(
      oneLine(1, `${other.address} is already in use: stop what listens there, or listen on another path.`),
    )
    await using tcp = await recordingUpstream(undefined, { listen: 'tcp' })
    expect(await run('up', '--listen', mine, '--listen', tcp.address)).toEqual(
      oneLine(
        1,
        `${tcp.address} is already in use: stop what listens there, or listen on another port (0 takes any free one).`,
      ),
    )
    const mineAgain = createServer().listen(folder.file('mine.sock'))
    await once(mineAgain, 'listening')
    mineAgain.close()
  })

  it('a file where the socket should be, which is left alone', async () => {
    await using folder = await temporaryFolder()
    await writeFile(folder.file('notes'), 'mine')
    expect(await run('up', '--listen', `unix://${folder.file('notes')}`)).toEqual(
      oneLine(1, `${folder.file('notes')} is there and no socket: remove it, or listen on another path.`),
    )
  })

  it('a key that does not belong to the certificate', async () => {
    await using files = await certificates()
    const tls = ['--tlscert', files.cert, '--tlskey', files.clientKey]
    expect(await run('up', '--listen', 'tcp://127.0.0.1:0', ...tls)).toEqual(
      oneLine(
        1,
        `The TLS key ${files.clientKey} does not belong to the certificate ${files.cert}: give the two that do.`,
      ),
    )
  })

  it('leaves no listener of signals and crashes behind', async () => {
    const events = ['SIGINT', 'SIGTERM', 'uncaughtException', 'beforeExit']
    const before = events.map((event) => process.listenerCount(event))
    await run('up', 'missing.ts')
    expect(events.map((event) => process.listenerCount(event))).toEqual(before)
  })
})
