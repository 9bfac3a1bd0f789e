import { describe, expect, it } from 'vitest'
import { readUpArguments } from './up-arguments.js'
import { UsageError } from './usage-error.js'

function read(line: string, env: NodeJS.ProcessEnv = {}) {
  return readUpArguments(line === '' ? [] : line.split(' '), env)
}

describe('intermediate up', () => {
  it('needs no arguments', () => {
    expect(read('')).toEqual({
      file: undefined,
      listen: [],
      tap: undefined,
      upstream: undefined,
      orMemory: false,
      grace: 10_000,
      json: false,
    })
  })

  it('takes a file among its flags', () => {
    expect(read('--json guard.ts --upstream tcp://engine:2375 --grace 0.5')).toEqual({
      file: 'guard.ts',
      listen: [],
      tap: undefined,
      upstream: 'tcp://engine:2375',
      orMemory: false,
      grace: 500,
      json: true,
    })
  })

  it('refuses an engine in memory in place of one in memory', () => {
    expect(() => read('--or-memory --upstream memory:')).toThrow(
      '--or-memory has no effect with --upstream memory:: leave it out.',
    )
  })

  it('listens on every address, each with the flags for its kind', () => {
    const tls = '--tlscert=c --tlskey=k --tlscacert=a'
    const tcp = `--listen tcp://:1 ${tls} --allow-host a.example --allow-host b.example --insecure`
    expect(read(`--listen unix:///s --mode 0600 --group docker ${tcp}`)).toMatchObject({
      listen: [
        { address: 'unix:///s', mode: 0o600, group: 'docker' },
        {
          address: 'tcp://:1',
          tls: { cert: 'c', key: 'k', ca: 'a' },
          hosts: ['a.example', 'b.example'],
          insecure: true,
        },
      ],
    })
  })

  it('gives INTERMEDIATE_LISTEN the flags for its kind, and prefers --listen', () => {
    const env = { INTERMEDIATE_LISTEN: 'unix:///env' }
    expect(read('--mode 777', env)).toMatchObject({ listen: [{ address: 'unix:///env', mode: 0o777 }] })
    expect(read('--listen tcp://:1', env)).toMatchObject({ listen: [{ address: 'tcp://:1' }] })
  })

  it('gives the default socket its flags', () => {
    expect(read('--mode 0600 --group docker')).toMatchObject({ listen: [{ mode: 0o600, group: 'docker' }] })
  })

  it('leaves an INTERMEDIATE_LISTEN that is no address to the start', () => {
    expect(read('', { INTERMEDIATE_LISTEN: 'foo' })).toMatchObject({ listen: [] })
    expect(() => read('--tap unix:///t', { INTERMEDIATE_LISTEN: 'unix:///t' })).toThrow('is where calls are')
  })

  it.each(['unix:///t.sock', 'tcp://127.0.0.1:0', 'tcp://[::1]:2377', 'tcp://localhost:1', 'tcp://:1'])(
    'can be watched at %s, with no flag of the other addresses',
    (tap) => {
      expect(read(`--tap ${tap} --listen unix:///s --mode 0666 --listen tcp://:0 --insecure`)).toMatchObject({
        tap,
      })
    },
  )

  it('can stop at once', () => {
    expect(read('--grace 0')).toMatchObject({ grace: 0 })
  })

  it('helps, whatever else is asked', () => {
    expect(read('guard.ts -h --listen unix:///s')).toBe('help')
  })
})

