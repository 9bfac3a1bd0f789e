import type { Process } from '../processes/process.js'

const units: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }
/** The longest that a timer of Node's can take at once: 2^31 - 1 ms. */
const longest = 2 ** 31 - 1

/** `sleep 1.5`, `sleep 2m`, `sleep infinity` */
export async function sleep(self: Process): Promise<number> {
  const words = self.args.slice(1)
  if (words.length === 0) return self.complain('missing operand')
  let ms = 0
  for (const word of words) {
    const [, number, unit = ''] = /^(\d*\.?\d+|inf|infinity)([smhd]?)$/.exec(word) ?? []
    if (number === undefined) return self.complain(`invalid number '${word}'`)
    ms += (number.startsWith('inf') ? Infinity : Number(number)) * (units[unit] ?? 1) * 1000
  }
  for (; ms > longest; ms -= longest) await self.sleep(longest)
  await self.sleep(ms)
  return 0
}
