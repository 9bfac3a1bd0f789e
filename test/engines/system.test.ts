import { expect } from 'vitest'
import { forEachClient } from './compare.js'
import { counts, runtimes, times } from './differences.js'

forEachClient((same) => {
  same('version', async ({ docker }) => {
    const { stdout } = await docker`version`
    expect(stdout).toContain('Server:')
    await docker`version --format ${'{{json .}}'}`
  })

  same('info', {
    each: async ({ docker }) => {
      await docker`info`
      await docker`info --format ${'{{json .}}'}`
    },
    differs: [counts, runtimes, times],
  })

  same('an engine that is named on the command line', async ({ docker, address, note }) => {
    const elsewhere = { env: { DOCKER_HOST: 'unix:///nowhere' } }
    const { stdout } = await docker(elsewhere)`${['-H', address]} version --format ${'{{.Server.Version}}'}`
    note('version', stdout)
  })
})