it.each([
  ['--lisen unix:///s', 'there is no flag --lisen: did you mean --listen?'],
  ['--nonsense', 'there is no flag --nonsense: see "intermediate up --help".'],
  ['-x', 'there is no flag -x: see "intermediate up --help".'],
  ['--listen', '--listen needs a value: write --listen ADDR.'],
  ['--listen --json', '--listen needs a value: write --listen ADDR.'],
  ['--grace -1', '--grace -1 is no number of seconds: write one from 0 to 2147483, such as 10.'],
  ['--json -1', 'there is no flag -1: see "intermediate up --help".'],
  ['--mode -1', '--mode -1 is no file mode: write one from 000 to 777, such as 0660.'],
  ['--json=yes', '--json takes no value: leave it out.'],
  ['--help=yes', '--help takes no value: leave it out.'],
  ['a.ts b.ts', 'up runs one FILE, and was given a.ts and b.ts: use() one in the other.'],
  ['--upstream tcp://a --upstream tcp://b', '--upstream is there twice: give it once.'],
  ['--tap', '--tap needs a value: write --tap ADDR.'],
  ['--tap unix:///a --tap unix:///b', '--tap is there twice: give it once.'],
  [
    '--listen unix:///run/s --tap unix:///run/x/../s',
    '--tap unix:///run/x/../s is where calls are listened for: give the tap an address of its own, so that who may call sees no other calls.',
  ],
  [
    '--listen tcp://127.0.0.1:1 --tap tcp://127.0.0.1:1/',
    '--tap tcp://127.0.0.1:1/ is where calls are listened for: give the tap an address of its own, so that who may call sees no other calls.',
  ],
  ...['tcp://0.0.0.0:1', 'tcp://[::]:1', 'tcp://docker.example.com:1', 'tcp://127.0.0.1.example.com:1'].map(
    (tap) => [
      `--insecure --listen tcp://:0 --tap ${tap}`,
      `--tap ${tap} is refused, since whoever reaches it sees what passes: use tcp://127.0.0.1:PORT or unix:///PATH, and ssh to watch from elsewhere.`,
    ],
  ),
  ['--grace ten', '--grace ten is no number of seconds: write one from 0 to 2147483, such as 10.'],
  ['--grace=-1', '--grace -1 is no number of seconds: write one from 0 to 2147483, such as 10.'],
  ['--grace 2147484', '--grace 2147484 is no number of seconds: write one from 0 to 2147483, such as 10.'],
  ['--listen unix:///s --mode 0999', '--mode 0999 is no file mode: write one from 000 to 777, such as 0660.'],
  [
    '--listen tcp://:1 --mode 0660',
    '--mode is for unix:// addresses, and none is named: add --listen unix:///PATH, or leave it out.',
  ],
  [
    '--allow-host a.example',
    '--allow-host is for tcp:// addresses, and none is named: add --listen tcp://HOST:PORT, or leave it out.',
  ],
  ...['--listen', '--upstream', '--tap'].flatMap((flag) => [
    [
      `${flag} foo`,
      `In ${flag}, "foo" is not an address: write unix:///path/to.sock, tcp://host:port or npipe:////./pipe/name.`,
    ],
    [`${flag} tcp://h:99999`, `In ${flag}, "tcp://h:99999" has a port past 65535: write a smaller one.`],
    [
      `${flag} tcp://::1:1`,
      `In ${flag}, "tcp://::1:1" is ambiguous: write an IPv6 address in brackets, as in tcp://[::1]:2375.`,
    ],
  ]),
  [
    '--listen tcp://127.0.0.1:1 --tap tcp://:1',
    '--tap tcp://:1 is where calls are listened for: give the tap an address of its own, so that who may call sees no other calls.',
  ],
  [
    '--listen tcp://:1 --group docker',
    '--group is for unix:// addresses, and none is named: add --listen unix:///PATH, or leave it out.',
  ],
  [
    '--listen unix:///s --insecure',
    '--insecure is for tcp:// addresses, and none is named: add --listen tcp://HOST:PORT, or leave it out.',
  ],
  [
    '--listen unix:///s --tlscert c',
    '--tlscert is for tcp:// addresses, and none is named: add --listen tcp://HOST:PORT, or leave it out.',
  ],
  [
    '--listen unix:///s --allow-host a.example',
    '--allow-host is for tcp:// addresses, and none is named: add --listen tcp://HOST:PORT, or leave it out.',
  ],
  [
    '--listen tcp://:1 --tlscacert a',
    'TLS needs a certificate and its key: give both --tlscert FILE and --tlskey FILE.',
  ],
  [
    '--listen tcp://:1 --tlskey k',
    'TLS needs a certificate and its key: give both --tlscert FILE and --tlskey FILE.',
  ],
])('refuses %s', (line, message) => {
  expect(() => read(line)).toThrow(new UsageError(message))
})
