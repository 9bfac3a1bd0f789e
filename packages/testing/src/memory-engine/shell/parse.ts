import { WordReader } from './read-words.js'
import { Incomplete, SyntaxFault } from './syntax.js'
import type { Command, Redirect, Script, Step, Word } from './syntax.js'

/**
 * Reads a script of the small part of the shell language that is known here: lists, pipelines, redirections, groups,
 * `if`, `while`, `until` and `for`, with all the quoting. No functions, `case` or here-documents.
 * @throws SyntaxFault
 */
export function parse(text: string, { from = 0, until = '' } = {}): { script: Script; end: number } {
  const parser = new Parser(text, from)
  const script = parser.list([])
  const { rest } = parser
  if (until === '' ? rest !== '' : !rest.startsWith(until)) throw parser.unexpected()
  return { script, end: parser.at + until.length }
}

/** Words that mean something where a command begins, and what is not known here. */
const closers = ['then', 'else', 'elif', 'fi', 'do', 'done', '}']
const unknown = ['case', 'esac', 'function', 'select']

class Parser {
  readonly #words: WordReader

  constructor(text: string, at: number) {
    this.#words = new WordReader(text, at, parse)
  }

  get at(): number {
    return this.#words.at
  }

  get rest(): string {
    return this.#words.text.slice(this.at)
  }

  unexpected(): SyntaxFault {
    const near = /^\s*(\S{1,20})/.exec(this.rest)?.[1]
    return near === undefined
      ? new Incomplete('the script ends too early')
      : new SyntaxFault(`unexpected ${near}`)
  }

