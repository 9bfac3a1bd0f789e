import { randomBytes } from 'node:crypto'
import { intermediate } from '@intermediate/core'
import { router } from '@intermediate/router'
import { temporaryFolder } from '@intermediate/testing'
import { expect, it, vi } from 'vitest'
import { canStartEngines, ownEngine } from '../router/own-engine.js'
import type { Command } from './command.js'
import { busybox, dockerAt } from './docker.js'
import { environmentFor, findEngines, noEngine, required } from './engines.js'
import type { Engine } from './engines.js'

const engines = await findEngines()
const isAble = engines.length > 0 && (await canStartEngines())
if (!isAble && required) throw new Error(`${noEngine}; and dockerd on the PATH, to be run as root`)
const other = engines.at(-1) as Engine

const run = `im-${randomBytes(3).toString('hex')}`

/** An engine that others use, and one that can be killed. */
async function both() {
  const folder = await temporaryFolder()
  const own = await ownEngine()
  const log: string[] = []
  const layer = router.engines(
    { a: other.address, b: own.address },
    { place: router.byLabel('engine'), log: (line) => log.push(line) },
  )
  const one = await intermediate({ upstream: other.address, onError: () => {} })
    .use(layer)
    .listen(`unix://${folder.file('one.sock')}`, 'tcp://127.0.0.1:0')
  const commands: Command[] = []
  const at = (address: string) =>
    dockerAt(other.clients[0]!.program, environmentFor(address), (command) => commands.push(command))
  return {
    own,
    log,
    folder,
    docker: at(one.addresses[0]!),
    at,
    url: one.addresses[1]!.replace('tcp:', 'http:'),
    async [Symbol.asyncDispose]() {
      await at(other.address)`rm --force ${run}-a`
      for (const command of commands) await command.kill()
      await one.close({ grace: 0 })
      await own[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

it.skipIf(!isAble)(
  'an engine is killed and brought back under load, while streams are open on both',
  async () => {
    await using to = await both()
    const { docker, own } = to
    await to.at(other.address)`save --output ${to.folder.file('busybox.tar')} busybox:latest`
    await to.at(own.address)`load --input ${to.folder.file('busybox.tar')}`
    const counts = 'n=0; while echo $n; do n=$((n+1)); usleep 20000; done'
    const ids: string[] = []
    for (const engine of ['a', 'b']) {
      const { stdout } =
        await docker`run --detach --name ${run}-${engine} --label engine=${engine} --network none ${busybox} sh -c ${counts}`
      ids.push(stdout.trim())
    }
    const logs = ['a', 'b'].map((engine) => docker({ exits: 'any' })`logs --follow ${run}-${engine}`)
    const shell = docker({ stdin: 'open' })`exec --interactive ${run}-a cat`
    const format = '{{.Action}} {{.Actor.Attributes.name}}'
    const events = docker({ exits: 'any' })`events --filter event=die --filter event=start --format ${format}`
    for (const each of logs) await each.shows('\n9\n')
    shell.write('before\n')
    await shell.shows('before')

    const seen = new Set<string>()
    const over = new AbortController()
    const ask = async (name: string, path: string): Promise<void> => {
      const answer = await fetched(to.url + path)
      const text = await answer.text()
      const has = ids.map((id) => (answer.ok && text.includes(id) ? 'x' : '-')).join('')
      seen.add(`${name} ${answer.status} ${has} ${answer.headers.has('warning') ? 'warned' : 'whole'}`)
    }
    const client = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await ask('list', `/containers/json?all=1&filters={"name":["${run}"]}`)
        await ask('a', `/containers/${ids[0]}/json`)
        await ask('a by name', `/containers/${run}-a/json`)
        await ask('b', `/containers/${ids[1]}/json`)
        await ask('b by name', `/containers/${run}-b/json`)
      }
    }
    const load = Promise.all(Array.from({ length: 4 }, client))
    load.catch(() => {})
    const has = (text: string) =>
      vi.waitFor(() => expect([...seen]).toContain(text), { interval: 10, timeout: 30_000 })

    await has('b by name 200 -x whole')
    await own.kill()
    await logs[1]
    for (const text of ['list 200 x- warned', 'b 502 -- whole', 'b by name 502 -- whole']) await has(text)
    shell.write('meanwhile\n')
    await shell.shows('meanwhile')
    await own.start()
    seen.clear()
    await has('list 200 xx whole')
    await docker`start ${run}-b`
    await events.shows(`start ${run}-b`)
    await has('b by name 200 -x whole')
    over.abort()
    await load

    expect((await docker`exec ${run}-b echo back`).stdout).toBe('back\n')
    shell.end()
    expect((await shell).stdout).toBe('before\nmeanwhile\n')
    logs[0]!.signal('SIGINT')
    const told = (await logs[0]!).stdout.trim().split('\n')
    expect(told).toEqual(told.map((_, n) => String(n)))
    for (const each of seen)
      expect(each).toMatch(/^(list 200 (xx whole|x- warned)|a.* 200 x- whole|b.* (200 -x|502 --) whole)$/)
    expect(to.log.slice(0, 1)).toEqual([expect.stringMatching(/^engine b is down: /)])
    expect(to.log.at(-1)).toBe('engine b answers again')
  },
)

/** Again where an idle connection was closed just then, as any client does that keeps them. */
async function fetched(url: string): Promise<Response> {
  const ask = () => fetch(url, { signal: AbortSignal.timeout(20_000) })
  try {
    return await ask()
  } catch (error) {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code !== 'UND_ERR_SOCKET') throw error
    return ask()
  }
}
