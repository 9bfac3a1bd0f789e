// Writes everything that is generated, in the order in which one needs the other:
//   npm run generate -- endpoints.json request-fields.json engine-api.yaml
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const generators = ['generate-endpoints.ts', 'generate-request-fields.ts', 'generate-api-types.ts']
const sources = process.argv.slice(2)
if (sources.length !== generators.length) {
  console.error(
    'Say which files list the routes, have the fields of bodies and describe the API: ' +
      'npm run generate -- endpoints.json request-fields.json engine-api.yaml',
  )
  process.exit(1)
}
for (const [index, generator] of generators.entries()) {
  const script = fileURLToPath(new URL(generator, import.meta.url))
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', script, sources[index] ?? ''], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}
