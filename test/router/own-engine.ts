import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { temporaryFolder } from '@intermediate/testing'

const run = promisify(execFile)

/** As Debian's docker.io has it. */
const program = 'dockerd'

/** True where this machine can start engines: there is a dockerd, and it may do what it needs. */
export async function canStartEngines(): Promise<boolean> {
  const found = await run(program, ['--version']).catch(() => undefined)
  return found !== undefined && process.getuid?.() === 0
}

/** An engine of the test's own, which nobody misses when it is killed; it touches no network of the machine. */
export async function ownEngine(): Promise<OwnEngine> {
  const folder = await temporaryFolder()
  const address = `unix://${folder.file('docker.sock')}`
  let dockerd: ChildProcess | undefined

  const start = async (): Promise<void> => {
    const log = openSync(folder.file('log'), 'a')
    const places = ['data-root', 'exec-root', 'pidfile'].map((name) => `--${name}=${folder.file(name)}`)
    // What a killed one has left keeps the next from starting, for 15 s or for good.
    for (const left of [
      'pidfile',
      'exec-root/containerd/containerd.pid',
      'exec-root/containerd/containerd.sock',
    ])
      await rm(folder.file(left), { force: true })
    dockerd = spawn(program, ['--bridge=none', '--iptables=false', `--host=${address}`, ...places], {
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    while ((await run('docker', ['--host', address, 'version']).catch(() => undefined)) === undefined) {
      if (!isRunning())
        throw new Error(`dockerd has ended: ${(await readFile(folder.file('log'), 'utf8')).slice(-600)}`)
      await sleep(100)
    }
  }

  const isRunning = () => dockerd?.exitCode === null && dockerd.signalCode === null

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!isRunning()) return
    const over = once(dockerd!, 'exit')
    dockerd!.kill(signal)
    await over
  }

  await start()
  return {
    address,
    start,
    async kill() {
      const containerd = Number(await readFile(folder.file('exec-root/containerd/containerd.pid'), 'utf8'))
      await end('SIGKILL')
      while (kills(containerd)) await sleep(10)
    },
    async [Symbol.asyncDispose]() {
      // What ran when it was killed runs on, and only it knows where.
      if (!isRunning()) await start()
      const docker = async (...args: string[]) => (await run('docker', ['--host', address, ...args])).stdout
      const containers = (await docker('ps', '--all', '--quiet')).split('\n').filter(Boolean)
      if (containers.length > 0) await docker('rm', '--force', ...containers)
      await end('SIGTERM')
      // One that was killed has not taken its folder off itself.
      while (await run('umount', ['--recursive', folder.file('data-root')]).catch(() => undefined));
      await folder[Symbol.asyncDispose]()
    },
  }
}

export interface OwnEngine extends AsyncDisposable {
  readonly address: string
  /** Starts it again, with what it had. */
  start(): Promise<void>
  /** As by the kernel where memory is out: nothing is closed before. */
  kill(): Promise<void>
}

/** True as long as there is something to kill. */
function kills(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
