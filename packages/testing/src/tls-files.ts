import { readFileSync } from 'node:fs'

/** Paths of PEM files. */
export interface TlsFiles {
  ca?: string
  cert?: string
  key?: string
}

/** Their contents, for Node's TLS options. */
export function readTlsFiles({ ca, cert, key }: TlsFiles): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  return {
    ...(ca !== undefined && { ca: readFileSync(ca) }),
    ...(cert !== undefined && { cert: readFileSync(cert) }),
    ...(key !== undefined && { key: readFileSync(key) }),
  }
}
