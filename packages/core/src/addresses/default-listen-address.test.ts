import { chmodSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs'
import { temporaryFolder } from '@intermediate/testing'
import { describe, expect, test } from 'vitest'
import { defaultListenAddress } from './default-listen-address.js'

const isRoot = process.geteuid?.() === 0

function asAnotherUser<T>(act: () => T): T {
  process.seteuid?.(65_534)
  try {
    return act()
  } finally {
    process.seteuid?.(0)
  }
}

describe('the default address to listen on', () => {
  test('is INTERMEDIATE_LISTEN, then in the user’s runtime folder', async () => {
    await using folder = await temporaryFolder()
    const env = { INTERMEDIATE_LISTEN: 'tcp://127.0.0.1:0', XDG_RUNTIME_DIR: folder.path }
    expect(defaultListenAddress(env)).toBe('tcp://127.0.0.1:0')
    expect(defaultListenAddress({ ...env, INTERMEDIATE_LISTEN: '' })).toBe(
      `unix://${folder.file('intermediate.sock')}`,
    )
  })

  test('is no text that is no address', () => {
    expect(() => defaultListenAddress({ INTERMEDIATE_LISTEN: 'foo' })).toThrow(
      'In INTERMEDIATE_LISTEN, "foo" is not an address: write ',
    )
  })

  test('is in /run for root', ({ skip }) => {
    skip(!isRoot, 'needs to be root')
    expect(defaultListenAddress({})).toBe('unix:///run/intermediate.sock')
  })

  test('is not in a runtime folder that is relative, gone, or not the user’s alone', async ({ skip }) => {
    skip(!isRoot, 'needs to know the next choice')
    await using folder = await temporaryFolder()
    mkdirSync(folder.file('open'))
    chmodSync(folder.file('open'), 0o755)
    symlinkSync(folder.path, folder.file('link'))
    for (const XDG_RUNTIME_DIR of [
      '',
      'run',
      folder.file('gone'),
      folder.file('open'),
      folder.file('link'),
    ]) {
      expect(defaultListenAddress({ XDG_RUNTIME_DIR })).toBe('unix:///run/intermediate.sock')
    }
    chmodSync(folder.path, 0o755)
    mkdirSync(folder.file('roots'), { mode: 0o700 })
    const env = { XDG_RUNTIME_DIR: folder.file('roots'), TMPDIR: folder.path }
    expect(() => asAnotherUser(() => defaultListenAddress(env))).toThrow(
      `The folder ${folder.file('intermediate-65534')} cannot be made: name an address to listen on.`,
    )
  })

  test('is in a folder of the user’s own among the temporary files', async ({ skip }) => {
    skip(!isRoot, 'needs another user to be')
    await using folder = await temporaryFolder()
    chmodSync(folder.path, 0o1777)
    const address = () => asAnotherUser(() => defaultListenAddress({ TMPDIR: folder.path }))
    expect(address()).toBe(`unix://${folder.file('intermediate-65534', 'intermediate.sock')}`)
    expect(lstatSync(folder.file('intermediate-65534'))).toMatchObject({ uid: 65_534 })
    expect(lstatSync(folder.file('intermediate-65534')).mode & 0o777).toBe(0o700)
    expect(address()).toBe(`unix://${folder.file('intermediate-65534', 'intermediate.sock')}`)
  })

  test('is not in one that somebody else made, or may write to', async ({ skip }) => {
    skip(!isRoot, 'needs another user to be')
    const plants = {
      'somebody else’s': (path: string) => mkdirSync(path, { mode: 0o700 }),
      'open to others': (path: string) => asAnotherUser(() => mkdirSync(path, { mode: 0o755 })),
      'a link': (path: string) => asAnotherUser(() => symlinkSync('/tmp', path)),
    }
    for (const plant of Object.values(plants)) {
      await using folder = await temporaryFolder()
      chmodSync(folder.path, 0o1777)
      plant(folder.file('intermediate-65534'))
      expect(() => asAnotherUser(() => defaultListenAddress({ TMPDIR: folder.path }))).toThrow(
        expect.objectContaining({
          code: 'ERR_CONFIGURATION',
          message:
            `The folder ${folder.file('intermediate-65534')} is not this user's alone, so a socket in it could be ` +
            'replaced: remove it, or name an address to listen on.',
        }),
      )
    }
  })
})
