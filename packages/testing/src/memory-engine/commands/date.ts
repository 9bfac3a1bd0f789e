import type { Process } from '../processes/process.js'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `date [+format]`, always in UTC. */
export async function date(self: Process): Promise<number> {
  const words = self.args.slice(1).filter((word) => word !== '-u')
  const [format = '+%a %b %e %H:%M:%S UTC %Y'] = words
  if (!format.startsWith('+')) return self.complain(`it takes +FORMAT, not ${format}`)
  const now = new Date()
  const text = format.slice(1).replaceAll(/%([a-zA-Z%])/g, (all, letter: string) => parts(now)[letter] ?? all)
  await self.print(`${text}\n`)
  return 0
}

function parts(now: Date): Readonly<Record<string, string>> {
  const iso = now.toISOString()
  const day = days[now.getUTCDay()] ?? ''
  const month = months[now.getUTCMonth()] ?? ''
  return {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    e: String(now.getUTCDate()).padStart(2),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    N: `${iso.slice(20, 23)}000000`,
    s: String(Math.floor(now.getTime() / 1000)),
    a: day.slice(0, 3),
    A: day,
    b: month.slice(0, 3),
    B: month,
    Z: 'UTC',
    z: '+0000',
    '%': '%',
  }
}