  /** Steps up to the end, a closing parenthesis, or one of the words, which is not read. */
  list(ends: readonly string[]): Script {
    const steps: Step[] = []
    let after: Step['after'] = 'always'
    for (;;) {
      this.#blank(true)
      if (this.rest === '' || this.#words.next === ')' || (ends.length > 0 && this.#ahead(ends))) break
      const step = this.#pipeline(after)
      steps.push(step)
      this.#blank(false)
      if (this.#take('&&')) after = 'success'
      else if (this.#take('||')) after = 'failure'
      else {
        after = 'always'
        const background = this.#take('&')
        if (background) steps.splice(-1, 1, { ...step, background })
        else if (!this.#take(';') && !this.#take('\n')) break
      }
    }
    if (after !== 'always') throw this.unexpected()
    return { steps }
  }

  #pipeline(after: Step['after']): Step {
    let negated = false
    while (this.#takeWord('!')) negated = !negated
    const commands = [this.#command()]
    for (this.#blank(false); !this.rest.startsWith('||') && this.#take('|'); this.#blank(false)) {
      this.#blank(true)
      commands.push(this.#command())
    }
    return { after, negated, commands, background: false }
  }

  #command(): Command {
    this.#blank(false)
    const closer = this.#ahead(closers)
    if (closer !== undefined) throw this.unexpected()
    const missing = this.#ahead(unknown)
    if (missing !== undefined) throw new SyntaxFault(`this small shell has no "${missing}"`)
    if (this.#take('(')) {
      const body = this.list([])
      this.#expect(')')
      return { kind: 'group', subshell: true, body, redirects: this.#redirects() }
    }
    if (this.#takeWord('{')) {
      const body = this.list(['}'])
      this.#expectWord('}')
      return { kind: 'group', subshell: false, body, redirects: this.#redirects() }
    }
    if (this.#takeWord('if')) return this.#if()
    if (this.#takeWord('while')) return this.#loop(true)
    if (this.#takeWord('until')) return this.#loop(false)
    if (this.#takeWord('for')) return this.#for()
    return this.#simple()
  }

  #if(): Command {
    const branches: { condition: Script; body: Script }[] = []
    do {
      const condition = this.list(['then'])
      this.#expectWord('then')
      branches.push({ condition, body: this.list(['elif', 'else', 'fi']) })
    } while (this.#takeWord('elif'))
    const otherwise = this.#takeWord('else') ? this.list(['fi']) : undefined
    this.#expectWord('fi')
    return { kind: 'if', branches, otherwise, redirects: this.#redirects() }
  }

  #loop(whileSuccess: boolean): Command {
    const condition = this.list(['do'])
    return { kind: 'loop', whileSuccess, condition, body: this.#doBody(), redirects: this.#redirects() }
  }

  #for(): Command {
    this.#blank(false)
    const name = plain(this.#words.word())
    if (name === undefined) throw this.unexpected()
    this.#blank(true)
    let words: Word[] | undefined
    if (this.#takeWord('in')) {
      words = []
      for (let word = this.#word(); word; word = this.#word()) words.push(word)
    }
    this.#blank(false)
    if (!this.#take(';')) this.#take('\n')
    return { kind: 'for', name, words, body: this.#doBody(), redirects: this.#redirects() }
  }

  #doBody(): Script {
    this.#blank(true)
    this.#expectWord('do')
    const body = this.list(['done'])
    this.#expectWord('done')
    return body
  }

  #simple(): Command {
    const assignments: { name: string; value: Word }[] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    for (;;) {
      const redirect = this.#redirect()
      if (redirect) {
        redirects.push(redirect)
        continue
      }
      const word = this.#word()
      if (!word) break
      const assignment = words.length === 0 ? assigned(word) : undefined
      if (assignment) assignments.push(assignment)
      else words.push(word)
    }
    if (words.length + assignments.length + redirects.length === 0) throw this.unexpected()
    if (this.#words.next === '(') throw new SyntaxFault('this small shell has no functions')
    return { kind: 'simple', assignments, words, redirects }
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = []
    for (let redirect = this.#redirect(); redirect; redirect = this.#redirect()) redirects.push(redirect)
    return redirects
  }

  #redirect(): Redirect | undefined {
    this.#blank(false)
    const [all, digit, operator] = /^(\d?)(<<|>>|>&|<&|>\||[<>])/.exec(this.rest) ?? []
    if (all === undefined) return undefined
    if (operator === '<<') throw new SyntaxFault('this small shell has no here-documents')
    this.#words.at += all.length
    const target = this.#word()
    if (!target) throw this.unexpected()
    const reads = operator?.startsWith('<') ?? false
    const descriptor = digit ? Number(digit) : reads ? 0 : 1
    const kind = operator?.endsWith('&')
      ? 'duplicate'
      : reads
        ? 'read'
        : operator === '>>'
          ? 'append'
          : 'write'
    return { descriptor, kind, target }
  }

  #word(): Word | undefined {
    this.#blank(false)
    return this.#words.word()
  }

  /** Goes over blanks and comments; with `lines`, over newlines too. */
  #blank(lines: boolean): void {
    const [skipped = ''] =
      (lines ? /^(?:\s|\\\n|#[^\n]*)*/ : /^(?:[ \t]|\\\n)*(?:(?<=^|\s)#[^\n]*)?/).exec(this.rest) ?? []
    this.#words.at += skipped.length
  }

  #take(text: string): boolean {
    if (!this.rest.startsWith(text)) return false
    this.#words.at += text.length
    return true
  }

  #expect(text: string): void {
    this.#blank(true)
    if (!this.#take(text)) throw this.unexpected()
  }

  /** The word that comes next, if it is one of these. */
  #ahead(words: readonly string[]): string | undefined {
    const ahead = /^[^\s;&|<>()]+/.exec(this.rest)?.[0]
    return words.find((word) => word === ahead)
  }

  #takeWord(word: string): boolean {
    this.#blank(false)
    return this.#ahead([word]) !== undefined && this.#take(word)
  }

  #expectWord(word: string): void {
    this.#blank(true)
    if (!this.#takeWord(word)) throw this.unexpected()
  }
}

/** The text of a word without anything to expand or quote. */
function plain(word: Word | undefined): string | undefined {
  if (!word?.every((part) => part.kind === 'text' && !part.quoted)) return undefined
  return word.map((part) => (part.kind === 'text' ? part.text : '')).join('')
}

function assigned(word: Word): { name: string; value: Word } | undefined {
  const end = word.findIndex((part) => part.kind === 'text' && part.text === '=' && !part.quoted)
  const name = end > 0 ? plain(word.slice(0, end)) : undefined
  return name !== undefined && /^[A-Za-z_]\w*$/.test(name) ? { name, value: word.slice(end + 1) } : undefined
}
