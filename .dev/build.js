// Builds the packages; what is up to date stays as it is. pnpm runs this whenever it has installed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packages } from './packages.js'
import { root, run } from './pnpm.js'

const compiler = 'node_modules/typescript/bin/tsc'
// It is not there where only what runs was to be installed.
if (existsSync(join(root, compiler))) run(process.execPath, [compiler, '--build', ...packages])
