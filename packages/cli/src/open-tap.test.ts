import { once } from 'node:events'
import { chmod, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { openTap } from './open-tap.js'
import { tapAddress } from './tap-address.js'

const nobodyLeaves = new AbortController().signal

function open(address: string) {
  const settings = { endpoints: [], container: undefined, json: false }
  return openTap({ ...settings, address: tapAddress(address) }, nobodyLeaves)
}

/** As somebody who may not do everything. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}

it('says so where the tap belongs to somebody else', async () => {
  await using folder = await temporaryFolder()
  const path = folder.file('t.sock')
  const server = createServer().listen(path)
  await once(server, 'listening')
  await chmod(folder.path, 0o755)
  await chmod(path, 0)
  try {
    await expect(asNobody(() => open(`unix://${path}`))).rejects.toThrow(
      `This user may not watch at unix://${path}: the tap is for whoever started the intermediate.`,
    )
  } finally {
    server.close()
  }
})

it('says so of an address that cannot be reached', async () => {
  await using folder = await temporaryFolder()
  await writeFile(folder.file('notes'), '')
  const address = `unix://${folder.file('notes/t.sock')}`
  await expect(open(address)).rejects.toThrow(`${address} cannot be reached (ENOTDIR): check the address.`)
})

it.each([
  ['unix:///run/t.sock', { socketPath: '/run/t.sock' }],
  ['tcp://127.0.0.1:2377', { host: '127.0.0.1', port: 2377 }],
  ['tcp://:2377/', { host: '127.0.0.1', port: 2377 }],
  ['tcp://[::1]:2377', { host: '::1', port: 2377 }],
  ['tcp://[fe80::1%25eth0]:2377', { host: 'fe80::1%eth0', port: 2377 }],
  ['unix://t.sock', { socketPath: resolve('t.sock') }],
  ['npipe:////./pipe/tap', { socketPath: '\\\\.\\pipe\\tap' }],
])('reads %s', (address, options) => {
  expect(tapAddress(address).options).toEqual(options)
})
