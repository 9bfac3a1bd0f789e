import { intermediate } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'

export interface Chain extends AsyncDisposable {
  /** Where a client finds the first intermediate. */
  readonly address: string
}

/**
 * So many intermediates, one in front of the other, in front of an engine. One alone listens on a unix
 * socket, as engines do; three on TCP, a unix socket and TCP, so that each meets each.
 */
export async function chainOf(length: number, engine: string): Promise<Chain> {
  const folder = await temporaryFolder()
  const links: AsyncDisposable[] = []
  let address = engine
  for (let place = 1; place <= length; place++) {
    const onTcp = length > 1 && place % 2 === 1
    const at = onTcp ? 'tcp://127.0.0.1:0' : `unix://${folder.file(`${place}.sock`)}`
    const link = await intermediate({ upstream: address }).listen(at)
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
