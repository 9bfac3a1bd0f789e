import { intermediate } from '@intermediate/core'
import { router } from '@intermediate/router'
import type { EnginesOptions } from '@intermediate/router'
import type { MemoryEngine } from '@intermediate/testing'
import { expect } from 'vitest'
import { engineSet, routed } from './routed.js'
import type { EngineSet, Routed } from './routed.js'

export type Two = EngineSet<'a' | 'b'> & { readonly one: Routed; readonly log: readonly string[] }

/** Two engines that are seen as one. */
export async function two(options: EnginesOptions = {}): Promise<Two> {
  const set = await engineSet('a', 'b')
  const log: string[] = []
  const one = await routed(router.engines(set.addresses, { log: (line) => log.push(line), ...options }))
  return {
    ...set,
    one,
    log,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]()
      await set[Symbol.asyncDispose]()
    },
  }
}

/** A container that runs, made on an engine itself. */
export async function made(engine: MemoryEngine, name: string, more: object = {}): Promise<string> {
  const body = { Image: 'busybox', Cmd: ['sleep', '100'], ...more }
  const reply = await engine.request(`POST /containers/create?name=${name}`, { body })
  expect(reply.status).toBe(201)
  const { Id } = (await reply.json()) as { Id: string }
  await engine.request(`POST /containers/${Id}/start`)
  engine.calls.length = 0
  return Id
}

export const namesOf = (list: readonly { Names: readonly string[] }[]): string[] =>
  list.map(({ Names }) => Names[0]!)

/** Engine b behind an intermediate that can be taken away and brought back. */
export async function breakable(options: EnginesOptions = {}) {
  const set = await engineSet('a', 'b')
  const front = intermediate({ upstream: set.b.address })
  let listening = await front.listen('tcp://127.0.0.1:0')
  const address = listening.addresses[0]!
  const log: string[] = []
  const one = await routed(
    router.engines({ a: set.a.address, b: address }, { log: (line) => log.push(line), ...options }),
  )
  const kill = () => listening.close({ grace: 0 })
  return {
    ...set,
    one,
    log,
    address,
    kill,
    /** How many clients engine b has. */
    connections: () => listening.connections,
    revive: async () => void (listening = await front.listen(address)),
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]()
      await kill()
      await set[Symbol.asyncDispose]()
    },
  }
}
