import { certificates } from '@intermediate/testing'
import { readFile, writeFile } from 'node:fs/promises'
import type { Bench } from './bench.js'
import type { Certificate } from './proxies/proxy.js'

/** Makes a certificate for 127.0.0.1 in the temporary folder. */
export async function makeCertificate(bench: Bench): Promise<Certificate> {
  await using made = await certificates()
  const [cert, key] = await Promise.all([readFile(made.cert), readFile(made.key)])
  const certificate = {
    cert: bench.file('cert.pem'),
    key: bench.file('key.pem'),
    both: bench.file('both.pem'),
  }
  await writeFile(certificate.cert, cert)
  await writeFile(certificate.key, key)
  await writeFile(certificate.both, Buffer.concat([cert, key]))
  return certificate
}
