import { setTimeout } from 'node:timers/promises'
import type { Bench } from '../bench.js'
import { makeCertificate } from '../certificate.js'
import { below } from '../floor.js'
import type { Opening } from '../load/idle.js'
import { Idle } from '../load/idle.js'
import type { Origin } from '../origins/origin.js'
import { memoryBytes } from '../proc.js'
import type { Certificate, Proxy } from '../proxies/proxy.js'
import { available, run } from '../proxies/running.js'
import type { Row } from '../row.js'
import { forSmall } from './small-calls.js'

const attach = {
  request:
    'POST /v1.45/containers/web/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
  typed: 'hello',
  expected: '\r\n\r\nhello',
}

const events = { request: 'GET /v1.45/events HTTP/1.1\r\nHost: docker\r\n\r\n', expected: '"start"' }

type Kind = Pick<Opening, 'request' | 'typed' | 'expected'>

export const tunnels: Row = memoryRow('tunnels', 'an idle tunnel (attach)', attach, false)
export const eventStreams: Row = memoryRow('events', 'an idle event stream', events, false)
export const tlsTunnels: Row = memoryRow('tls-tunnels', 'an idle tunnel, TLS to the client', attach, true)
export const tlsEventStreams: Row = memoryRow(
  'tls-events',
  'an idle event stream, TLS to the client',
  events,
  true,
)

/** How many are opened before memory is looked at, and how many between the first look and the second. */
const before = 200
const between = 2000

/** In ms, for buffers to be given back. */
const settling = 1000

function memoryRow(name: string, title: string, kind: Kind, tls: boolean): Row {
  const limit = tls ? 100 : 40
  return {
    name,
    needs: tls ? ['openssl'] : [],
    patience: 1 / 3,
    cold: true,
    lines: [
      {
        key: 'each',
        title: `memory of ${title}`,
        better: 'less',
        show: (kilobytes) => `${kilobytes.toFixed(1)} KB`,
        floors: [below(limit, `${limit} KB`)],
      },
    ],
    async contenders(bench, { engine }) {
      const certificate = tls ? await makeCertificate(bench) : undefined
      const able = available(bench, forSmall).filter(({ speaksTls }) => !tls || speaksTls)
      return able.map((proxy) => ({
        column: proxy.name,
        sample: async () => ({
          values: { each: await measure(bench, proxy, engine, { kind, tls: certificate }) },
        }),
      }))
    },
  }
}

/** In KB, what the proxy's memory grows by for each: both connections and all that belongs to them. */
async function measure(
  parent: Bench,
  proxy: Proxy,
  origin: Origin,
  { kind, tls }: { kind: Kind; tls: Certificate | undefined },
): Promise<number> {
  await using bench = parent.nested()
  const { port, processes } = await run(bench, proxy, origin, tls && { tls })
  const pids = processes.map(({ pid }) => pid)
  await using idle = new Idle(bench.signal)
  const look = async (count: number) => {
    await idle.open(count, { ...kind, port, tls: tls !== undefined })
    await setTimeout(settling, undefined, { signal: bench.signal })
    return memoryBytes(pids)
  }
  const held = await look(before)
  return ((await look(between)) - held) / between / 1024
}
