import type { Address, ListenOptions } from '@intermediate/core'
import { parseAddress } from '@intermediate/core'
import { flagAddress } from './flag-address.js'
import { single } from './read-flags.js'
import type { UpFlag, UpValues } from './up-flags.js'
import { UsageError } from './usage-error.js'

/** A place to listen at; without an address, where an intermediate listens that is given none. */
export interface ListenPlace extends Omit<ListenOptions, 'address'> {
  readonly address?: string
}

/** Where to listen, as it was written and as it is read. */
interface Written {
  readonly text?: string
  readonly address?: Address
  readonly scheme: Address['scheme']
}

const forTcp = ['tlscert', 'tlskey', 'tlscacert', 'insecure', 'allow-host'] as const
const forUnix = ['mode', 'group'] as const

/**
 * The addresses of the command line, or else of INTERMEDIATE_LISTEN or the default, each with the flags for its kind.
 * Empty where nothing is said of them. `addresses` are those that are written somewhere.
 * @throws UsageError for what is no address, and where a flag is for none of them
 */
export function listenPlaces(
  values: UpValues,
  env: NodeJS.ProcessEnv,
): { readonly listen: readonly ListenPlace[]; readonly addresses: readonly Address[] } {
  const places = values.listen?.map(ofFlag) ?? [ofEnvironment(env)]
  demand(places, 'tcp', 'tcp://HOST:PORT', given(values, forTcp))
  demand(places, 'unix', 'unix:///PATH', given(values, forUnix))
  const options = { tcp: tcpOptions(values), unix: unixOptions(values), npipe: {} }
  const listen = places.map(({ text, scheme }) => ({
    ...(text !== undefined && { address: text }),
    ...options[scheme],
  }))
  return {
    listen: listen.filter((place) => Object.keys(place).length > 0),
    addresses: places.flatMap(({ address }) => address ?? []),
  }
}

function ofFlag(text: string): Written {
  const address = flagAddress(text, '--listen')
  return { text, address, scheme: address.scheme }
}

/** What is wrong with the environment is no fault of the command line: it is said at the start. */
function ofEnvironment({ INTERMEDIATE_LISTEN: text }: NodeJS.ProcessEnv): Written {
  const scheme = process.platform === 'win32' ? 'npipe' : 'unix'
  if (!text) return { scheme }
  try {
    const address = parseAddress(text)
    return { text, address, scheme: address.scheme }
  } catch {
    return { scheme }
  }
}

function given(values: UpValues, names: readonly UpFlag[]): UpFlag | undefined {
  return names.find((name) => values[name] !== undefined)
}

function demand(
  places: readonly Written[],
  scheme: Address['scheme'],
  form: string,
  flag: UpFlag | undefined,
): void {
  if (flag === undefined || places.some((place) => place.scheme === scheme)) return
  throw new UsageError(
    `--${flag} is for ${scheme}:// addresses, and none is named: add --listen ${form}, or leave it out.`,
  )
}

function tcpOptions(values: UpValues): ListenPlace {
  const [cert, key, ca] = [single(values, 'tlscert'), single(values, 'tlskey'), single(values, 'tlscacert')]
  const hosts = values['allow-host']
  if (given(values, ['tlscert', 'tlskey', 'tlscacert']) && (cert === undefined || key === undefined)) {
    throw new UsageError('TLS needs a certificate and its key: give both --tlscert FILE and --tlskey FILE.')
  }
  return {
    ...(cert !== undefined && key !== undefined && { tls: { cert, key, ...(ca !== undefined && { ca }) } }),
    ...(values.insecure && { insecure: true }),
    ...(hosts !== undefined && { hosts }),
  }
}

function unixOptions(values: UpValues): ListenPlace {
  const [mode, group] = [single(values, 'mode'), single(values, 'group')]
  return { ...(mode !== undefined && { mode: permissions(mode) }), ...(group !== undefined && { group }) }
}

function permissions(text: string): number {
  if (/^(0o?)?[0-7]{3}$/.test(text)) return parseInt(text.slice(-3), 8)
  throw new UsageError(`--mode ${text} is no file mode: write one from 000 to 777, such as 0660.`)
}
