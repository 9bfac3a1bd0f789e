import fc from 'fast-check'
import { expect, test } from 'vitest'
import { agree } from './agreement.js'
import { replies } from './arbitrary-messages.js'
import { fuzz, runs, seed } from './fuzz.js'
import { knownInReplies } from './known-in-replies.js'
import { nodeReplies } from './node-replies.js'
import { wireReplies } from './wire-replies.js'

test(`replies that Node refuses ours refuses, and what both take they read alike (seed ${seed})`, async () => {
  let taken = 0
  await fuzz(fc.tuple(replies, fc.constantFrom('GET', 'GET', 'HEAD')), async ([sent, method]) => {
    taken += agree(knownInReplies, await wireReplies(sent, method), await nodeReplies(sent, method))
  })
  expect(taken, 'much of what is tried should be well-formed').toBeGreaterThan(runs / 2)
}, 600_000)
