/** The known word that was probably meant: the one with the fewest typing errors in it, if they are few. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, errors: distance(word, candidate) }))
    .filter(({ candidate, errors }) => errors <= Math.max(1, Math.min(3, Math.floor(candidate.length / 2))))
    .sort((one, other) => one.errors - other.errors)
  return best?.candidate
}

/** After Levenshtein: how many characters to insert, to remove or to replace. */
function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column)
  for (const [row, left] of one.split('').entries()) {
    const current = [row + 1]
    for (const [column, right] of other.split('').entries()) {
      const replaced = above[column]! + (left === right ? 0 : 1)
      current.push(Math.min(replaced, above[column + 1]! + 1, current[column]! + 1))
    }
    above = current
  }
  return above.at(-1)!
}
