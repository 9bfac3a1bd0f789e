// Images of Docker Hub are taken from a mirror; credentials for Docker Hub are not sent there.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

const { MIRROR = 'mirror.gcr.io' } = process.env

export default intermediate().use(enricher.imageMirror({ 'docker.io': MIRROR }))
