import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { intermediate, onPrivateSocket, reply } from '@intermediate/core'
import { exchange } from '@intermediate/testing'
import { expect, it } from 'vitest'
import { request } from './docker-calls.js'

const layers = intermediate({ upstream: 'unix:///nowhere.sock' }).use(async () => reply(204))

it('an intermediate on a private socket is asked there, by this user only, and leaves nothing behind', async () => {
  const seen = await onPrivateSocket(layers, async (path) => {
    expect(await exchange(`unix://${path}`, request('GET /info', ['Connection: close']))).toMatch(/ 204 /)
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
    return path
  })
  await expect(stat(dirname(seen))).rejects.toThrow('ENOENT')
})

it('one that fails, or whose work does, leaves nothing behind either', async () => {
  let folder = ''
  const failing = onPrivateSocket(layers, async (path) => {
    folder = dirname(path)
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  await expect(stat(folder)).rejects.toThrow('ENOENT')
})
