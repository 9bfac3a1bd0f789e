import { existsSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { temporaryFolder } from './temporary-folder.js'

test('the folder is this user’s own, and is removed with what is in it', async () => {
  const folder = await temporaryFolder()
  expect(statSync(folder.path).mode & 0o777).toBe(0o700)
  writeFileSync(folder.file('one'), '')
  await folder[Symbol.asyncDispose]()
  expect(existsSync(folder.path)).toBe(false)
})

test('its path leaves room for the name of a unix socket', async () => {
  await using folder = await temporaryFolder()
  expect(Buffer.byteLength(folder.file('intermediate.sock'))).toBeLessThan(107)
})
