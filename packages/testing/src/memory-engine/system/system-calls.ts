import { release } from 'node:os'
import { badRequest } from '../engine-error.js'
import { oldest } from '../http/api-version.js'
import type { Exchange } from '../http/exchange.js'
import { fields, text } from '../http/fields.js'
import { architecture } from '../machine.js'
import { version } from './version.js'

/** `GET /_ping` and `HEAD /_ping` */
export function ping({ response }: Exchange): void {
  response.setHeader('Builder-Version', '1')
  response.setHeader('Cache-Control', 'no-cache, no-store, must-revalidate')
  response.setHeader('Pragma', 'no-cache')
  response.setHeader('Swarm', 'inactive')
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end('OK')
}

/** `GET /version` */
export function showVersion(exchange: Exchange): void {
  const MinAPIVersion = `1.${oldest}`
  const ApiVersion = `1.${exchange.newestApi}`
  const common = { Os: 'linux', Arch: architecture, KernelVersion: release() }
  const details = {
    ApiVersion,
    MinAPIVersion,
    GitCommit: 'memory',
    GoVersion: `node ${process.version}`,
    Experimental: 'false',
  }
  exchange.send(200, {
    Platform: { Name: 'An engine in memory' },
    Components: [{ Name: 'Engine', Version: version, Details: { ...common, ...details } }],
    Version: version,
    ApiVersion,
    MinAPIVersion,
    GitCommit: 'memory',
    GoVersion: `node ${process.version}`,
    ...common,
  })
}

const authBody = fields({ username: text, password: text, serveraddress: text, email: text })

/** `POST /auth`: the registries here let everybody in who says a name. */
export function auth(exchange: Exchange): void {
  if (exchange.json(authBody).username === '') throw badRequest('a username is needed')
  exchange.send(200, { Status: 'Login Succeeded', IdentityToken: '' })
}
