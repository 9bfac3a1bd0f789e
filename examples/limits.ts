// No container of a CI job takes more memory, CPU and processes than it should, whatever it asks for.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'

const { MEMORY = '2g' } = process.env

// Steps of a build have the limits of memory and CPU in the engine's own builder, and none at all in its BuildKit. Where that
// is refused, `docker build` runs BuildKit in a container of its own, which has them.
const buildKit = 'BuildKit keeps to no limits: build with DOCKER_BUILDKIT=0'
const builds = ['POST /grpc', 'POST /session', 'POST /build'] as const

// For each container. A privileged one can lift its own: see unprivileged.ts.
export default intermediate()
  .use(filter(builds, (call) => (call.endpoint === 'POST /build' && call.query.version !== '2') || buildKit))
  .use(enricher.limits({ memory: { max: MEMORY }, cpus: { max: 1 }, pids: { max: 500 } }))
