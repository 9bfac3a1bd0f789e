import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { temporaryFolder } from './temporary-folder.js'
import type { TemporaryFolder } from './temporary-folder.js'

/** Contents of PEM files. */
export interface MadeCertificates {
  readonly ca: string
  readonly server: KeyPair
  readonly client: KeyPair
  readonly foreign: KeyPair
}

interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Two authorities and what they signed. Uses nothing that differs between OpenSSL 1.1, OpenSSL 3 and LibreSSL. */
export async function makeCertificates(): Promise<MadeCertificates> {
  await using folder = await temporaryFolder()
  await writeFile(folder.file('openssl.cnf'), configuration)
  const [ca] = await Promise.all([authority(folder, 'ca'), authority(folder, 'foreign-ca')])
  const [server, client, foreign] = await Promise.all([
    signed(folder, 'server', { by: 'ca', serial: 1 }),
    signed(folder, 'client', { by: 'ca', serial: 2 }),
    signed(folder, 'foreign', { by: 'foreign-ca', serial: 3 }),
  ])
  return { ca, server, client, foreign }
}

/** The sections `server`, `client` and `foreign` are the extensions of the certificate of that name. */
const configuration = `
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
[client]
extendedKeyUsage = clientAuth
authorityKeyIdentifier = keyid
[foreign]
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
extendedKeyUsage = serverAuth, clientAuth
authorityKeyIdentifier = keyid
`

const newKey = '-config openssl.cnf -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'

async function authority(folder: TemporaryFolder, name: string): Promise<string> {
  await openssl(
    folder,
    `req -x509 ${newKey} -extensions authority -days 2 ${subject(name)} -keyout ${name}.key -out ${name}.pem`,
  )
  return readFile(folder.file(`${name}.pem`), 'utf8')
}

async function signed(
  folder: TemporaryFolder,
  name: string,
  { by, serial }: { by: string; serial: number },
): Promise<KeyPair> {
  await openssl(folder, `req -new ${newKey} ${subject(name)} -keyout ${name}.key -out ${name}.csr`)
  await openssl(
    folder,
    `x509 -req -in ${name}.csr -CA ${by}.pem -CAkey ${by}.key -set_serial ${serial} -days 2` +
      ` -extfile openssl.cnf -extensions ${name} -out ${name}.pem`,
  )
  const [cert, key] = await Promise.all([
    readFile(folder.file(`${name}.pem`), 'utf8'),
    readFile(folder.file(`${name}.key`), 'utf8'),
  ])
  return { cert, key }
}

function subject(name: string): string {
  return `-subj /CN=intermediate-test-${name}`
}

const run = promisify(execFile)

async function openssl(folder: TemporaryFolder, command: string): Promise<void> {
  try {
    await run('openssl', command.split(' '), { cwd: folder.path })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error
    const message =
      'Certificates for tests are made by the openssl command, which is not on PATH: install openssl.'
    throw new Error(message, { cause: error })
  }
}
