// Packs each package as it would be published, and lets publint and attw judge what is in the archive.
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root, run } from './pnpm.js'

const archives = join(root, 'node_modules/.cache/archives')
rmSync(archives, { recursive: true, force: true })
mkdirSync(archives, { recursive: true })
pnpm('--recursive', '--filter', './packages/*', 'pack', '--pack-destination', archives)

for (const name of readdirSync(archives)) {
  const archive = join(archives, name)
  run(process.execPath, ['node_modules/publint/src/cli.js', archive, '--strict'])
  run(process.execPath, [
    'node_modules/@arethetypeswrong/cli/dist/index.js',
    archive,
    '--profile',
    'esm-only',
  ])
}
