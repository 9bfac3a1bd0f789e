import { Refused } from './refused.js'

/**
 * The lines of a Dockerfile that say something, as the engine's own builder puts them together: comments are left out,
 * lines that end with a backslash go on in the next.
 * @throws Refused 403 for what engines read differently: another escape character, two backslashes at the end of a
 * line, white space that is neither space nor tab, other line ends
 */
export function* wholeLines(written: string): Generator<string> {
  let line = ''
  let goesOn = false
  for (const raw of written.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (!/^[ \t]*#/.test(raw) && otherSpace.test(raw)) throw notRead(raw, 'with spaces and tabs only')
    if (/^\s*#/.test(raw)) {
      if (/^\s*#\s*escape\s*=\s*[^\s\\]/i.test(raw)) throw notRead(raw, 'with the escape character \\')
      continue
    }
    if (raw.includes('\r')) throw notRead(raw, 'without other line ends than line feeds')
    if (goesOn && raw.trim() === '') continue
    const [, text = raw, backslashes] = /^(.*?)(\\+)[ \t]*$/s.exec(raw) ?? []
    if (backslashes !== undefined && backslashes.length > 1)
      throw notRead(raw, 'without two backslashes at the end of a line')
    line += goesOn ? text : text.trimStart()
    goesOn = backslashes !== undefined
    if (goesOn) continue
    if (line.trim() !== '') yield line.trim()
    line = ''
  }
  if (line.trim() !== '') yield line.trim()
}

/** What white space parts. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

/** White space that Go takes for some in one place and not in another, and the end of a text in C. */
const otherSpace = /[\0\v\f\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF]/

/** What a line of a Dockerfile is refused with. */
export function notRead(line: string, how: string): Refused {
  return new Refused(
    403,
    `the line ${JSON.stringify(line)} of the Dockerfile is not allowed here: write it ${how}`,
  )
}
