import { Incomplete, SyntaxFault } from './syntax.js'
import type { Part, Script, Word } from './syntax.js'

/** Reads a script inside a word, from there up to that text. */
export type ReadScript = (
  text: string,
  inside?: { from: number; until: string },
) => { script: Script; end: number }

/** The characters that end a word where they are not quoted. */
const delimiters = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')'])
const nameAt = /[A-Za-z_][A-Za-z0-9_]*|[0-9]|[?#$!@*]/y

/** Reads the words of a script, character by character. */
export class WordReader {
  readonly text: string
  at: number
  readonly #parse: ReadScript

  constructor(text: string, at: number, parse: ReadScript) {
    this.text = text
    this.at = at
    this.#parse = parse
  }

  get next(): string {
    return this.text[this.at] ?? ''
  }

  /** Reads a word, if there is one here. */
  word(): Word | undefined {
    const parts: Part[] = []
    while (this.next !== '' && !delimiters.has(this.next)) parts.push(...this.#part())
    return parts.length > 0 ? parts : undefined
  }

  #part(): readonly Part[] {
    switch (this.next) {
      case "'":
        return [this.#singleQuoted()]
      case '"':
        this.at++
        return [{ kind: 'text', text: '', quoted: true }, ...this.#until('"', true)]
      case '\\': {
        const escaped = this.text[this.at + 1] ?? '\\'
        this.at += 2
        return escaped === '\n' ? [] : [{ kind: 'text', text: escaped, quoted: true }]
      }
      case '$':
      case '`':
        return [this.#expansion(false)]
      default:
        return [{ kind: 'text', text: this.text[this.at++] ?? '', quoted: false }]
    }
  }

  #singleQuoted(): Part {
    const end = this.text.indexOf("'", this.at + 1)
    if (end < 0) throw new Incomplete("a ' has no end")
    const text = this.text.slice(this.at + 1, end)
    this.at = end + 1
    return { kind: 'text', text, quoted: true }
  }

  /** Reads as between double quotes, to that character and over it. */
  #until(end: string, quoted: boolean): Part[] {
    const parts: Part[] = []
    while (this.next !== end) {
      const char = this.next
      if (char === '') throw new Incomplete(`a ${end} is missing`)
      if (char === '$' || char === '`') {
        parts.push(this.#expansion(quoted))
      } else if (char === '"' && !quoted) {
        this.at++
        parts.push(...this.#until('"', true))
      } else if (char === "'" && !quoted) {
        parts.push(this.#singleQuoted())
      } else {
        const escaped = char === '\\' && '$`"\\\n'.includes(this.text[this.at + 1] ?? ' ')
        if (escaped) this.at++
        if (!escaped || this.next !== '\n')
          parts.push({ kind: 'text', text: this.next, quoted: quoted || escaped })
        this.at++
      }
    }
    this.at++
    return parts
  }

  #expansion(quoted: boolean): Part {
    if (this.next === '`') return this.#backquoted(quoted)
    this.at++
    if (this.text.startsWith('((', this.at)) {
      this.at += 2
      return { kind: 'arithmetic', expression: this.#arithmetic(), quoted }
    }
    if (this.next === '(') {
      this.at++
      const { script, end } = this.#parse(this.text, { from: this.at, until: ')' })
      this.at = end
      return { kind: 'command', script, quoted }
    }
    if (this.next === '{') return this.#braced(quoted)
    const name = this.#name()
    return name === '' ? { kind: 'text', text: '$', quoted } : { kind: 'variable', name, quoted }
  }

  #backquoted(quoted: boolean): Part {
    const end = this.text.indexOf('`', this.at + 1)
    if (end < 0) throw new Incomplete('a ` has no end')
    const { script } = this.#parse(this.text.slice(this.at + 1, end).replaceAll(/\\([$`\\])/g, '$1'))
    this.at = end + 1
    return { kind: 'command', script, quoted }
  }

  #braced(quoted: boolean): Part {
    this.at++
    if (this.next === '#' && this.text[this.at + 1] !== '}') {
      this.at++
      const name = this.#name()
      this.#expect('}')
      return { kind: 'variable', name, operator: '#', quoted }
    }
    const name = this.#name()
    const colon = this.next === ':'
    if (colon) this.at++
    if (name !== '' && !colon && this.next === '}') {
      this.at++
      return { kind: 'variable', name, quoted }
    }
    const operator = this.next
    if (name === '' || (operator !== '-' && operator !== '=' && operator !== '+' && operator !== '?')) {
      throw new SyntaxFault('bad substitution')
    }
    this.at++
    return { kind: 'variable', name, operator, colon, word: this.#until('}', quoted), quoted }
  }

  /** To the two parentheses that end it. */
  #arithmetic(): Word {
    const parts: Part[] = []
    let depth = 0
    while (depth > 0 || !this.text.startsWith('))', this.at)) {
      const char = this.next
      if (char === '') throw new Incomplete('a )) is missing')
      if (char === '$' || char === '`') {
        parts.push(this.#expansion(true))
        continue
      }
      if (char === '(') depth++
      if (char === ')') depth--
      parts.push({ kind: 'text', text: char, quoted: true })
      this.at++
    }
    this.at += 2
    return parts
  }

  #expect(char: string): void {
    if (this.next !== char) throw new SyntaxFault('bad substitution')
    this.at++
  }

  #name(): string {
    nameAt.lastIndex = this.at
    const name = nameAt.exec(this.text)?.[0] ?? ''
    this.at += name.length
    return name
  }
}
