import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxHeadBytes } from '../../packages/core/src/wire/head.js'
import { agree } from './agreement.js'
import { requests } from './arbitrary-messages.js'
import { fuzz, runs, seed } from './fuzz.js'
import { knownInRequests } from './known-in-requests.js'
import { nodeRequests } from './node-requests.js'
import { wireRequests } from './wire-requests.js'

test(`requests that Node refuses ours refuses, and what both take they read alike (seed ${seed})`, async () => {
  let taken = 0
  await fuzz(requests, async (sent) => {
    taken += agree(knownInRequests, await wireRequests(sent), await nodeRequests(sent))
  })
  expect(taken, 'most of what is tried should be well-formed').toBeGreaterThan(runs)
}, 600_000)

test(`heads of requests that are too large for Node are too large for ours (seed ${seed})`, async () => {
  const [before, after] = ['GET / HTTP/1.1\r\nHost: a\r\nX-Registry-Config: ', '\r\n\r\n']
  const lengths = fc.integer({ min: maxHeadBytes - 70, max: maxHeadBytes + 70 })
  await fuzz(
    lengths,
    async (length) => {
      const text = before + 'a'.repeat(length - before.length - after.length) + after
      const sent = { text, cuts: [length - 1] }
      agree(knownInRequests, await wireRequests(sent), await nodeRequests(sent))
    },
    40,
  )
}, 600_000)
