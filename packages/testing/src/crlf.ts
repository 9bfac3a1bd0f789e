/**
 * A message written as people read it: every line of the literal ends in CRLF, and a head without its blank line
 * gets it.
 *
 * ```ts
 * crlf`
 *   POST /auth HTTP/1.1
 *   Host: docker
 *   Content-Length: 2
 *
 *   {}`
 * ```
 * Taken off: the line break after the first backtick, the indentation that all lines share, and white space alone
 * before the last backtick. So a body ends where the backtick stands. Escapes are read last, so that `\n` is a bare
 * LF, and values go in as they are.
 */
export function crlf(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const text = dedent(strings.raw.join(hole))
  const message = text.includes('\n\n') ? text : `${text.replace(/\n$/, '')}\n\n`
  let next = 0
  return message.replaceAll('\n', '\r\n').replace(escapeOrHole, (found) => {
    return found === hole ? String(values[next++]) : character(found.slice(1))
  })
}

/** Stands for a value. Raw strings never hold it: what they hold of control characters is still escaped. */
const hole = '\0'
const escapeOrHole = /\\(x[\da-f]{2}|u[\da-f]{4}|[^])|\0/gi

const named: Record<string, string> = { r: '\r', n: '\n', t: '\t', 0: '\0' }

function character(escape: string): string {
  if (escape.length > 1) return String.fromCharCode(parseInt(escape.slice(1), 16))
  return named[escape] ?? escape
}

function dedent(literal: string): string {
  const text = literal.replace(/^\n/, '').replace(/(^|\n)[ \t]+$/, '$1')
  const indents = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.search(/\S/)]))
  const shared = Math.min(...indents)
  return text.replace(/^[ \t]+/gm, (space) => space.slice(Math.min(shared, space.length)))
}
