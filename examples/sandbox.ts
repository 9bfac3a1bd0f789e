// A coding agent has a Docker of its own: its things and its workspace, nothing else of the host, within limits.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { intermediate } from '@intermediate/core'
import { enricher } from '@intermediate/enricher'
import { filter } from '@intermediate/filter'

// The folder itself and not what is below it, where the agent could put a link to anywhere.
const workspace = resolve(process.env.WORKSPACE ?? '.')
if (workspace === '/' || !statSync(workspace, { throwIfNoEntry: false })?.isDirectory())
  throw new Error(`WORKSPACE cannot be ${workspace}: give it the folder in which the agent works`)

// Each agent has a name of its own, and what images it makes are called AGENT/…, so that nobody takes them for others.
const { AGENT = 'agent', IMAGES = 'alpine,busybox,debian,golang,node,postgres,python' } = process.env
const images = { allow: IMAGES.split(','), made: [`${AGENT}/*`] }

// What has the engine ask hosts of the agent's choice, from the network of the host, or shows what other images hold.
// A build does both (ADD, FROM): who may do that as well can take it out.
const denied = [
  'POST /build',
  'POST /auth',
  'GET /distribution/:name/json',
  'GET /images/search',
  'GET /images/get',
  'GET /images/:name/get',
] as const

// Images that bear no owner are there for everybody, with their history and the build arguments in it.
// The agent is to be in a container itself, with this socket and the workspace: what is root in a container can leave
// programs in the workspace that are root on the host for who runs them there. Not bounded: ports, disk, the network.
export default intermediate()
  .use(filter.deny(denied))
  .use(filter.unprivileged({ hostPaths: [workspace], images }))
  .use(filter.owner(AGENT))
  .use(enricher.limits({ memory: { max: '2g' }, cpus: { max: 1 }, pids: { max: 500 } }))
