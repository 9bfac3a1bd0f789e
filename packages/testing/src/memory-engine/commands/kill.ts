import type { Process } from '../processes/process.js'
import { signalOf } from '../processes/signals.js'

/** `kill -TERM 1` */
export async function kill(self: Process): Promise<number> {
  const words = self.args.slice(1)
  const flag = words[0]?.startsWith('-') ? words.shift() : undefined
  const name = flag === '-s' ? words.shift() : flag?.slice(1)
  const signal = name === '0' ? '0' : signalOf(name ?? 'TERM')
  if (signal === undefined) return self.complain(`bad signal name '${name}'`)
  const { first, processes } = self.sandbox
  let code = 0
  for (const word of words) {
    const target = word === '1' ? first : processes.find(({ pid }) => String(pid) === word)
    if (!target) code = await self.complain(`can't kill pid ${word}: No such process`)
    else if (signal !== '0') target.kill(signal)
  }
  return code
}
