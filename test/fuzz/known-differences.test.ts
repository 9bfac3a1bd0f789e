import { describe, expect, test } from 'vitest'
import { classOf } from './agreement.js'
import { knownInReplies } from './known-in-replies.js'
import { knownInRequests } from './known-in-requests.js'
import { nodeReplies } from './node-replies.js'
import { nodeRequests } from './node-requests.js'
import { difference } from './transcript.js'
import { wireReplies } from './wire-replies.js'
import { wireRequests } from './wire-requests.js'

const takers = { node: 'only Node takes', ours: 'only ours takes', both: 'ours and Node read differently' }

describe.each([
  { what: 'requests', known: knownInRequests, ours: wireRequests, node: nodeRequests },
  { what: 'replies', known: knownInReplies, ours: wireReplies, node: nodeReplies },
])('of $what', ({ known, ours, node }) => {
  for (const { taker, name, example: text, method = 'GET', because, since = '0', until = '99' } of known) {
    test(`${takers[taker]} ${name} (${because})`, async () => {
      const byteByByte = Array.from({ length: Math.min(text.length, 200) }, (_none, at) => at)
      for (const cuts of [[], byteByByte]) {
        const found = difference(await ours({ text, cuts }, method), await node({ text, cuts }, method))
        const expected = isLlhttp(since, until) ? name : undefined
        expect(found && classOf(known, found)?.name).toBe(expected)
      }
    })
  }
})

function isLlhttp(since: string, until: string): boolean {
  const version = process.versions['llhttp']!
  const isBefore = (other: string) => version.localeCompare(other, 'en', { numeric: true }) < 0
  return !isBefore(since) && isBefore(until)
}
