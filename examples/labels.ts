// All that is created bears the label of its team, whatever the client says of it: containers, volumes, networks, images.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

const { TEAM = 'core' } = process.env

export default intermediate().use(enricher.labels({ team: TEAM }))
