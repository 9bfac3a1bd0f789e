// Makes the workspace ready to run: its dependencies as the lockfile says, and its packages built.
// Needs Node and npm, writes into this folder only (npm's own cache apart), is silent when nothing is to be done.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { packages } from './packages.js'
import { pnpm, root, version } from './pnpm.js'

const stamp = join(root, 'node_modules/.set-up')
const lock = join(root, '.pnpm-store/set-up.lock')

checkNode()
await takeLock()
if (!installed()) {
  console.error('Installing what pnpm-lock.yaml lists …')
  pnpm('install', '--frozen-lockfile', '--prod=false')
  writeFileSync(stamp, state())
}
await import('./build.js')

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`Run this with Node 20.19 or later: this is Node ${process.versions.node}.`)
  process.exit(1)
}

function installed() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === state()
}

/** Changes with everything that decides what is installed, and with what is in place. */
function state() {
  const hash = createHash('sha256').update(`pnpm ${version} ${process.platform} ${process.arch}\n`)
  for (const folder of ['', ...packages]) {
    // pnpm keeps a copy of the lockfile that it last installed from.
    for (const file of [
      'package.json',
      'pnpm-workspace.yaml',
      'pnpm-lock.yaml',
      'node_modules/.pnpm/lock.yaml',
    ]) {
      const path = join(root, folder, file)
      if (existsSync(path)) hash.update(`${folder}/${file}\n`).update(readFileSync(path))
    }
    for (const links of ['node_modules', 'node_modules/.bin', 'node_modules/@intermediate']) {
      const path = join(root, folder, links)
      if (existsSync(path))
        hash.update(`${folder}/${links} ${readdirSync(path).filter(linked).sort().join(' ')}\n`)
    }
  }
  return hash.digest('hex')
}

/** Other tools keep their caches in node_modules as dot folders. */
function linked(name) {
  return !name.startsWith('.')
}

/** Waits until no other set-up of this folder runs: `npm start` and `npm test` may both be the first. */
async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      process.once('exit', () => rmSync(lock, { force: true }))
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (abandoned()) rmSync(lock, { force: true })
    else await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** True if whoever took the lock is gone, or has held it for longer than any set-up takes: ten minutes. */
function abandoned() {
  try {
    if (Date.now() - statSync(lock).mtimeMs > 600_000) return true
    const holder = Number(readFileSync(lock, 'utf8'))
    if (holder > 0) process.kill(holder, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
