// No container of a CI job takes more memory, CPU and processes than it should, whatever it asks for.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

const { MEMORY = '2g' } = process.env

// For each container, builds too. A privileged one can lift its own: see unprivileged.ts.
export default intermediate().use(
  enricher.limits({ memory: { max: MEMORY }, cpus: { max: 1 }, pids: { max: 500 } }),
)
