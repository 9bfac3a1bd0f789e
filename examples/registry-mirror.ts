// Images of Docker Hub that are pulled or run are taken from a mirror; credentials for Docker Hub are not sent there.
// What a build names in FROM is not seen here: there the engine's own registry-mirrors help.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

const { MIRROR = 'mirror.gcr.io' } = process.env

export default intermediate().use(enricher.imageMirror({ 'docker.io': MIRROR }))
