// Packs each package as it would be published, and lets publint and attw judge what is in the archive.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
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
  checkMaps(archive)
}

/** What a debugger or an editor follows a map to is in the archive. */
function checkMaps(archive) {
  const folder = archive.replace(/\.tgz$/, '')
  mkdirSync(folder)
  run('tar', ['-xzf', archive, '-C', folder])
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const name of names.filter((each) => each.endsWith('.map'))) {
    const map = join(folder, name)
    const missing = JSON.parse(readFileSync(map, 'utf8')).sources.find(
      (source) => !existsSync(resolve(dirname(map), source)),
    )
    if (missing === undefined) continue
    console.error(`${name} in ${archive} points to ${missing}, which is not packed: add it to "files".`)
    process.exit(1)
  }
}
