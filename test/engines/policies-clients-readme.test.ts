import { intermediate } from '@intermediate/core'
import type { Intermediate } from '@intermediate/core'
import { beforeAll, expect, it } from 'vitest'
import example from '../policies/readme-example.js'
import { typed } from '../policies/readme-policies.js'
import { readme, shown } from '../policies/readme-shown.js'
import { chainOf } from './chain.js'
import { busybox, dockerAt } from './docker.js'
import { environmentFor } from './engines.js'
import { forEachWay } from './policies-clients-stage.js'

// Whoever types what filter's README shows is told what it says there. All of it is refused, so nothing is made.

forEachWay(({ engine, client, run }) => {
  // The container `web` of the README, under a name of its own.
  const web = `${run}-web`
  const named = (text: string) => text.replaceAll(/(?<=[ /])web\b/g, web)
  const direct = dockerAt(client.program, environmentFor(engine.address), () => {})

  beforeAll(() => direct`run --detach --name ${web} ${busybox} sleep 1000`)

  /** What the docker CLI prints on stderr. */
  async function printed(layers: Intermediate, line: string): Promise<string> {
    await using chain = await chainOf(1, engine.address, 'unix', layers)
    const docker = dockerAt(client.program, environmentFor(chain.address), () => {})
    const { code, stderr } = await docker({ exits: 'any' })`${named(line).split(' ').slice(1)}`
    expect(code).not.toBe(0)
    return stderr
  }

  it.each(shown)('$command: $prints', async ({ command, prints }) => {
    const stderr = await printed(intermediate().use(typed[command]!.policy), command)
    // Of what is not there the CLI of 20.10 says less.
    const [, said] = /Error(?: response from daemon)?: (.*?)\.?\n/.exec(stderr) ?? []
    expect(said).toBe(named(prints))
  })

  it('the example says two reasons in one sentence', async () => {
    const [, line = '', prints = ''] =
      /\n\$ (docker .*)\n(Error response from daemon: .*)\n/.exec(readme) ?? []
    expect(await printed(example, line)).toContain(prints)
  })
}, 'every client')
