import { expect, it } from 'vitest'
import { nearest } from './nearest.js'

const flags = ['listen', 'upstream', 'tlscert', 'tlskey', 'tlscacert', 'json']

it.each([
  ['lisen', 'listen'],
  ['upsteam', 'upstream'],
  ['tlskye', 'tlskey'],
  ['tlscacrt', 'tlscacert'],
  ['jsno', 'json'],
])('takes %s for %s', (typed, meant) => {
  expect(nearest(typed, flags)).toBe(meant)
})

it.each(['', 'x', 'verbose', 'something-else'])('has no guess at "%s"', (typed) => {
  expect(nearest(typed, flags)).toBeUndefined()
})
