import type { Flag } from './flags.js'
import type { FlagValues } from './read-flags.js'

/** The flags of `intermediate up`, as `parseArgs` reads them and the help shows them. */
export const upFlags = {
  listen: {
    type: 'string',
    multiple: true,
    value: 'ADDR',
    text:
      'unix:///path, tcp://host:port (port 0: any free one) or npipe:////./pipe/name. May be given several times. ' +
      'Default: INTERMEDIATE_LISTEN, then intermediate.sock in your runtime folder',
  },
  upstream: {
    type: 'string',
    multiple: true,
    value: 'ADDR',
    text:
      'The engine, or the next intermediate; memory: runs an engine in memory. Default: what FILE says, ' +
      'then INTERMEDIATE_UPSTREAM, then what the docker command would use',
  },
  'or-memory': {
    type: 'boolean',
    text: 'Where no engine answers at the start, run one in memory, and say so',
  },
  mode: {
    type: 'string',
    multiple: true,
    value: 'MODE',
    text: 'Permissions of the unix sockets. Default: 0660',
  },
  group: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    text: 'Group of the unix sockets',
  },
  tlscert: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    text: 'Speak TLS on the tcp addresses, with this certificate',
  },
  tlskey: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    text: 'The private key of the certificate',
  },
  tlscacert: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    text: 'Demand client certificates that descend from this one',
  },
  insecure: {
    type: 'boolean',
    text: 'Allow tcp beyond this machine without client certificates: whoever reaches it controls the engine',
  },
  'allow-host': {
    type: 'string',
    multiple: true,
    value: 'NAME',
    text:
      'A host name that tcp clients may use, besides addresses, localhost and names without a dot. ' +
      'May be given several times',
  },
  tap: {
    type: 'string',
    multiple: true,
    value: 'ADDR',
    text:
      'Let "intermediate tap ADDR" watch what passes, also secrets that are typed or shown: at unix:///path, for you ' +
      'only, or a tcp address of this machine',
  },
  grace: {
    type: 'string',
    multiple: true,
    value: 'SECONDS',
    text: 'How long calls may take to finish when it is stopped. Default: 10',
  },
  json: {
    type: 'boolean',
    text: 'Log as JSON lines: started, fallback, engine, call, error, stopping, stopped, failed, crashed',
  },
  help: { type: 'boolean', short: 'h', text: 'Show this' },
} as const satisfies Record<string, Flag>

export type UpFlag = keyof typeof upFlags

export type UpValues = FlagValues<typeof upFlags>
