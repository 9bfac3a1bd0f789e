import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { badRequest, EngineError } from '../engine-error.js'

/** More than any client sends as JSON. */
const largest = 16 * 1024 * 1024

/** Reads a body to its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    checkSize(size)
  }
  return Buffer.concat(chunks)
}

/**
 * Reads exactly the body from a connection that node:http let go of after the head; what follows it stays for the
 * tunnel.
 */
export async function readBodyFrom(socket: Duplex, request: IncomingMessage): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': coding, expect } = request.headers
  if (expect !== undefined) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  if (coding === undefined) return take(socket, Number(length ?? 0))
  const chunks: Buffer[] = []
  for (let size = await chunkSize(socket); size > 0; size = await chunkSize(socket)) {
    chunks.push(await take(socket, size))
    await takeLine(socket)
  }
  while ((await takeLine(socket)) !== '');
  return Buffer.concat(chunks)
}

async function chunkSize(socket: Duplex): Promise<number> {
  const line = await takeLine(socket)
  if (!/^[0-9a-f]+ *(;|$)/i.test(line)) throw badRequest(`${JSON.stringify(line)} is no size of a chunk`)
  return parseInt(line, 16)
}

async function takeLine(socket: Duplex): Promise<string> {
  let line = ''
  while (!line.endsWith('\n')) line += (await take(socket, 1)).toString('latin1')
  return line.replace(/\r?\n$/, '')
}

/** That many bytes, and not one more. */
async function take(socket: Duplex, size: number): Promise<Buffer> {
  checkSize(size)
  if (size === 0) return Buffer.alloc(0)
  return new Promise((resolve, reject) => {
    const look = () => {
      const bytes = socket.read(size) as Buffer | null
      if (bytes === null) return
      settle()
      if (bytes.length === size) resolve(bytes)
      else reject(badRequest('the body ends too early'))
    }
    const gone = () => {
      settle()
      reject(badRequest('the body ends too early'))
    }
    const settle = () => socket.off('readable', look).off('close', gone)
    socket.on('readable', look).on('close', gone)
    look()
  })
}

function checkSize(size: number): void {
  if (size > largest) throw new EngineError(413, `the body has more than ${largest} bytes`)
}
