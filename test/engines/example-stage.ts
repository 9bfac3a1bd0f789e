import { temporaryFolder } from '@intermediate/testing'
import { expect } from 'vitest'
import type { example } from '../examples/tried.js'
import { chainOf } from './chain.js'
import type { Command } from './command.js'
import { dockerAt } from './docker.js'
import { environmentFor } from './engines.js'
import type { Client, Engine } from './engines.js'

/** A docker of which every command goes through an example; `undefined`: to the engines that it names itself. */
export async function dockerBehind(
  { default: layers }: Awaited<ReturnType<typeof example>>,
  engine: Engine | undefined,
  client: Client,
) {
  const chain = engine ? await chainOf(1, engine.address, 'unix', layers) : await listening(layers)
  const commands: Command[] = []
  const docker = at(chain.address, client, commands)
  const failing = docker({ exits: 'any' })
  return {
    docker,
    /** What a command says that does not succeed. */
    async refused(...line: Parameters<typeof failing>): Promise<string> {
      const { code, stderr } = await failing(...line)
      expect(code).not.toBe(0)
      return stderr
    },
    /** Of a container, as `docker inspect` shows it. */
    async json(container: string, place: string): Promise<unknown> {
      return JSON.parse((await docker`inspect --format ${`{{json ${place}}}`} ${container}`).stdout)
    },
    async [Symbol.asyncDispose]() {
      for (const command of commands) await command.kill()
      await chain[Symbol.asyncDispose]()
    },
  }
}

async function listening(layers: Awaited<ReturnType<typeof example>>['default']) {
  const folder = await temporaryFolder()
  const server = await layers.listen(`unix://${folder.file('i.sock')}`)
  return {
    address: server.addresses[0]!,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

export function at(address: string, { program }: Client, commands: Command[] = []) {
  return dockerAt(program, environmentFor(address), (command) => commands.push(command))
}
