import { spawnSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { temporaryFolder } from '@intermediate/testing'
import { expect, it } from 'vitest'

const program = `import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'
import { router } from '@intermediate/router'
import { recordingUpstream } from '@intermediate/testing'
import { wireTap } from '@intermediate/wire-tap'

export const layers = intermediate()
  .use(wireTap(() => {}))
  .use(filter.unprivileged())
  .use(enricher('POST /containers/create', ({ body }) => void (body.Labels = { team: 'core' })))
  .use(router.engines({ west: 'tcp://west:2375' }))
export const upstream = recordingUpstream
`

/** As TypeScript 7 takes them where nothing is said: no types are included by themselves. */
const settings = { strict: true, module: 'nodenext', target: 'es2023', noEmit: true, types: [] }

it('the packages, as built, compile in a project that does not name the types of Node', async () => {
  await using folder = await temporaryFolder()
  await mkdir(folder.file('node_modules'))
  await symlink(resolve('node_modules/@intermediate'), folder.file('node_modules/@intermediate'))
  await writeFile(folder.file('package.json'), '{"type":"module"}')
  await writeFile(folder.file('tsconfig.json'), JSON.stringify({ compilerOptions: settings }))
  await writeFile(folder.file('index.ts'), program)
  const { stdout } = spawnSync(
    process.execPath,
    [resolve('node_modules/typescript/bin/tsc'), '-p', folder.path],
    { encoding: 'utf8' },
  )
  expect(stdout).toBe('')
})
