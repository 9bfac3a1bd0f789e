import type { Process } from '../processes/process.js'
import { readLine } from '../streams/lines.js'
import { eachFile } from './contents.js'

/** `grep [-qvicF] pattern [file...]`; the pattern is a regular expression of JavaScript's. */
export async function grep(self: Process): Promise<number> {
  const words = self.args.slice(1)
  let flags = ''
  while (/^-[a-zA-Z]+$/.test(words[0] ?? '')) flags += words.shift()?.slice(1) ?? ''
  const [pattern, ...files] = words
  const unknown = /[^qvicFE]/.exec(flags)?.[0]
  if (unknown !== undefined) return (await self.complain(`this grep has no -${unknown}`)) + 1
  if (pattern === undefined) return (await self.complain('a pattern is missing')) + 1
  const source = flags.includes('F') ? pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern
  const expression = new RegExp(source, flags.includes('i') ? 'i' : '')
  let count = 0
  const code = await eachFile(self, files, async (input, name) => {
    const prefix = files.length > 1 ? `${name}:` : ''
    for (let over = false; !over;) {
      const { line, ended } = await self.until(readLine(input, self.signal))
      over = ended
      if ((ended && line === '') || expression.test(line) === flags.includes('v')) continue
      count++
      if (flags.includes('q')) return
      if (!flags.includes('c')) await self.print(`${prefix}${line}\n`)
    }
  })
  if (flags.includes('c')) await self.print(`${count}\n`)
  return count > 0 ? 0 : code === 0 ? 1 : 2
}
