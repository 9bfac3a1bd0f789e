import type { ListenOptions } from '@intermediate/core'
import { single } from './read-flags.js'
import type { UpValues } from './read-flags.js'
import type { UpFlag } from './up-flags.js'
import { UsageError } from './usage-error.js'

const forTcp = ['tlscert', 'tlskey', 'tlscacert', 'insecure', 'allow-host'] as const
const forUnix = ['mode', 'group'] as const

/**
 * The addresses of the command line, or else of INTERMEDIATE_LISTEN, each with the flags for its kind.
 * @throws UsageError where a flag is for none of them
 */
export function listenOptions(values: UpValues, env: NodeJS.ProcessEnv): ListenOptions[] {
  const addresses = values.listen ?? (env.INTERMEDIATE_LISTEN ? [env.INTERMEDIATE_LISTEN] : [])
  demand(addresses, 'tcp://', 'tcp://HOST:PORT', given(values, forTcp))
  demand(addresses, 'unix://', 'unix:///PATH', given(values, forUnix))
  const [tcp, unix] = [tcpOptions(values), unixOptions(values)]
  return addresses.map((address) => ({
    address,
    ...(isAt(address, 'tcp://') && tcp),
    ...(isAt(address, 'unix://') && unix),
  }))
}

function given(values: UpValues, names: readonly UpFlag[]): UpFlag | undefined {
  return names.find((name) => values[name] !== undefined)
}

function demand(addresses: readonly string[], scheme: string, form: string, flag: UpFlag | undefined): void {
  if (flag === undefined || addresses.some((address) => isAt(address, scheme))) return
  throw new UsageError(
    `--${flag} is for ${scheme} addresses, and none is named: add --listen ${form}, or leave it out.`,
  )
}

function isAt(address: string, scheme: string): boolean {
  return address.trimStart().startsWith(scheme)
}

function tcpOptions(values: UpValues): Omit<ListenOptions, 'address'> {
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

function unixOptions(values: UpValues): Omit<ListenOptions, 'address'> {
  const [mode, group] = [single(values, 'mode'), single(values, 'group')]
  return { ...(mode !== undefined && { mode: permissions(mode) }), ...(group !== undefined && { group }) }
}

function permissions(text: string): number {
  if (/^(0o?)?[0-7]{3}$/.test(text)) return parseInt(text.slice(-3), 8)
  throw new UsageError(`--mode ${text} is no file mode: write one from 000 to 777, such as 0660.`)
}
