import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { endpoints, intermediate } from '@intermediate/core'
import { memoryEngine, temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'

it('the README’s example does what it says', async () => {
  const readme = await readFile('packages/testing/README.md', 'utf8')
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
  expect(
    example
      .trim()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('import')).length,
  ).toBeLessThanOrEqual(10)
  expect(readme.split('\n').length).toBeLessThanOrEqual(41)
  const folder = resolve('node_modules/.cache/readme')
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'testing.ts')
  await writeFile(path, example)
  await import(/* @vite-ignore */ path)
})

it('knows every endpoint that core knows, by the same name', async () => {
  await using engine = await memoryEngine({ listen: false })
  // What is for finding faults in the engine itself is there only where it was asked for.
  const known = endpoints.map(({ key }) => key as string).filter((key) => !key.includes('/debug/'))
  for (const endpoint of known) {
    const [method = '', path = ''] = endpoint.split(' ')
    const reply = await engine.request(`${method} ${path.replaceAll(/:\w+/g, 'some')}`)
    reply.body.resume().on('error', () => {})
    expect(engine.calls.at(-1)?.endpoint).toBe(endpoint)
  }
  expect(known.length).toBeGreaterThan(100)
})

it('a container lives behind an intermediate as it does behind none', async () => {
  await using engine = await memoryEngine()
  await using folder = await temporaryFolder()
  const address = `unix://${folder.file('proxy.sock')}`
  await using _ = await intermediate({ upstream: engine.address }).listen(address)
  await using chained = await intermediate({ upstream: address }).listen('tcp://127.0.0.1:0')
  const url = chained.addresses[0]!.replace('tcp:', 'http:')
  const call = (path: string, body?: object) =>
    fetch(url + path, {
      method: 'POST',
      ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    })

  const events = await fetch(`${url}/v1.55/events`)
  await call('/containers/create?name=web', {
    Image: 'busybox',
    Cmd: ['sh', '-c', 'echo out; echo err >&2; sleep .1; exit 4'],
  })
  const waiting = await call('/containers/web/wait?condition=next-exit')
  expect((await call('/containers/web/start')).status).toBe(204)
  const logs = await fetch(`${url}/containers/web/logs?stdout=1&stderr=1&follow=1`)
  expect(await logs.text()).toContain('err\n')
  expect(await waiting.json()).toEqual({ StatusCode: 4 })
  expect(await (await fetch(`${url}/containers/json?all=1`)).json()).toMatchObject([
    { Names: ['/web'], State: 'exited' },
  ])
  expect(await actionsIn(events, 'die')).toEqual(['create', 'connect', 'start', 'disconnect', 'die'])
})

/** The actions of the events up to that one. */
async function actionsIn(events: Response, last: string): Promise<string[]> {
  const actions: string[] = []
  let text = ''
  for await (const bytes of events.body!) {
    text += Buffer.from(bytes).toString()
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    actions.push(...lines.map((line) => (JSON.parse(line) as { Action: string }).Action))
    if (actions.includes(last)) break
  }
  return actions
}
