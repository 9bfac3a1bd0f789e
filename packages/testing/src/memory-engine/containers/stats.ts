import { setTimeout as delay } from 'node:timers/promises'
import { totalmem } from 'node:os'
import type { Exchange } from '../http/exchange.js'
import { never, now, timestamp } from '../time.js'
import type { Container } from './container.js'

/** What one process seems to take. Nothing here is measured: the numbers are plausible, and grow as they would. */
const memoryEach = 600 * 1024
const cpuShare = 0.001

interface Sample {
  readonly read: bigint
  readonly cpu: object
}

const unread = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: throttling(),
}

/** `GET /containers/:id/stats` */
export async function stats(exchange: Exchange): Promise<void> {
  const { engine, query, signal } = exchange
  const container = engine.containers.get(exchange.param('id'))
  const stream = query.flag('stream', true)
  const over = AbortSignal.any([signal, engine.closing.signal])
  const second = () => delay(1000, undefined, { signal: over, ref: false }).catch(() => {})
  if (!stream) {
    const before = query.flag('one-shot') || !container.isRunning ? undefined : sample(container)
    if (before) await second()
    return exchange.send(200, shown(container, before))
  }
  exchange.begin(200, { 'Content-Type': 'application/json' })
  let before: Sample | undefined
  while (!over.aborted && !container.isRemoved) {
    await exchange.write(`${JSON.stringify(shown(container, before))}\n`)
    before = container.isRunning ? sample(container) : undefined
    await second()
  }
  exchange.response.end()
}

function shown(container: Container, before: Sample | undefined): object {
  const { id, name, running, endpoints, hostConfig } = container
  const identity = { name: `/${name}`, id }
  const constant = { num_procs: 0, storage_stats: {} }
  if (!running) {
    return {
      read: never,
      preread: never,
      pids_stats: {},
      blkio_stats: blockIo(null),
      ...constant,
      cpu_stats: unread,
      precpu_stats: unread,
      memory_stats: {},
      ...identity,
    }
  }
  const { read, cpu } = sample(container)
  const processes = running.sandbox.processes.length
  const none = {
    rx_bytes: 0,
    rx_packets: 0,
    rx_errors: 0,
    rx_dropped: 0,
    tx_bytes: 0,
    tx_packets: 0,
    tx_errors: 0,
    tx_dropped: 0,
  }
  const interfaces = [...endpoints.values()].filter(({ joined }) => joined && joined.address !== '')
  return {
    read: timestamp(read),
    preread: before ? timestamp(before.read) : never,
    pids_stats: { current: processes },
    blkio_stats: blockIo([]),
    ...constant,
    cpu_stats: cpu,
    precpu_stats: before?.cpu ?? unread,
    memory_stats: { usage: memoryEach * processes, stats: {}, limit: hostConfig.Memory || totalmem() },
    ...identity,
    networks: Object.fromEntries(interfaces.map((_, index) => [`eth${index}`, none])),
  }
}

function sample({ state }: Container): Sample {
  const read = now()
  const total = Math.round(Number(read - (state.started ?? read)) * cpuShare)
  return {
    read,
    cpu: {
      cpu_usage: { total_usage: total, usage_in_kernelmode: 0, usage_in_usermode: total },
      system_cpu_usage: Number(process.hrtime.bigint()),
      online_cpus: 1,
      throttling_data: throttling(),
    },
  }
}

function throttling(): object {
  return { periods: 0, throttled_periods: 0, throttled_time: 0 }
}

function blockIo(list: [] | null): object {
  const kinds = [
    'io_service_bytes',
    'io_serviced',
    'io_queue',
    'io_service_time',
    'io_wait_time',
    'io_merged',
    'io_time',
    'sectors',
  ]
  return Object.fromEntries(kinds.map((kind) => [`${kind}_recursive`, list]))
}
