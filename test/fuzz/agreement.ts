import type { KnownDifference } from './known-differences.js'
import type { Difference, Transcript } from './transcript.js'
import { difference } from './transcript.js'

/** The class that a difference belongs to, if it is a known one. */
export function classOf(known: readonly KnownDifference[], found: Difference): KnownDifference | undefined {
  return known.find(
    ({ taker, says, is }) =>
      taker === found.taker && says.test(found.says) && is(found.message, found.written),
  )
}

/** Fails unless ours and Node agree, or differ in a way that is known. Gives how many messages both took whole. */
export function agree(known: readonly KnownDifference[], ours: Transcript, node: Transcript): number {
  const found = difference(ours, node)
  if (found !== undefined && classOf(known, found) === undefined)
    throw new Error(`${sentence(found)}\nours: ${brief(ours)}\nnode: ${brief(node)}`)
  return ours.messages.filter(({ whole }, index) => whole && node.messages[index]?.whole === true).length
}

function sentence({ taker, says }: Difference): string {
  if (taker === 'both') return `Ours and Node read a message differently: ${says}.`
  return `Only ${taker} takes a message; of it the other says: ${says}.`
}

function brief(transcript: Transcript): string {
  return JSON.stringify(transcript).slice(0, 2000)
}
