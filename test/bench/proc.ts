import { readFileSync } from 'node:fs'

/** Of the kernel's clock, in which it counts the time of processes: 100 on every architecture that Node runs on. */
const ticksPerSecond = 100

/** What these processes and their children have used of a processor so far, in s. */
export function cpuSeconds(pids: readonly number[]): number {
  return withChildren(pids).reduce((sum, pid) => sum + ticks(pid, 14, 15), 0) / ticksPerSecond
}

/** What the children of this process have used that have ended, in s. */
export function endedChildrenSeconds(): number {
  return ticks(process.pid, 16, 17) / ticksPerSecond
}

/** The memory that these processes and their children hold, in bytes. */
export function memoryBytes(pids: readonly number[]): number {
  return withChildren(pids).reduce((sum, pid) => {
    const kilobytes = /^Rss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]
    return sum + Number(kilobytes ?? 0) * 1024
  }, 0)
}

/** How long a core was busy so far, in s. */
export function coreSeconds(core: number): number {
  const line = new RegExp(`^cpu${core} (.*)$`, 'm').exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? ''
  // user, nice, system, (idle, iowait,) irq, softirq, steal
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = line.split(' ').map(Number)
  return (user + nice + system + irq + soft + steal) / ticksPerSecond
}

/** The sum of two fields of a process, counted from 1 as in proc(5). The second may hold spaces and brackets. */
function ticks(pid: number, first: number, second: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[first - 3]) + Number(fields[second - 3])
}

function withChildren(pids: readonly number[]): number[] {
  return pids.flatMap((pid) => {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return [pid, ...withChildren(children === '' ? [] : children.split(' ').map(Number))]
  })
}
