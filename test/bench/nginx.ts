import { mkdir, writeFile } from 'node:fs/promises'
import type { Bench } from './bench.js'
import type { Started } from './started.js'

let count = 0

/** Starts nginx with one worker, and this inside its http block. It writes into the temporary folder only. */
export async function nginx(bench: Bench, role: 'origin' | 'proxy', http: string): Promise<Started> {
  const folder = bench.file(`nginx-${++count}`)
  await mkdir(folder)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  await writeFile(
    `${folder}/nginx.conf`,
    `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/pid;
error_log stderr;
events { worker_connections 16000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  ${http}
}
`,
  )
  return bench.start(role, 'nginx', '-e', 'stderr', '-p', folder, '-c', `${folder}/nginx.conf`)
}
