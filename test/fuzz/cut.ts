/** Text in the parts that these cuts make of it. */
export function cutAt(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1')
  const inside = cuts.filter((cut) => cut > 0 && cut < bytes.length)
  const ends = [...new Set([...inside, bytes.length])].toSorted((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}
