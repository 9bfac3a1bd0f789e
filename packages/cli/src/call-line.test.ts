import type { CallRecord } from '@intermediate/core'
import { expect, it } from 'vitest'
import { callLine } from './call-line.js'

const record: CallRecord = {
  endpoint: 'GET /containers/json',
  method: 'GET',
  path: '/containers/json',
  status: 200,
  duration: 3.21,
  received: 113,
  sent: 1_234,
  tunnel: false,
  aborted: false,
  answeredBy: undefined,
  upstream: 'unix:///run/docker.sock',
}
const usual = 'unix:///run/docker.sock'

it('has method, path, status, time and bytes in columns', () => {
  expect(callLine(record, usual)).toBe(
    'GET     /containers/json                          200      3.2 ms     113 B in    1.2 kB out',
  )
})

it('says what became a tunnel, and what the client did not get whole', () => {
  expect(callLine({ ...record, tunnel: true }, usual)).toMatch(/out {2}tunnel$/)
  expect(callLine({ ...record, aborted: true, status: 0 }, usual)).toMatch(/ {3}- .* out {2}aborted$/)
})

it('says which layer answered instead of the engine', () => {
  expect(callLine({ ...record, answeredBy: 'unprivileged' }, usual)).toMatch(/out {2}by unprivileged$/)
})

it('says which upstream replied, where it is not the usual one', () => {
  expect(callLine(record, 'tcp://10.0.0.7:2375')).toMatch(/out {2}from unix:\/\/\/run\/docker\.sock$/)
})

it('shows ids as docker does', () => {
  const id = '3b3b165b34d1bf6303ecb3c9e9245b58396e0a36d9ca56f738006a1454d27801'
  expect(callLine({ ...record, path: `/containers/${id}/start` })).toContain(
    ' /containers/3b3b165b34d1/start ',
  )
})

it('keeps what a client wrote on one line, and away from the terminal', () => {
  const line = callLine({ ...record, path: '/a\u001b[31m\nGET /forged\u202e' }, usual)
  expect(line).toContain('/a%1B[31m%0AGET /forged%E2%80%AE')
})

it.each([
  [200, 'green'],
  [101, 'green'],
  [404, 'yellow'],
  [502, 'red'],
  [0, 'red'],
])('paints the status %i %s', (status, colour) => {
  const painted = callLine({ ...record, status }, usual, (paint, text) => `<${paint}>${text}</>`)
  expect(painted).toContain(`<${colour}>${status === 0 ? ' - ' : status}</>`)
})

it.each([
  [0.04, '0.0 ms'],
  [9.96, '10 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min 0 s'],
  [3_599_600, '1 h 0 min'],
  [93_784_000, '26 h 3 min'],
])('writes %d ms as %s', (duration, text) => {
  expect(callLine({ ...record, duration }, usual)).toContain(`  ${text}  `)
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [9_960, '10 kB'],
  [999_600, '1.0 MB'],
  [4_200_000_000, '4.2 GB'],
  [5e15, '5000 TB'],
])('writes %d bytes as %s', (sent, text) => {
  expect(callLine({ ...record, sent }, usual)).toMatch(new RegExp(` ${text} out$`))
})
