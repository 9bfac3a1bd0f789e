import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Bench } from '../bench.js'
import { beside } from '../bench.js'
import type { Proxy } from './proxy.js'

let built: Promise<string> | undefined

/** Go runs as many threads as it has cores: one, where it is pinned. */
export const goReverseProxy: Proxy = {
  name: 'Go ReverseProxy',
  option: 'go',
  needs: ['go'],
  speaksTls: false,
  async start(bench, { listen, upstream }) {
    built ??= build(bench)
    return bench.start('proxy', await built, String(listen), String(upstream))
  },
}

/** Of the standard library only, so nothing is fetched; what go leaves behind is in the temporary folder. */
async function build(bench: Bench): Promise<string> {
  const program = bench.file('reverse-proxy')
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    GOFLAGS: '-mod=mod',
    GOPROXY: 'off',
    GOCACHE: bench.file('go-cache'),
    GOTMPDIR: bench.file(''),
  }
  await promisify(execFile)('go', ['build', '-o', program, beside('proxies/reverse-proxy.go')], {
    env,
    signal: bench.signal,
  })
  return program
}
