/** What bytes must contain: text (latin1), a pattern (on latin1 text), or a test of all unread bytes. */
export type Sought = string | RegExp | ((unread: Buffer) => boolean)

/** A search that gives the number of bytes up to the end of the first match, or undefined while there is none. */
export function search(sought: Sought): (unread: Buffer) => number | undefined {
  if (typeof sought === 'function') return (unread) => (sought(unread) ? unread.length : undefined)
  if (typeof sought === 'string') return (unread) => endOf(unread.indexOf(sought, 0, 'latin1'), sought)
  const pattern = new RegExp(sought.source, sought.flags.replace(/[gy]/g, ''))
  return (unread) => {
    const match = pattern.exec(unread.toString('latin1'))
    return match ? endOf(match.index, match[0]) : undefined
  }
}

/** How an error names it. */
export function named(sought: Sought): string {
  if (typeof sought === 'string') return JSON.stringify(sought)
  return sought instanceof RegExp ? String(sought) : `bytes that satisfy ${sought.name || 'the test'}`
}

function endOf(index: number, { length }: string): number | undefined {
  return index < 0 ? undefined : index + length
}
