import { FileError } from '../files/file-system.js'
import type { FileSystemNode } from '../files/nodes.js'
import type { Process } from '../processes/process.js'
import { pathIn } from './paths.js'

/** `[ expression ]` */
export function bracket(self: Process): Promise<number> {
  if (self.args.at(-1) !== ']') return self.complain('missing ]').then(() => 2)
  return evaluate(self, self.args.slice(1, -1))
}

/** `test expression` */
export function test(self: Process): Promise<number> {
  return evaluate(self, self.args.slice(1))
}

async function evaluate(self: Process, words: readonly string[]): Promise<number> {
  const result = or(self, words)
  if (typeof result === 'boolean') return result ? 0 : 1
  await self.complain(result)
  return 2
}

/** Whether it is so; a text says why nobody can tell. */
type Result = boolean | string

function or(self: Process, words: readonly string[]): Result {
  const at = words.indexOf('-o', 1)
  if (at < 0) return and(self, words)
  const left = and(self, words.slice(0, at))
  return left === false ? or(self, words.slice(at + 1)) : left
}

function and(self: Process, words: readonly string[]): Result {
  const at = words.indexOf('-a', 1)
  if (at < 0) return not(self, words)
  const left = not(self, words.slice(0, at))
  return left === true ? and(self, words.slice(at + 1)) : left
}

function not(self: Process, words: readonly string[]): Result {
  if (words[0] !== '!' || words.length === 1) return primary(self, words)
  const result = not(self, words.slice(1))
  return typeof result === 'boolean' ? !result : result
}

const texts: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

const numbers: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
}

const files: Readonly<Record<string, (node: FileSystemNode) => boolean>> = {
  '-e': () => true,
  '-r': () => true,
  '-w': () => true,
  '-f': (node) => node.kind === 'file',
  '-d': (node) => node.kind === 'folder',
  '-L': (node) => node.kind === 'link',
  '-s': (node) => node.kind === 'file' && node.bytes.length > 0,
  '-x': (node) => node.kind === 'folder' || (node.mode & 0o111) !== 0,
}

function primary(self: Process, words: readonly string[]): Result {
  const [first = '', second = '', third = ''] = words
  switch (words.length) {
    case 0:
      return false
    case 1:
      return first !== ''
    case 2: {
      if (first === '-n') return second !== ''
      if (first === '-z') return second === ''
      if (first === '-t') return second === '0' && self.terminal !== undefined && self.stdin === self.terminal
      const holds = files[first]
      if (!holds) return `unknown operand ${first}`
      const node = nodeAt(self, second, first !== '-L')
      return node !== undefined && holds(node)
    }
    case 3: {
      const onTexts = texts[second]
      if (onTexts) return onTexts(first, third)
      const onNumbers = numbers[second]
      if (!onNumbers) return `unknown operator ${second}`
      const bad = [first, third].find((word) => !/^\s*[-+]?\d+\s*$/.test(word))
      return bad === undefined ? onNumbers(Number(first), Number(third)) : `${bad}: bad number`
    }
    default:
      return `too many arguments`
  }
}

function nodeAt(self: Process, path: string, follow: boolean): FileSystemNode | undefined {
  try {
    return self.sandbox.files.get(pathIn(self, path), { follow })
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}
