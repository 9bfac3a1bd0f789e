import type { Process } from '../processes/process.js'

/** `stty size`, `stty rows 24 cols 80`, `stty echo`, `stty -echo`; of the terminal on stdin. */
export async function stty(self: Process): Promise<number> {
  const { terminal } = self
  if (!terminal || self.stdin !== terminal) return self.complain('standard input: Not a tty')
  const words = self.args.slice(1)
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const { rows, columns } = terminal.size
    if (word === 'size' && rows + columns === 0)
      return self.complain('standard input: the terminal has no size')
    if (word === 'size') await self.print(`${rows} ${columns}\n`)
    else if (word === 'echo' || word === '-echo') terminal.echo = word === 'echo'
    else if (word === 'rows') terminal.resize(Number(words.shift()), columns)
    else if (word === 'cols' || word === 'columns') terminal.resize(rows, Number(words.shift()))
    else return self.complain(`this terminal knows size, rows, cols and echo, not ${word}`)
  }
  return 0
}
