import { IntermediateError } from '@intermediate/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { humanReport } from './human-report.js'
import type { Report, Start } from './report.js'

const start: Start = {
  addresses: ['unix:///run/intermediate.sock'],
  environment: { DOCKER_HOST: 'unix:///run/intermediate.sock' },
  clientFiles: [],
  upstream: { address: 'unix:///var/run/docker.sock', source: 'the docker context "rootless"' },
  answeredBy: undefined,
  layers: [],
  tap: undefined,
}

let printed = ''
let warned = ''
let report: Report

beforeEach(() => {
  printed = warned = ''
  report = humanReport({
    stdout: { write: (text) => (printed += text) },
    stderr: { write: (text) => (warned += text) },
  })
})

afterEach(() => vi.unstubAllEnvs())

describe('at the start', () => {
  it('says where it can be watched, as a shell reads it', () => {
    report.started({ ...start, tap: "unix:///home/o'neil/t.sock" })
    expect(printed).toContain(
      `\nexport DOCKER_HOST=unix:///run/intermediate.sock\nintermediate tap 'unix:///home/o'\\''neil/t.sock'  # elsewhere, to watch what passes\n`,
    )
  })

  it('says where it listens, what is behind it, and what to copy', () => {
    report.started(start)
    expect(printed).toBe(
      [
        'Listening on unix:///run/intermediate.sock',
        'Upstream: unix:///var/run/docker.sock, from the docker context "rootless"',
        'No layers: every call passes through untouched',
        '',
        'export DOCKER_HOST=unix:///run/intermediate.sock',
        '',
        '',
      ].join('\n'),
    )
  })

  it('lists the layers in order, with the calls that they want', () => {
    const many = ['GET /info', 'GET /version', 'GET /events', 'GET /_ping', 'HEAD /_ping'] as const
    report.started({
      ...start,
      layers: [
        { name: 'audit', endpoints: undefined },
        { name: 'guard', endpoints: ['POST /containers/create'] },
        { name: 'cache', endpoints: many },
      ],
    })
    expect(printed).toContain(
      [
        'Layers, the outermost first:',
        '  1. audit: every call',
        '  2. guard: POST /containers/create',
        '  3. cache: GET /info, GET /version, GET /events and 2 more\n',
      ].join('\n'),
    )
  })

  it('names no upstream where no call goes to one, but the layer that answers all', () => {
    report.started({ ...start, answeredBy: 'engines' })
    expect(printed).toContain('\nUpstream: only those of the layer "engines", which answers every call\n')
    expect(printed).not.toContain('docker.sock,')
  })

  it('quotes for the shell', () => {
    report.started({ ...start, environment: { DOCKER_HOST: "unix:///home/o'neil/a b.sock" } })
    expect(printed).toContain(`\nexport DOCKER_HOST='unix:///home/o'\\''neil/a b.sock'\n`)
  })

  it('says what a TLS client needs', () => {
    const environment = { DOCKER_HOST: 'tcp://localhost:2376', DOCKER_TLS_VERIFY: '1' }
    report.started({ ...start, environment, clientFiles: ['ca.pem', 'cert.pem', 'key.pem'] })
    expect(printed).toContain(
      'export DOCKER_HOST=tcp://localhost:2376 DOCKER_TLS_VERIFY=1\n' +
        '# and DOCKER_CERT_PATH, a folder with ca.pem, cert.pem, key.pem\n',
    )
  })
})

describe('of the engine', () => {
  it('shows what it is', () => {
    report.engine({ name: 'Docker Engine', version: '26.1.5', apiVersion: '1.45', platform: 'linux/amd64' })
    expect(printed).toBe('Engine: Docker Engine 26.1.5, API 1.45, linux/amd64\n')
  })

  it('warns while it is away', () => {
    report.engine({ problem: 'Cannot reach it.', isAway: true })
    expect(warned).toBe('Warning: Cannot reach it. Until it is there, calls answer 502.\n')
  })

  it('warns of an answer that is no help', () => {
    report.engine({ problem: 'GET /version answered 403: no\u001b[2J', isAway: false })
    expect(warned).toBe('Warning: GET /version answered 403: no%1B[2J\n')
  })
})

describe('of what goes wrong', () => {
  const call = { id: '3f2a', method: 'GET', path: '/info', layer: undefined }

  it('shows the sentence of an error that has one', () => {
    const error = new IntermediateError('ERR_UPSTREAM_UNREACHABLE', 502, 'GET /info: cannot reach it.')
    report.error({ ...call, error })
    expect(warned).toBe('Error: GET /info: cannot reach it.\n')
  })

  it('shows where a layer threw, with the id that its client got', () => {
    report.error({ ...call, error: new Error('boom\nforged line') })
    expect(warned).toMatch(
      /^Error 3f2a: GET \/info failed: Error: boom\n {2}forged line\n {6}at .*human-report/,
    )
  })

  it('shows one line of a start that failed, and the stack with DEBUG', () => {
    const error = new IntermediateError('ERR_LISTEN', 500, 'It is taken.')
    report.failed(error)
    expect(warned).toBe('intermediate: It is taken.\n')
    vi.stubEnv('DEBUG', '1')
    report.failed(new TypeError('what'))
    expect(warned).toMatch(/\nintermediate: Unexpected TypeError: what\nTypeError: what\n {6}at /)
  })
})

describe('on a terminal', () => {
  const record = {
    endpoint: 'GET /info',
    method: 'GET',
    path: '/info',
    status: 200,
    duration: 1,
    received: 1,
    sent: 1,
    tunnel: false,
    aborted: false,
    answeredBy: undefined,
    upstream: 'unix:///run/docker.sock',
  } as const

  function terminal(colours: boolean): Report {
    const write = (text: string) => (printed += text)
    return humanReport({ stdout: { isTTY: true, write, hasColors: () => colours }, stderr: { write } })
  }

  it('shows calls, in colour where there is one', () => {
    terminal(true).call?.(record)
    terminal(false).call?.(record)
    expect(printed.split('\n')).toEqual([
      expect.stringContaining('\u001b[32m200\u001b[39m'),
      expect.stringContaining('  200  '),
      '',
    ])
  })

  it('and elsewhere asks to be told of none', () => {
    expect(report.call).toBeUndefined()
  })
})
