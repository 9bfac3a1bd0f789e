import { intermediate } from '@intermediate/core'
import type { Layer } from '@intermediate/core'
import { temporaryFolder } from '@intermediate/testing'
import { expect } from 'vitest'
import { chainOf } from './chain.js'
import type { Command } from './command.js'
import { dockerAt } from './docker.js'
import type { Docker } from './docker.js'
import { environmentFor } from './engines.js'
import { foundEngines } from './found-engines.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await foundEngines()

/** Each client with each engine that it is for. */
export const each = engines.flatMap((engine) => engine.clients.map((client) => ({ engine, client })))

export interface Stage extends AsyncDisposable {
  /** Past the policies. */
  readonly docker: Docker
  /** To the engine itself, as somebody else does. */
  readonly direct: Docker
  /** The start of the names of all that is made. */
  readonly name: string
  readonly folder: string
}

/** The first client with each engine. */
export const first = each.filter(({ engine, client }) => client === engine.clients[0])

let stages = 0

/** A client in front of these policies, and past them. What has its name is removed in the end. */
export async function stage(
  { engine, client }: (typeof each)[number],
  ...policies: readonly Layer[]
): Promise<Stage> {
  const name = `policy-${process.pid}-${++stages}`
  const folder = await temporaryFolder()
  const layers = policies.reduce((all, policy) => all.use(policy), intermediate())
  const chain = await chainOf(1, engine.address, 'unix', layers)
  const commands: Command[] = []
  const at = (address: string) =>
    dockerAt(client.program, environmentFor(address), (command) => commands.push(command))
  const direct = at(engine.address)
  return {
    docker: at(chain.address),
    direct,
    name,
    folder: folder.path,
    [Symbol.asyncDispose]: async () => {
      for (const command of commands) await command.kill()
      await removeLeftOvers(direct, name)
      await chain[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** What the client says of a call that was refused. */
export async function refusalOf(command: Command): Promise<string> {
  const { code, stderr } = await command
  expect(code).not.toBe(0)
  return /Error response from daemon: (.*)/.exec(stderr)?.[1]?.replace(/\.$/, '') ?? stderr
}

/** For commands of which one waits for the refusal. */
export const any = { exits: 'any' } as const
