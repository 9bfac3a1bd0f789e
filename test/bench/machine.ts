import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release } from 'node:os'
import type { Bench } from './bench.js'

/** Where and when this was measured, and with what: lines for people who want to compare. */
export function conditions({ options, tools, cores }: Bench): string[] {
  const node = execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim()
  const versions = [...tools].map(([name, version]) => `${name} ${version}`)
  return [
    `${new Date().toISOString().slice(0, 10)}, ${options.command}`,
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Linux ${release()}`,
    `Node ${node.slice(1)}, ${versions.join(', ')}`,
    cores.proxy === undefined
      ? 'There is one core for everything, or no taskset: these figures say little.'
      : `Each proxy alone on core ${cores.proxy}, the load generator on core ${cores.load}, the origin on core ${cores.origin}`,
  ]
}
