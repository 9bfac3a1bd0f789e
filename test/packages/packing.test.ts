import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, readdir, symlink, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
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

it('what pnpm runs once it has installed builds a clone, and takes away what was made of sources that are gone', async () => {
  await using clone = await temporaryFolder()
  for (const name of ['.dev', 'package.json', 'tsconfig.json', 'packages'])
    await cp(name, clone.file(name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/[\\/]dist([\\/]|$)/.test(path),
    })
  await symlink(resolve('node_modules'), clone.file('node_modules'))
  await cp('packages/cli/dist/main.js', clone.file('packages/cli/dist/gone.js'))
  await writeFile(clone.file('packages/cli/dist/notes'), 'mine')
  const { status, stdout, stderr } = npm(clone.path, 'run', '--silent', 'prepare')
  expect({ status, stdout, stderr: withoutWarnings(stderr) }).toEqual({ status: 0, stdout: '', stderr: '' })
  const program = clone.file('packages/cli/bin/intermediate.js')
  expect(spawnSync(process.execPath, [program, '--version'], { encoding: 'utf8' }).stdout).toMatch(/^\d+\./)
  expect(existsSync(clone.file('packages/cli/dist/gone.js'))).toBe(false)
  expect(existsSync(clone.file('packages/cli/dist/notes'))).toBe(true)
})

/** npm may have something to say of its own settings. */
function withoutWarnings(text: string): string {
  return text.replaceAll(/^npm (warn|notice) .*\n?/gim, '')
}

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
