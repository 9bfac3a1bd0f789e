import { spawnSync } from 'node:child_process'
import { cp, readdir } from 'node:fs/promises'
import { temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'

const packages = await readdir('packages')

function npm(cwd: string, ...args: string[]) {
  // It would call itself pnpm where that runs the tests.
  const { npm_config_user_agent: _, ...env } = process.env
  return spawnSync('npm', args, { cwd, env, encoding: 'utf8', shell: process.platform === 'win32' })
}

it.each(packages)('npm, which would leave workspace:* in it, does not pack %s', (name) => {
  const { status, stderr } = npm(`packages/${name}`, 'pack', '--dry-run')
  expect(status).toBe(1)
  expect(stderr).toContain(
    'npm cannot pack or publish this package: use "pnpm pack" or "pnpm publish" instead.\n',
  )
})

it('the command says what to do in a clone that is not built', async () => {
  await using folder = await temporaryFolder()
  await cp('packages/cli/bin', folder.file('bin'), { recursive: true })
  await cp('packages/cli/package.json', folder.file('package.json'))
  const { status, stderr } = spawnSync(process.execPath, [folder.file('bin/intermediate.js'), 'up'], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('intermediate: this clone is not built yet: run "pnpm install" or "npm start" in it.\n')
  expect(status).toBe(1)
})
