import type { Reply } from '@intermediate/core'

/** `reply.items` for rules that several endpoints have: what they look at in an item is in those of each of them. */
export function changeItems<I>(reply: Reply, change: (item: I) => unknown): void {
  reply.items(change as never)
}
