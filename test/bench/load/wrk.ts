import type { Bench } from '../bench.js'
import { beside } from '../bench.js'
import { endedChildrenSeconds } from '../proc.js'
import type { Work } from './busy.js'

export interface WrkResult extends Work {
  readonly requests: number
  /** Of the time from a request to its reply, in µs. */
  readonly median: number
  readonly p99: number
}

/**
 * Has wrk ask for one thing on so many connections, each as soon as it has the last answer. It knows whole seconds only.
 */
export async function wrk(
  bench: Bench,
  {
    port,
    path,
    connections,
    seconds,
    bodyFile,
  }: {
    port: number
    path: string
    connections: number
    seconds: number
    /** What is posted, as JSON; undefined: GET. */
    bodyFile?: string
  },
): Promise<WrkResult> {
  const before = endedChildrenSeconds()
  const output = await bench.load(
    'wrk',
    '--threads=1',
    `--connections=${connections}`,
    `--duration=${Math.ceil(seconds)}s`,
    '--timeout=10s',
    `--script=${beside('load/report.lua')}`,
    '--header=User-Agent: Docker-Client/26.1.0 (linux)',
    `http://127.0.0.1:${port}${path}`,
    ...(bodyFile === undefined ? [] : ['--', bodyFile]),
  )
  const { requests, duration, errors, median, p99 } = JSON.parse(output.trim().split('\n').at(-1)!) as Record<
    string,
    number
  >
  if (errors! > 0) throw new Error(`wrk met ${errors} errors on ${path}.`)
  return {
    requests: requests!,
    median: median!,
    p99: p99!,
    seconds: duration! / 1e6,
    cpu: endedChildrenSeconds() - before,
  }
}
