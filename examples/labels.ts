// All that is created bears the label of its team, whatever the client says of it: containers, volumes, networks, images.
// What BuildKit builds over POST /grpc does not, as `docker build` does it where nothing refuses that.
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'

const { TEAM = 'core' } = process.env

export default intermediate().use(enricher.labels({ team: TEAM }))
