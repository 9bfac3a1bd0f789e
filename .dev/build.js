// Builds the packages; what is up to date stays as it is. pnpm runs this whenever it has installed.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { packages } from './packages.js'
import { root, run } from './pnpm.js'

const compiler = 'node_modules/typescript/bin/tsc'
// It is not there where only what runs was to be installed.
if (existsSync(join(root, compiler))) {
  packages.forEach(removeStale)
  run(process.execPath, [compiler, '--build', ...packages])
}

/** The compiler leaves what it once made of sources that are gone, and that would be packed. */
function removeStale(folder) {
  const [dist, src] = [join(root, folder, 'dist'), join(root, folder, 'src')]
  if (!existsSync(dist)) return
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const [, stem] = /^(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(name) ?? []
    if (stem !== undefined && !existsSync(join(src, `${stem}.ts`))) rmSync(join(dist, name))
  }
}
