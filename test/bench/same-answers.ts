import type { Asked } from './http-client.js'
import { digest } from './http-client.js'
import { content } from './load/chunks.js'
import { createBody } from './load/create-body.js'
import type { Origins } from './origins/origins.js'
import type { Bench } from './bench.js'
import type { Origin } from './origins/origin.js'
import type { Proxy } from './proxies/proxy.js'
import { available, run } from './proxies/running.js'

interface Question extends Asked {
  readonly of: keyof Origins
}

/** How many blocks of 1 MiB the chunked bodies have. */
const blocks = 32

/** Everything that is timed, with an end to it. */
const questions: readonly Question[] = [
  { of: 'nginx', method: 'GET', path: '/v1.45/containers/json' },
  { of: 'nginx', method: 'GET', path: '/v1.45/images/json' },
  { of: 'nginx', method: 'GET', path: '/v1.45/images/get' },
  { of: 'engine', method: 'GET', path: `/v1.45/containers/web/export?blocks=${blocks}` },
  {
    of: 'engine',
    method: 'POST',
    path: '/v1.45/images/load?hash',
    body: Array.from({ length: blocks }, () => content),
  },
  { of: 'engine', method: 'POST', path: '/v1.45/containers/create', body: [createBody] },
]

/**
 * Has every proxy carry what is timed later, and compares it byte for byte with the answer without a proxy.
 * @throws Error, a sentence that names the proxy and the call
 */
export async function checkAnswers(parent: Bench, origins: Origins): Promise<string[]> {
  const proxies = available(parent)
  for (const proxy of proxies) {
    await using bench = parent.nested()
    for (const [name, origin] of Object.entries(origins) as [keyof Origins, Origin | undefined][])
      if (origin !== undefined) await checkProxy(bench, proxy, origin, name)
  }
  return proxies.map(({ name }) => name)
}

async function checkProxy(bench: Bench, proxy: Proxy, origin: Origin, name: keyof Origins): Promise<void> {
  const { port } = await run(bench, proxy, origin)
  for (const question of questions.filter(({ of }) => of === name)) {
    const expected = await digest(origin.port, question, bench.signal)
    const found = await digest(port, question, bench.signal)
    if (found !== expected)
      throw new Error(
        `${proxy.name} changes the answer to ${question.method} ${question.path}: nothing is timed.`,
      )
  }
}
