// Images of Docker Hub that are pulled, run or built from are taken from a mirror, without credentials for Docker Hub.
// What BuildKit builds from is not seen here: there the engine's own registry-mirrors help, or DOCKER_BUILDKIT=0.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

const { MIRROR = 'mirror.gcr.io' } = process.env

export default intermediate().use(enricher.imageMirror({ 'docker.io': MIRROR }))
