import { readFile } from 'node:fs/promises'
import type { Layer } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'
import { memoryEngine } from '@intermediate/testing'
import { describe, expect, it } from 'vitest'
import { callerOf } from './owner-clients.js'
import example from './readme-example.js'
import { typed } from './readme-policies.js'
import { readme, shown } from './readme-shown.js'
import type { Attempt } from './route-table-calls.js'

describe('the example of the README', () => {
  it('is the one below', async () => {
    expect(readme).toContain(`\`\`\`ts\n${await readFile('test/policies/readme-example.ts', 'utf8')}\`\`\``)
  })

  it('does what it says', async () => {
    const [, said] =
      /\$ docker create --privileged busybox\nError response from daemon: (.*)\n/.exec(readme) ?? []
    await using engine = await memoryEngine()
    const direct = callerOf(engine.address)
    await direct('POST /volumes/create', { Name: 'seen', Labels: { team: 'core' } })
    await direct('POST /volumes/create', { Name: 'unseen' })
    await using listening = await example.with({ upstream: engine.address }).listen('tcp://127.0.0.1:0')
    const at = listening.addresses[0]!.replace('tcp:', 'http:')
    const body = JSON.stringify({ Image: 'busybox', HostConfig: { Privileged: true } })
    const headers = { 'Content-Type': 'application/json' }
    const refused = await fetch(`${at}/containers/create`, { method: 'POST', headers, body })
    expect([refused.status, await refused.json()]).toEqual([403, { message: said }])
    const df = await fetch(`${at}/system/df`)
    expect([df.status, await df.json()]).toEqual([501, { message: 'how full it is its operators know' }])
    const { Volumes } = (await (await fetch(`${at}/volumes`)).json()) as { Volumes: { Name: string }[] }
    expect(Volumes.map(({ Name }) => Name)).toEqual(['seen'])
  })
})

describe('the policies of the README', () => {
  it('are all that there are', () => {
    const names = shown.map(({ policy }) => /^filter\.(\w+)/.exec(policy)![1]!)
    const own = ['items', 'dryRun']
    expect(new Set(names)).toEqual(new Set(Object.keys(filter).filter((name) => !own.includes(name))))
    expect(shown.map(({ command }) => command).toSorted()).toEqual(Object.keys(typed).toSorted())
  })

  it.each(shown)('$command: docker prints what the policy answers', async ({ policy, command, prints }) => {
    const source = await readFile('test/policies/readme-policies.ts', 'utf8')
    expect(source).toContain(`  '${command}': {\n    policy: ${policy},\n`)
    expect(await answerOf(typed[command]!)).toEqual(prints)
  })
})

/** What a client is told of a call. The engine has a container `web` of somebody else, and is changed in nothing. */
async function answerOf({ policy, call }: { policy: Layer; call: Attempt }): Promise<string> {
  await using engine = await memoryEngine({ images: ['busybox:latest'] })
  await callerOf(engine.address)('POST /containers/create?name=web', { Image: 'busybox' })
  const before = engine.calls.length
  await using listening = await intermediate({ upstream: engine.address })
    .use(policy)
    .listen('tcp://127.0.0.1:0')
  const [method = '', target = ''] = call.line.split(' ')
  const reply = await fetch(`${listening.addresses[0]!.replace('tcp:', 'http:')}${target}`, {
    method,
    ...(call.body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(call.body) }),
  })
  const { message } = (await reply.json()) as { message: string }
  expect(engine.calls.slice(before).filter((each) => each.method !== 'GET')).toEqual([])
  return message
}
