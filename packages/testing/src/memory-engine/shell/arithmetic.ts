import { SyntaxFault } from './syntax.js'

/** Binary operators by how strongly they bind. */
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<=', '>=', '<', '>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
]

const operate: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  '||': (a, b) => a !== 0 || b !== 0,
  '&&': (a, b) => a !== 0 && b !== 0,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / nonZero(b)),
  '%': (a, b) => a % nonZero(b),
}

/** The value of `$(( … ))`: whole numbers, variables, and C's operators without assignment. @throws SyntaxFault */
export function arithmetic(expression: string, variable: (name: string) => string | undefined): number {
  const tokens = expression.match(/\d+|[A-Za-z_]\w*|\|\||&&|[=!<>]=|<<|>>|\S/g) ?? []
  let at = 0
  const fault = () => new SyntaxFault(`arithmetic: unexpected ${tokens[at] ?? 'end'}`)

  function binary(level: number): number {
    const operators = levels[level]
    if (!operators) return unary()
    let value = binary(level + 1)
    for (
      let operator = tokens[at];
      operator !== undefined && operators.includes(operator);
      operator = tokens[at]
    ) {
      at++
      value = Number(operate[operator]?.(value, binary(level + 1)) ?? 0)
    }
    return value
  }

  function unary(): number {
    const token = tokens[at++]
    if (token === '-') return -unary()
    if (token === '+') return unary()
    if (token === '!') return unary() === 0 ? 1 : 0
    if (token === '~') return ~unary()
    if (token === '(') {
      const value = binary(0)
      if (tokens[at++] !== ')') throw fault()
      return value
    }
    if (token !== undefined && /^\d/.test(token)) return Number(token)
    if (token !== undefined && /^[A-Za-z_]/.test(token)) return Number(variable(token) ?? 0) || 0
    at--
    throw fault()
  }

  if (tokens.length === 0) return 0
  const value = binary(0)
  if (at < tokens.length) throw fault()
  return value
}

function nonZero(divisor: number): number {
  if (divisor === 0) throw new SyntaxFault('arithmetic: division by zero')
  return divisor
}
