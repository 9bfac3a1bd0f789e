/** What a Dockerfile takes for its escape character: a backslash, or what its directive says. */
export type Escape = '\\' | '`'

/** A Dockerfile's LABEL of these, in which nothing is replaced or cut: every `"`, `$` and escape character is escaped. */
export function labelInstruction(labels: Readonly<Record<string, string>>, escape: Escape): string {
  const special = escape === '`' ? /["$`]/g : /["$\\]/g
  const quoted = (text: string) => `"${text.replaceAll(special, (each) => escape + each)}"`
  return `LABEL ${Object.entries(labels)
    .map(([name, value]) => `${quoted(name)}=${quoted(value)}`)
    .join(' ')}`
}

/**
 * Instructions, as the engine puts them together, with one more: at the end, where it has the last word, or in front of
 * all others but the directives, which count only at the top. One that is there already is not put there again.
 */
export function withInstruction(
  changes: readonly string[],
  instruction: (escape: Escape) => string,
  place: 'first' | 'last',
): string {
  const lines = changes.flatMap((change) => change.split('\n'))
  const directives = lines.findIndex((line) => !directive.test(line))
  const top = directives < 0 ? lines.length : directives
  const escape = escapeOf(lines.slice(0, top))
  const line = instruction(escape)
  if (place === 'first') return (lines[top] === line ? lines : lines.toSpliced(top, 0, line)).join('\n')
  if (lines.at(-1) === line) return lines.join('\n')
  // An escape character at the end would draw the next line into the same instruction, over blank lines and comments.
  const end = lines.findLastIndex((each) => !blank.test(each))
  if (end >= top) lines[end] = lines[end]!.replace(continuation[escape], '')
  return [...lines, line].join('\n')
}

const directive = /^\s*#\s*[a-zA-Z][a-zA-Z0-9]*\s*=/
const escapeDirective = /^\s*#\s*escape\s*=\s*(\\|`)\s*$/i
const blank = /^\s*(#|$)/
const continuation = { '\\': /\\[ \t\r]*$/, '`': /`[ \t\r]*$/ }

function escapeOf(directives: readonly string[]): Escape {
  const said = directives.map((line) => escapeDirective.exec(line)?.[1]).find((each) => each !== undefined)
  return said === '`' ? '`' : '\\'
}
