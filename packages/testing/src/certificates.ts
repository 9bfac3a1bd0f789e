import { mkdir, writeFile } from 'node:fs/promises'
import { makeCertificates } from './make-certificates.js'
import type { MadeCertificates } from './make-certificates.js'
import { temporaryFolder } from './temporary-folder.js'

/** Paths of PEM files. Keys are EC keys; everything is valid for two days. */
export interface Certificates extends AsyncDisposable {
  /** The authority that signed all but the foreign certificate. */
  readonly ca: string
  /** The server's, for localhost, 127.0.0.1 and ::1. */
  readonly cert: string
  readonly key: string
  readonly clientCert: string
  readonly clientKey: string
  /** Signed by another authority; for the same names, and good for a client too. */
  readonly foreignCert: string
  readonly foreignKey: string
  /** What the docker CLI takes as DOCKER_CERT_PATH: a folder with the client's ca.pem, cert.pem and key.pem. */
  readonly clientFolder: string
}

/**
 * Certificates in a fresh folder. They are made by the `openssl` command, once per process: the second call writes
 * the same ones again. Throws a sentence where there is no such command.
 */
export async function certificates(): Promise<Certificates> {
  made ??= makeCertificates()
  const pem = await made
  const folder = await temporaryFolder()
  const clientFolder = folder.file('client')
  await mkdir(clientFolder)
  const write = async (name: string, content: string) => {
    await writeFile(folder.file(name), content, { mode: 0o600 })
    return folder.file(name)
  }
  await write('client/ca.pem', pem.ca)
  return {
    ca: await write('ca.pem', pem.ca),
    cert: await write('cert.pem', pem.server.cert),
    key: await write('key.pem', pem.server.key),
    clientCert: await write('client/cert.pem', pem.client.cert),
    clientKey: await write('client/key.pem', pem.client.key),
    foreignCert: await write('foreign-cert.pem', pem.foreign.cert),
    foreignKey: await write('foreign-key.pem', pem.foreign.key),
    clientFolder,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

let made: Promise<MadeCertificates> | undefined
