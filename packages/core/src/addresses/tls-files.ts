import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { configurationError } from '../errors.js'
import { isThere } from './is-there.js'

/** Paths of PEM files. */
export interface TlsFiles {
  /** The certificates that the other side's must descend from. */
  ca?: string
  /** Our own certificate, with those between it and its root after it. */
  cert?: string
  /** The private key of `cert`, not encrypted. */
  key?: string
}

/** The contents of TLS files that fit each other, as `node:tls` takes them. */
export interface TlsMaterial {
  ca?: Buffer
  cert?: Buffer
  key?: Buffer
}

/**
 * Reads the files once, and checks that each is what it should be and that they fit together, so that a wrong file
 * is found at start and named, not at the first handshake.
 */
export async function readTlsFiles({ ca, cert, key }: TlsFiles): Promise<TlsMaterial> {
  const material: TlsMaterial = {}
  if (ca !== undefined) {
    material.ca = await readPem(ca)
    parseCertificate(ca, material.ca)
  }
  if (cert !== undefined && key !== undefined) {
    material.cert = await readPem(cert)
    material.key = await readPem(key)
    const matches = parseCertificate(cert, material.cert).checkPrivateKey(parseKey(key, material.key))
    if (!matches) {
      throw configurationError(
        `The TLS key ${key} does not belong to the certificate ${cert}: give the two that do.`,
      )
    }
  } else if (cert !== undefined || key !== undefined) {
    throw configurationError(`The TLS file ${cert ?? key} needs the other half: give both cert and key.`)
  }
  try {
    createSecureContext(material)
  } catch (error) {
    const files = [ca, cert, key].filter((file) => file !== undefined).join(', ')
    throw configurationError(
      `The TLS files ${files} cannot be used (${reason(error)}): make new ones.`,
      error,
    )
  }
  return material
}

/**
 * Those of ca.pem, cert.pem and key.pem that a folder has, which is how docker keeps them. Like the CLI, it takes
 * cert and key only together.
 */
export function tlsFilesIn(folder: string): TlsFiles {
  const [ca, cert, key] = [join(folder, 'ca.pem'), join(folder, 'cert.pem'), join(folder, 'key.pem')]
  return { ...(isThere(ca) && { ca }), ...(isThere(cert) && isThere(key) && { cert, key }) }
}

/** The DNS names that a certificate is for, in lower case; a wildcard is kept as `*.example.com`. */
export function certificateNames(pem: Buffer | undefined): string[] {
  if (pem === undefined) return []
  const names = new X509Certificate(pem).subjectAltName ?? ''
  // `DNS:a, IP Address:::1, URI:"x, DNS:not-a-name"`: Node quotes what could be taken for the next entry.
  const entries = names.matchAll(/(?:^|, )([\w ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)
  return [...entries].flatMap(([, kind, name = '']) =>
    kind === 'DNS' && !name.startsWith('"') ? name.toLowerCase() : [],
  )
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw configurationError(
      `The TLS file ${file} cannot be read (${reason(error)}): check its path and its permissions.`,
      error,
    )
  }
}

function parseCertificate(file: string, pem: Buffer): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw configurationError(`The TLS file ${file} holds no PEM certificate: give one that does.`, error)
  }
}

function parseKey(file: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    if (/ENCRYPTED/.test(pem.toString('latin1'))) {
      throw configurationError(
        `The TLS key ${file} is encrypted, which docker clients do not read either: decrypt it with "openssl pkey".`,
        error,
      )
    }
    throw configurationError(`The TLS file ${file} holds no PEM private key: give one that does.`, error)
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
