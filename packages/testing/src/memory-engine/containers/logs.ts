import { badRequest } from '../engine-error.js'
import type { Exchange } from '../http/exchange.js'
import { frame } from '../streams/frames.js'
import type { LogLine } from '../streams/log.js'
import { fixedTimestamp, parseTime } from '../time.js'

/** `GET /containers/:id/logs` */
export async function logs(exchange: Exchange): Promise<void> {
  const { engine, query, api, signal } = exchange
  const container = engine.containers.get(exchange.param('id'))
  const [stdout, stderr] = [query.flag('stdout'), query.flag('stderr')]
  if (!stdout && !stderr) throw badRequest('logs needs stdout or stderr, or both')
  const since = time(query.text('since'), 'since')
  const until = time(query.text('until'), 'until')
  const { Tty } = container.config
  const { log } = container
  const isOver = () => !container.isRunning || container.isRemoved
  const wanted = ({ ns, stream }: LogLine) => {
    return (
      (stream === 1 ? stdout : stderr) &&
      (since === undefined || ns >= since) &&
      (until === undefined || ns <= until)
    )
  }
  const shown = ({ ns, stream, bytes }: LogLine) => {
    const line = query.flag('timestamps')
      ? Buffer.concat([Buffer.from(`${fixedTimestamp(ns)} `), bytes])
      : bytes
    return Tty ? line : frame(stream, line)
  }
  const type = !Tty && api >= 42 ? 'multiplexed' : 'raw'
  exchange.begin(200, { 'Content-Type': `application/vnd.docker.${type}-stream` })
  const tail = /^\d+$/.test(query.text('tail') ?? '') ? Number(query.text('tail')) : Infinity
  const past = tail === Infinity ? log.lines() : log.last(tail, () => true)
  let next = log.end
  for (const line of past) if (wanted(line)) await exchange.write(shown(line))
  while (query.flag('follow') && !signal.aborted && !isPast(until)) {
    const wasOver = isOver()
    const more = await log.from(next, isOver, untilSignal(until, signal)).catch(() => undefined)
    if (!more) break
    for (const line of more.lines.filter(wanted)) await exchange.write(shown(line))
    if (wasOver && more.lines.length === 0) break
    next = more.next
  }
  exchange.response.end()
}

function time(text: string | undefined, name: string): bigint | undefined {
  if (text === undefined || text === '0') return undefined
  const ns = parseTime(text)
  if (ns === undefined)
    throw badRequest(`${name}=${text} is no time: write seconds since 1970, with a fraction if need be`)
  return ns
}

function isPast(ns: bigint | undefined): boolean {
  return ns !== undefined && Number(ns / 1_000_000n) <= Date.now()
}

function untilSignal(ns: bigint | undefined, signal: AbortSignal): AbortSignal {
  if (ns === undefined) return signal
  return AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, Number(ns / 1_000_000n) - Date.now()))])
}
