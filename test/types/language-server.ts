import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { temporaryFolder } from '@intermediate/testing'

/** TypeScript's language server, as an editor runs it, with programs that import core. */
export interface LanguageServer extends AsyncDisposable {
  /** What an editor would offer at the `‸` of a program. */
  completions(program: string): Promise<readonly string[]>
  /** What the compiler has against a program, the text of each complaint with all of its lines. */
  complaints(program: string): Promise<readonly string[]>
}

const root = new URL('../../', import.meta.url).pathname

const settings = {
  extends: `${root}tsconfig.json`,
  compilerOptions: {
    composite: false,
    noEmit: true,
    paths: { '@intermediate/core': [`${root}packages/core/src/index.ts`] },
    typeRoots: [`${root}node_modules/@types`],
  },
  include: ['*.ts'],
  references: [],
}

/** Programs are in a folder of their own that knows core by its sources, so nothing needs to be built. */
export async function languageServer(): Promise<LanguageServer> {
  const folder = await temporaryFolder()
  await writeFile(folder.file('tsconfig.json'), JSON.stringify(settings))
  await writeFile(folder.file('package.json'), '{ "type": "module" }')
  const { ask, tell, close } = startServer()
  await ask('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder.path).href,
    capabilities: { textDocument: { completion: {}, diagnostic: {} } },
  })
  tell('initialized', {})
  let programs = 0
  const open = async (text: string) => {
    const file = folder.file(`program-${programs++}.ts`)
    await writeFile(file, text)
    const uri = pathToFileURL(file).href
    tell('textDocument/didOpen', { textDocument: { uri, languageId: 'typescript', version: 1, text } })
    return { uri }
  }
  return {
    async completions(program) {
      const before = program.slice(0, program.indexOf('‸')).split('\n')
      const position = { line: before.length - 1, character: before.at(-1)!.length }
      const textDocument = await open(program.replace('‸', ''))
      const offered = (await ask('textDocument/completion', { textDocument, position })) as {
        items: readonly { label: string }[]
      } | null
      return offered?.items.map(({ label }) => label) ?? []
    },
    async complaints(program) {
      const textDocument = await open(program)
      const found = (await ask('textDocument/diagnostic', { textDocument })) as {
        items: readonly { message: string }[]
      }
      return found.items.map(({ message }) => message)
    },
    async [Symbol.asyncDispose]() {
      await close()
      await folder[Symbol.asyncDispose]()
    },
  }
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** The server's process, spoken to in JSON-RPC with a Content-Length before each message (LSP 3.17, base protocol). */
function startServer() {
  const server = spawn(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '--lsp', '--stdio'])
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>()
  const send = (message: object) => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  const receive = ({ id, method, result, error }: Message) => {
    if (id === undefined) return
    // The server asks for settings and the like, and waits for an answer.
    if (method !== undefined) send({ id, result: null })
    else if (error === undefined) waiting.get(id)?.resolve(result)
    else waiting.get(id)?.reject(new Error(error.message))
  }
  let received = Buffer.alloc(0)
  server.stdout.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    for (;;) {
      const [head, length] =
        /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n/.exec(received.toString('latin1')) ?? []
      if (head === undefined || received.length < head.length + Number(length)) return
      const end = head.length + Number(length)
      receive(JSON.parse(received.toString('utf8', head.length, end)) as Message)
      received = received.subarray(end)
    }
  })
  let said = ''
  server.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const gone = once(server, 'exit')
  void gone.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`the language server ended: ${said}`))
  })
  let asked = 0
  const tell = (method: string, params?: object) => send({ method, params })
  const ask = (method: string, params?: object) => {
    const id = ++asked
    return new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      send({ id, method, params })
    }).finally(() => waiting.delete(id))
  }
  const close = async () => {
    await ask('shutdown')
    tell('exit')
    await gone
  }
  return { ask, tell, close }
}
