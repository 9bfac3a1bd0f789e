import type { Process } from '../processes/process.js'

/** `echo [-n] [-e] word...` */
export async function echo(self: Process): Promise<number> {
  const words = self.args.slice(1)
  let newline = true
  let escapes = false
  while (/^-[neE]+$/.test(words[0] ?? '')) {
    const flags = words.shift() ?? ''
    newline &&= !flags.includes('n')
    escapes = flags.includes('e') || (escapes && !flags.includes('E'))
  }
  const text = words.join(' ')
  await self.print((escapes ? unescaped(text) : text) + (newline ? '\n' : ''))
  return 0
}

/** `printf format word...`: the format is used again while words are left. */
export async function printf(self: Process): Promise<number> {
  const [, format, ...words] = self.args
  if (format === undefined) return self.complain('a format is missing')
  let text = ''
  do {
    text += unescaped(format).replaceAll(
      /%(-?)(0?)(\d*)(?:\.(\d+))?([%sdiuxXoc])/g,
      (_, left, zero, width, precision, kind) => {
        if (kind === '%') return '%'
        const word = formatted(words.shift() ?? '', kind as string, precision as string | undefined)
        const length = Number(width)
        if (left) return word.padEnd(length)
        return zero && kind !== 's' ? word.padStart(length, '0') : word.padStart(length)
      },
    )
  } while (words.length > 0 && /%[^%]/.test(format))
  await self.print(text)
  return 0
}

/** `seq last`, `seq first last`, `seq first step last` */
export async function seq(self: Process): Promise<number> {
  const numbers = self.args.slice(1).map(Number)
  if (numbers.length === 0 || numbers.length > 3 || numbers.some(Number.isNaN)) {
    return self.complain('it takes one to three numbers')
  }
  const last = numbers.at(-1) ?? 0
  const first = numbers.length > 1 ? (numbers[0] ?? 1) : 1
  const step = numbers.length > 2 ? (numbers[1] ?? 1) : 1
  if (step === 0) return self.complain('the step must not be 0')
  let text = ''
  for (let number = first; step > 0 ? number <= last : number >= last; number += step) {
    text += `${number}\n`
    if (text.length < 32 * 1024) continue
    await self.print(text)
    text = ''
  }
  await self.print(text)
  return 0
}

/** `yes [word...]`: as fast as somebody reads. */
export async function yes(self: Process): Promise<number> {
  const line = `${self.args.slice(1).join(' ') || 'y'}\n`
  const block = Buffer.from(line.repeat(Math.max(1, Math.floor(16_384 / line.length))))
  for (;;) {
    await self.write(block)
    await self.turn()
  }
}

const escaped: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:0?([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g, (all, octal, hex, char) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal as string, 8))
    if (hex !== undefined) return String.fromCharCode(parseInt(hex as string, 16))
    return char === '\\' ? '\\' : (escaped[char as string] ?? all)
  })
}

function formatted(word: string, kind: string, precision: string | undefined): string {
  if (kind === 's') return word.slice(0, precision === undefined ? undefined : Number(precision))
  if (kind === 'c') return word.slice(0, 1)
  const number = Math.trunc(Number(word)) || 0
  const text =
    kind === 'x' || kind === 'X' ? number.toString(16) : kind === 'o' ? number.toString(8) : String(number)
  return (kind === 'X' ? text.toUpperCase() : text).padStart(Number(precision ?? 0), '0')
}
