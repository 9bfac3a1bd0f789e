#!/usr/bin/env node
import { existsSync } from 'node:fs'

const program = new URL('../dist/main.js', import.meta.url)
if (existsSync(program)) await import(program.href)
else {
  process.stderr.write(
    'intermediate: this clone is not built yet: run "pnpm install" or "npm start" in it.\n',
  )
  process.exitCode = 1
}
