import { intermediate } from '@intermediate/core'
import type { Intermediate } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'

export interface Chain extends AsyncDisposable {
  /** Where a client finds the first intermediate. */
  readonly address: string
}

/**
 * So many intermediates, one in front of the other, in front of an engine. They listen on a unix socket and
 * on loopback TCP in turn; `front` is where the first does, which the client meets. Each has these layers.
 */
export async function chainOf(
  length: number,
  engine: string,
  front: 'unix' | 'tcp' = 'unix',
  layers: Intermediate = intermediate(),
): Promise<Chain> {
  const folder = await temporaryFolder()
  const links: AsyncDisposable[] = []
  let address = engine
  for (let place = length; place > 0; place--) {
    const onUnix = (front === 'unix') === (place % 2 === 1)
    const at = onUnix ? `unix://${folder.file(`${place}.sock`)}` : 'tcp://127.0.0.1:0'
    const link = await layers.with({ upstream: address }).listen(at)
    links.unshift(link)
    address = link.addresses[0] ?? at
  }
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      for (const link of links) await link[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}
