/**
 * A word with the variables that it holds put in: `$A`, `${A}`, `${A:-default}`, `${A:+other}`. What has another form
 * stays, with its `$`.
 */
export function expandVariables(word: string, values: ReadonlyMap<string, string>): string {
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

/**
 * Sets what an `ARG` in front of the first FROM gives to the variables of FROM, which only those see: what the build was
 * given for its name, or what stands in the Dockerfile.
 * @param rest what follows ARG: `BASE=busybox TAG`
 * @param given the build arguments of the call
 */
export function setArguments(
  values: Map<string, string>,
  rest: string,
  given: Readonly<Record<string, unknown>>,
): void {
  for (const word of rest.split(/\s+/)) {
    const [, name, value] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) continue
    const said = Object.hasOwn(given, name) ? given[name] : undefined
    if (typeof said === 'string') values.set(name, said)
    else if (value !== undefined)
      values.set(name, expandVariables(value.replace(/^(["'])(.*)\1$/, '$2'), values))
  }
}
