import { intermediate } from '@intermediate/core'
import { router } from '@intermediate/router'
import { temporaryFolder } from '@intermediate/testing'
import type { Command } from './command.js'
import { dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import { environmentFor } from './engines.js'
import type { Client, Engine } from './engines.js'

/** Two engines as one, of which the second is behind an intermediate that can be taken away. */
export async function asOne(client: Client, left: Engine, right: Engine) {
  const folder = await temporaryFolder()
  const front = intermediate({ upstream: right.address })
  const at = `unix://${folder.file('b.sock')}`
  let listening = await front.listen(at)
  const log: string[] = []
  const layer = router.engines(
    { a: left.address, b: at },
    { place: router.byLabel('engine'), log: (line) => log.push(line) },
  )
  const one = await intermediate({ upstream: left.address, onError: () => {} })
    .use(layer)
    .listen(`unix://${folder.file('one.sock')}`)
  const commands: Command[] = []
  return {
    docker: dockerAt(client.program, environmentFor(one.addresses[0]!), (command) => commands.push(command)),
    folder,
    log,
    kill: () => listening.close({ grace: 0 }),
    revive: async () => void (listening = await front.listen(at)),
    async [Symbol.asyncDispose]() {
      for (const command of commands) await command.kill()
      await one.close({ grace: 0 })
      await listening.close({ grace: 0 })
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** The newest client at an engine itself. */
export function direct({ address, clients }: Engine): Docker {
  return dockerAt(clients[0]!.program, environmentFor(address), () => {})
}

/** This stack, on a socket of its own, to a client. */
export async function dockerOf(client: Client, stack: ReturnType<typeof intermediate>, env = {}) {
  const folder = await temporaryFolder()
  const listening = await stack.listen(`unix://${folder.file('one.sock')}`)
  const commands: Command[] = []
  const environment = { ...environmentFor(listening.addresses[0]!), ...env }
  return {
    docker: dockerAt(client.program, environment, (command) => commands.push(command)),
    async [Symbol.asyncDispose]() {
      for (const command of commands) await command.kill()
      await listening.close({ grace: 0 })
      await folder[Symbol.asyncDispose]()
    },
  }
}
