import type { Bench } from '../bench.js'
import type { Origin } from '../origins/origin.js'
import { freePort } from '../ports.js'
import type { Started } from '../started.js'
import { direct, proxies } from './proxies.js'
import type { Certificate, Proxy } from './proxy.js'

/** A way to the origin: a proxy, a chain of them, or none. */
export interface Running {
  readonly name: string
  readonly port: number
  readonly processes: readonly Started[]
}

/** Starts a proxy in front of an origin, or a chain of as many. */
export async function run(
  bench: Bench,
  proxy: Proxy,
  origin: Origin,
  { hops = 1, tls }: { hops?: number; tls?: Certificate } = {},
): Promise<Running> {
  let { port } = origin
  const processes: Started[] = []
  for (let hop = 0; hop < hops; hop++) {
    const listen = await freePort()
    const started = await proxy.start(bench, { listen, upstream: port, ...(tls && { tls }) })
    processes.push(await started.listening(listen))
    port = listen
  }
  return { name: proxy.name, port, processes }
}

/** The proxies that can be run here and were not left out. */
export function available({ options, tools }: Bench, among = proxies): Proxy[] {
  return among.filter(
    ({ option, needs }) => !options.without.includes(option) && needs.every((tool) => tools.has(tool)),
  )
}

/** No proxy, and then each of those that can be run here. */
export async function runAll(bench: Bench, origin: Origin, among = proxies): Promise<Running[]> {
  const running: Running[] = [{ name: direct, port: origin.port, processes: [] }]
  for (const proxy of available(bench, among)) running.push(await run(bench, proxy, origin))
  return running
}
