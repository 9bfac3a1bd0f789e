import { answer, exchange, recordingUpstream, temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { start } from './started.js'

const list = 'GET /v1.45/containers/json?all=1 HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n'

it('runs an engine in memory as the upstream memory:', async () => {
  await using folder = await temporaryFolder()
  const mine = `unix://${folder.file('i.sock')}`
  await using up = start(['up', '--listen', mine, '--upstream', 'memory:'])
  await up.prints('Engine: An engine in memory')
  expect(up.stdout).toContain('Upstream: memory:, from --upstream\n')
  expect(await exchange(mine, list)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  up.signal('SIGTERM')
  expect(await up.ended).toBe(0)
})

it('with --or-memory does so where no engine answers, and says so', async () => {
  await using folder = await temporaryFolder()
  const mine = `unix://${folder.file('i.sock')}`
  const absent = `unix://${folder.file('absent.sock')}`
  await using up = start(['up', '--listen', mine, '--upstream', absent, '--or-memory'])
  await up.prints(`export DOCKER_HOST=${mine}\n`)
  expect(up.stderr).toContain(`Cannot reach the Docker engine at ${absent} (ENOENT).`)
  expect(up.stderr).toContain('An engine in memory takes its place')
  expect(await exchange(mine, list)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
})

it('with --or-memory goes to the engine where there is one', async () => {
  await using folder = await temporaryFolder()
  await using engine = await recordingUpstream(
    answer('HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n{"Version":"1","ApiVersion":"1.45"}'),
  )
  const mine = `unix://${folder.file('i.sock')}`
  await using up = start(['up', '--listen', mine, '--upstream', engine.address, '--or-memory'])
  await up.prints('Engine: Docker Engine 1, API 1.45')
  expect(up.stdout).toContain(`Upstream: ${engine.address}, from --upstream\n`)
})
