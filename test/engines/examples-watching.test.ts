import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { example } from '../examples/tried.js'
import { busybox } from './docker.js'
import { foundEngines } from './found-engines.js'
import type { Client, Engine } from './engines.js'
import { at, dockerBehind } from './example-stage.js'
import { removeLeftOvers } from './left-overs.js'

const engines = await foundEngines()

const run = `exc-${randomBytes(3).toString('hex')}`
const sleep = [...busybox, 'sleep', '600']

describe.each(engines)('$name', (engine: Engine) => {
  afterAll(() => removeLeftOvers(at(engine.address, engine.clients[0]!), run))

  describe.each(engine.clients.slice(0, 1))('$name', (client: Client) => {
    const name = `${run}-${engine.clients.indexOf(client)}`
    const through = async (file: string, env?: Readonly<Record<string, string>>) =>
      dockerBehind(await example(file, env), engine, client)

    it('audit-log has what was created, and what was asked for not', async () => {
      await using folder = await temporaryFolder()
      await using to = await through('audit-log', { AUDIT_LOG: folder.file('log') })
      await to.docker`ps`
      await to.docker`create --name ${name}-a --env KEY=secret ${busybox} true`
      await to.docker`rm ${name}-a`
      const text = await vi.waitFor(async () => {
        const written = await readFile(folder.file('log'), 'utf8')
        expect(written.match(/"type":"end"/g)).toHaveLength(2)
        return written
      })
      expect(text).toContain('KEY=[redacted]')
      expect(text).not.toMatch(/secret|GET /)
    })

    it('two-layers refuses pulls, and writes them down', async () => {
      const said = vi.spyOn(console, 'log').mockReturnValue()
      try {
        await using to = await through('two-layers')
        expect(await to.refused`pull nothing:${run}`).toContain('bring your own image')
        await to.docker`ps`
        expect(said.mock.calls).toContainEqual(['POST /images/create', 403])
        expect(said.mock.calls).toContainEqual(['GET /containers/json', 200])
      } finally {
        said.mockRestore()
      }
    })

    it('slow-calls tells of a container that takes its time to stop', async () => {
      const said = vi.spyOn(console, 'error').mockReturnValue()
      try {
        await using to = await through('slow-calls')
        await to.docker`run --detach --name ${name}-w ${sleep}`
        await to.docker`stop --time 2 ${name}-w`
        await to.docker`rm ${name}-w`
        const stop = new RegExp(String.raw`^POST /containers/${name}-w/stop took \d+\.\d s$`)
        expect(said.mock.calls).toContainEqual([expect.stringMatching(stop)])
      } finally {
        said.mockRestore()
      }
    })

    it('session-bytes counts what an exec typed and showed', async () => {
      const said = vi.spyOn(console, 'error').mockReturnValue()
      try {
        await using to = await through('session-bytes')
        await to.docker`run --detach --name ${name}-b ${sleep}`
        const exec = to.docker({ stdin: 'hello' })`exec --interactive ${name}-b cat`
        expect((await exec).stdout).toBe('hello')
        // With the head of the frame that it came in.
        expect(said.mock.calls).toEqual([[expect.stringMatching(/^exec [0-9a-f]{64}: 5 bytes in, 13 out$/)]])
        await to.docker`rm --force ${name}-b`
      } finally {
        said.mockRestore()
      }
    })

    it.runIf(client.abilities.includes('terminals'))('session-recording has what was shown', async () => {
      await using folder = await temporaryFolder()
      await using to = await through('session-recording', { SESSIONS: folder.file('casts') })
      const terminal = { rows: 31, columns: 97 }
      const session = to.docker({ terminal, stdin: 'open' })`run -it --rm --name ${name}-i ${busybox} sh`
      await session.shows('#')
      session.write('echo $((6*7)); exit\r')
      await session
      const text = await vi.waitFor(async () => {
        const [file] = await readdir(folder.file('casts'))
        const cast = await readFile(folder.file(`casts/${file}`), 'utf8')
        expect(cast).toContain('42')
        return cast
      })
      const events = text.trimEnd().split('\n').slice(1)
      const kinds = events.map((line) => (JSON.parse(line) as unknown[])[1])
      expect(kinds).toContain('o')
      expect(kinds).not.toContain('i')
    })

    it('metrics counts, and has the guard in it', async () => {
      const counted = await example<{ metrics: { url: string; close(): Promise<void> } }>('metrics', {
        METRICS: 'tcp://127.0.0.1:0',
      })
      try {
        await using to = await dockerBehind(counted, engine, client)
        await to.docker`ps`
        expect(await to.refused`run --rm ${busybox} true`).toContain('say what it is for')
        await vi.waitFor(async () => {
          const text = await (await fetch(counted.metrics.url)).text()
          expect(text).toContain('intermediate_calls_total{endpoint="GET /containers/json",status="200"} 1')
          expect(text).toMatch(/^intermediate_refusals_total\{layer="[^"]+"\} 1$/m)
        })
      } finally {
        await counted.metrics.close()
      }
    })
  })
})
