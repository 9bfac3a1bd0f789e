// Each team has the engine as if alone: it sees, uses and removes only what it has made, and comes by nothing of the host.
// Images that nobody's team has made, as those that were pulled without it, are there for all.
import type { Call } from '@intermediate/core'
import { intermediate } from '@intermediate/core'
import { filter } from '@intermediate/filter'

// Over TLS a team is the common name in its certificate: up teams.ts --listen tcp://0.0.0.0:2376 --tlscacert ca.pem …
// On a unix socket it is TEAM, one socket for each: TEAM=core up teams.ts --listen unix:///run/core.sock --group core
// Who has neither is refused.
const { TEAM } = process.env

function team({ client }: Call) {
  const name = client.certificate ? client.certificate.subject.CN : TEAM
  return typeof name === 'string' ? name : undefined
}

export default intermediate().use(filter.unprivileged()).use(filter.owner(team))
