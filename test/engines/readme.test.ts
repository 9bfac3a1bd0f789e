import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, symlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { environmentFor, findEngines, noEngine, required } from './engines.js'

const engines = await findEngines()
const engine = engines.at(-1)
const readme = await readFile('README.md', 'utf8')
const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block.trim().split('\n'))

if (engine === undefined && required) throw new Error(noEngine)

it('has commands to run', () => expect(blocks.length).toBeGreaterThanOrEqual(4))

// `npm test` is what runs this.
it.skipIf(engine === undefined).for(blocks.filter(([first]) => first !== 'npm test'))(
  `the README's commands do what it says: %s`,
  async (lines) => {
    await using shell = await shellFor(engine!)
    for (const line of lines) {
      const [command = '', said] = line.split(/\s+# /)
      if (/^(npm start|npx intermediate up)/.test(command)) await shell.start(command)
      else expect(await shell.run(command, said === undefined)).toContain(said ?? '')
    }
  },
)

/** Runs lines as a user's shell in this folder would, with `docker` on the path and no intermediate at its usual place. */
async function shellFor({ address, clients }: { address: string; clients: readonly { program: string }[] }) {
  const folder = await temporaryFolder()
  const docker = clients[0]!.program
  if (docker.includes('/')) await symlink(docker, folder.file('docker'))
  const env = {
    ...environmentFor(address),
    PATH: `${folder.path}:${process.env.PATH}`,
    INTERMEDIATE_LISTEN: `unix://${folder.file('default.sock')}`,
  }
  const running: (() => Promise<void>)[] = []
  return {
    async start(command: string) {
      const child = spawn('sh', ['-c', `exec ${command}`], { cwd: resolve('.'), env, detached: true })
      const ended = once(child, 'close')
      running.unshift(async () => {
        process.kill(-child.pid!, 'SIGTERM')
        await ended
      })
      let output = ''
      for await (const text of child.stdout.setEncoding('utf8')) {
        output += String(text)
        if (output.includes('export DOCKER_HOST=')) break
      }
      expect(output).toContain('export DOCKER_HOST=')
    },
    async run(command: string, succeeds: boolean): Promise<string> {
      const ran = promisify(execFile)('sh', ['-c', command], { env, timeout: 60_000 })
      if (succeeds) return (await ran).stdout
      return ran.then(
        () => expect.unreachable(`${command} should fail`),
        (error: unknown) => (error as { stderr: string }).stderr,
      )
    },
    async [Symbol.asyncDispose]() {
      for (const stop of running) await stop()
      await folder[Symbol.asyncDispose]()
    },
  }
}
