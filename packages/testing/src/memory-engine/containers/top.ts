import { badRequest, conflict } from '../engine-error.js'
import type { Exchange } from '../http/exchange.js'
import type { Process } from '../processes/process.js'
import { emit } from './container-events.js'
import { notRunning } from './stop.js'

type Column = readonly [title: string, value: (process: Process) => string]

const user: Column['1'] = ({ user: { uid } }) => (uid === 0 ? 'root' : String(uid))
const command: Column['1'] = ({ args }) => args.join(' ')
const started: Column['1'] = (process) => new Date(process.started).toISOString().slice(11, 16)
const terminal: Column['1'] = (process) => process.terminal?.name.replace('/dev/', '') ?? '?'

/** The columns that ps has for `-o`, as far as there is something to show. */
const columns: Readonly<Record<string, Column>> = {
  pid: ['PID', ({ pid }) => String(pid)],
  ppid: ['PPID', ({ parent }) => String(parent?.pid ?? 1)],
  user: ['USER', user],
  uid: ['UID', ({ user: { uid } }) => String(uid)],
  args: ['COMMAND', command],
  command: ['COMMAND', command],
  cmd: ['CMD', command],
  comm: ['COMMAND', ({ args: [name = ''] }) => name.replace(/.*\//, '')],
  tty: ['TT', terminal],
  stime: ['STIME', started],
  start: ['STARTED', started],
  time: ['TIME', () => '00:00:00'],
  etime: ['ELAPSED', (process) => String(Math.floor((Date.now() - process.started) / 1000)).padStart(5, '0')],
  stat: ['STAT', () => 'S'],
}

const full: readonly Column[] = [
  ['UID', user],
  ['PID', ({ pid }) => String(pid)],
  ['PPID', ({ parent }) => String(parent?.pid ?? 1)],
  ['C', () => '0'],
  ['STIME', started],
  ['TTY', terminal],
  ['TIME', () => '00:00:00'],
  ['CMD', command],
]

const bsd: readonly Column[] = [
  ['USER', user],
  ['PID', ({ pid }) => String(pid)],
  ['%CPU', () => '0.0'],
  ['%MEM', () => '0.0'],
  ['VSZ', () => '0'],
  ['RSS', () => '0'],
  ['TTY', terminal],
  ['STAT', () => 'S'],
  ['START', started],
  ['TIME', () => '0:00'],
  ['COMMAND', command],
]

/** `GET /containers/:id/top` */
export function top(exchange: Exchange): void {
  const { engine, query } = exchange
  const container = engine.containers.get(exchange.param('id'))
  if (!container.running) throw conflict(notRunning(container))
  const chosen = columnsFor(query.text('ps_args') ?? '-ef')
  emit(engine, container, 'top')
  exchange.send(200, {
    Processes: container.running.sandbox.processes.map((process) =>
      chosen.map(([, value]) => value(process)),
    ),
    Titles: chosen.map(([title]) => title),
  })
}

function columnsFor(psArgs: string): readonly Column[] {
  const lists = [...psArgs.matchAll(/(?:^|\s)-?[a-z]*o[\s=]*([a-z,_%]+)/g)].map(([, list = '']) => list)
  if (lists.length === 0) return /(^|\s)-?a?u/.test(psArgs) ? bsd : full
  return lists
    .join(',')
    .split(',')
    .map((name) => {
      const column = columns[name]
      if (!column)
        throw badRequest(`top has no column ${name} here: there are ${Object.keys(columns).join(', ')}`)
      return column
    })
}
