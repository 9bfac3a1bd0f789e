/**
 * A word with the variables that it holds put in: `$A`, `${A}`, `${A:-default}`, `${A:+other}`. What has another form
 * stays, with its `$`.
 */
export function expand(word: string, values: ReadonlyMap<string, string>): string {
  return word.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::([-+])([^{}$]*))?\})/g,
    (
      _,
      bare: string | undefined,
      name: string | undefined,
      how: string | undefined,
      other: string | undefined,
    ) => {
      const value = values.get(bare ?? name ?? '') ?? ''
      if (how === '-') return value === '' ? (other ?? '') : value
      if (how === '+') return value === '' ? '' : (other ?? '')
      return value
    },
  )
}
