import { readFile } from 'node:fs/promises'
import { endpoints, selectEndpoints } from '@intermediate/core'
import { ways } from '@intermediate/router'
import { expect, it } from 'vitest'

const readme = await readFile('packages/router/README.md', 'utf8')

it('the README is short, and its example is one that is run', async () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(72)
  const example = await readFile('examples/two-engines.ts', 'utf8')
  expect(readme).toContain(`\`\`\`ts\n${example.slice(example.indexOf('import'))}\`\`\``)
})

it('its table says what becomes of every endpoint: the first row that fits', () => {
  const rows = [...readme.matchAll(/^\| (`.*`) \| \*\*(.+?)\*\*: /gm)].map(([, patterns = '', way]) => ({
    keys: selectEndpoints([...patterns.matchAll(/`(.+?)`/g)].map(([, pattern]) => pattern!)).map(
      ({ key }) => key,
    ),
    way,
  }))
  const said = endpoints.map(({ key }) => [key, rows.find(({ keys }) => keys.includes(key))?.way])
  expect(Object.fromEntries(said)).toEqual(ways)
})
