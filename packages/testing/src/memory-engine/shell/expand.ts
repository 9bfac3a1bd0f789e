import { arithmetic } from './arithmetic.js'
import { SyntaxFault } from './syntax.js'
import type { Part, Script, Word } from './syntax.js'

/** Where words get their values. */
export interface Values {
  /** The script's own arguments, `$1` and on. */
  readonly args: readonly string[]
  get(name: string): string | undefined
  set(name: string, value: string): void
  /** What a command writes, without the newlines at its end. */
  output(script: Script): Promise<string>
}

/** A piece of a word; what came from an unquoted expansion is split where it has white space. */
type Piece = { readonly text: string; readonly split: boolean } | 'next word'

/** The words that these become: none, one or more each. */
export async function expandWords(words: readonly Word[], values: Values): Promise<string[]> {
  const fields: string[] = []
  for (const word of words) {
    let field: string | undefined
    const finish = () => {
      if (field !== undefined) fields.push(field)
      field = undefined
    }
    const noArgs =
      values.args.length === 0 && word.some((part) => part.kind === 'variable' && part.name === '@')
    for (const piece of await pieces(word, values)) {
      if (piece === 'next word') {
        finish()
      } else if (piece.split) {
        const [first = '', ...others] = piece.text.split(/[ \t\n]+/)
        if (first !== '') field = (field ?? '') + first
        for (const other of others) {
          finish()
          if (other !== '') field = other
        }
      } else {
        field = (field ?? '') + piece.text
      }
    }
    // "$@" without arguments is no word at all, though it is quoted.
    if (!noArgs || field !== '') finish()
  }
  return fields
}

/** The word as one text, never split. */
export async function expandText(word: Word, values: Values): Promise<string> {
  const all = await pieces(word, values)
  return all.map((piece) => (piece === 'next word' ? ' ' : piece.text)).join('')
}

async function pieces(word: Word, values: Values): Promise<Piece[]> {
  const result: Piece[] = []
  for (const part of word) result.push(...(await piecesOf(part, values)))
  return result
}

async function piecesOf(part: Part, values: Values): Promise<Piece[]> {
  const split = !part.quoted
  switch (part.kind) {
    case 'text':
      return [{ text: part.text, split: false }]
    case 'command':
      return [{ text: await values.output(part.script), split }]
    case 'arithmetic': {
      const expression = await expandText(part.expression, values)
      return [{ text: String(arithmetic(expression, (name) => values.get(name))), split }]
    }
    case 'variable':
      if (part.name === '@' && part.operator === undefined) {
        return values.args.flatMap((text, index): Piece[] => [
          ...(index > 0 ? ['next word' as const] : []),
          { text, split },
        ])
      }
      return variable(part, values)
  }
}

async function variable(part: Part & { kind: 'variable' }, values: Values): Promise<Piece[]> {
  const { name, operator, colon = false, word = [] } = part
  const value = values.get(name)
  const isSet = value !== undefined && !(colon && value === '')
  const split = !part.quoted
  if (operator === '#') return [{ text: String((value ?? '').length), split }]
  if (operator === '+') return isSet ? pieces(word, values) : []
  if (isSet || operator === undefined)
    return value === undefined && split ? [] : [{ text: value ?? '', split }]
  if (operator === '?')
    throw new SyntaxFault(`${name}: ${(await expandText(word, values)) || 'parameter not set'}`)
  if (operator === '=') values.set(name, await expandText(word, values))
  return pieces(word, values)
}
