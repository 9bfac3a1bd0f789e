import { writeFile } from 'node:fs/promises'
import type { Bench } from '../bench.js'
import { nginx } from '../nginx.js'
import { freePort } from '../ports.js'
import { content } from '../load/chunks.js'
import type { Origin } from './origin.js'

/** How many blocks of content the large file has. */
const blocks = 64

/** Starts the origin for what has a length: it answers with as little work as any server can. */
export async function startNginx(bench: Bench): Promise<Origin> {
  const port = await freePort()
  await writeFile(bench.file('10k'), content.subarray(0, 10 * 1024))
  await writeFile(bench.file('bulk'), Buffer.concat(Array.from({ length: blocks }, () => content)))
  const process = await nginx(
    bench,
    'origin',
    `sendfile on; tcp_nopush on;
    server {
      listen 127.0.0.1:${port};
      default_type application/json;
      add_header Api-Version 1.45;
      add_header Ostype linux;
      location = /v1.45/containers/json { return 200 "[]\\n"; }
      location = /v1.45/containers/create { return 201 "{\\"Id\\":\\"${'0123456789abcdef'.repeat(4)}\\",\\"Warnings\\":[]}\\n"; }
      location = /v1.45/images/json { alias ${bench.file('10k')}; }
      location = /v1.45/images/get { default_type application/x-tar; alias ${bench.file('bulk')}; }
    }`,
  )
  return { port, process: await process.listening(port) }
}
