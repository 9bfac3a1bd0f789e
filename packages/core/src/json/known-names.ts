/**
 * The names of members that were read last, each as the one string that it is as a key: the items of a list all have
 * the same names, and to make a string of a part of a text and look it up as a key costs more than all else that is
 * done to read them. It is as large as it is, whatever was read.
 */
const names: string[] = Array.from({ length: 1024 }, () => '')
const longestName = 48

/** What is in `text` from `start` up to `end`, where neither a quote nor a backslash is. */
export function knownName(text: string, start: number, end: number): string {
  const length = end - start
  if (length === 0 || length > longestName) return text.slice(start, end)
  const middle = text.charCodeAt(start + (length >> 1))
  const place =
    (text.charCodeAt(start) * 5 + middle * 131 + text.charCodeAt(end - 1) * 23 + length * 37) &
    (names.length - 1)
  const known = names[place] as string
  if (known.length === length && text.startsWith(known, start)) return known
  // As a key of an object: a slice would keep all of the text in memory.
  const [name = ''] = Object.keys({ [text.slice(start, end)]: true })
  names[place] = name
  return name
}
