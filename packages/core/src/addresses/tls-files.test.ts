import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { certificates, temporaryFolder } from '@intermediate/testing'
import { expect, test } from 'vitest'
import { certificateNames, tlsFilesIn } from './tls-files.js'

const run = promisify(execFile)

test('the names of a certificate are its DNS names, and nothing that only looks like one', async () => {
  await using folder = await temporaryFolder()
  const config = `[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=common\n[ext]\nsubjectAltName=@alt
[alt]\nDNS.1=Docker.example.com\nIP.1=127.0.0.1\nDNS.2=*.lan\nURI.1=http://a/, DNS:evil.com\nDNS.3="a, DNS:b"\nDNS.4=last\n`
  await writeFile(folder.file('openssl.cnf'), config)
  const made = [
    '-keyout',
    folder.file('key.pem'),
    '-out',
    folder.file('cert.pem'),
    '-config',
    folder.file('openssl.cnf'),
  ]
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...made])
  const text = certificateNames(await readFile(folder.file('cert.pem')))
  expect(text).toEqual(['docker.example.com', '*.lan', 'last'])
})

test('a folder gives what it has, cert and key only together', async () => {
  await using pem = await certificates()
  await using folder = await temporaryFolder()
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => folder.file(name))
  const copy = async (to = '') => writeFile(to, await readFile(pem.ca))
  expect(tlsFilesIn(folder.path)).toEqual({})
  await copy(cert)
  expect(tlsFilesIn(folder.path)).toEqual({})
  await copy(ca)
  expect(tlsFilesIn(folder.path)).toEqual({ ca })
  await copy(key)
  expect(tlsFilesIn(folder.path)).toEqual({ ca, cert, key })
})
