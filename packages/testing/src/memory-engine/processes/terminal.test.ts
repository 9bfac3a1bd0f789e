import { expect, it } from 'vitest'
import { Terminal } from './terminal.js'

function terminal(): {
  terminal: Terminal
  shown: () => string
  type: (text: string) => Promise<void>
  line: () => Promise<string | undefined>
} {
  let shown = ''
  const made = new Terminal('/dev/pts/0', {
    write: (bytes) => {
      shown += bytes.toString()
      return Promise.resolve()
    },
  })
  return {
    terminal: made,
    shown: () => shown,
    type: (text) => made.type(Buffer.from(text)),
    line: async () => (await made.read())?.toString(),
  }
}

it('gives lines, and shows what is typed', async () => {
  const { type, line, shown } = terminal()
  await type('hello\rmore')
  expect(await line()).toBe('hello\n')
  expect(shown()).toBe('hello\r\nmore')
})

it('shows nothing without echo', async () => {
  const { terminal: made, type, line, shown } = terminal()
  made.echo = false
  await type('secret\r')
  expect(await line()).toBe('secret\n')
  expect(shown()).toBe('')
})

it('takes back what is erased', async () => {
  const { type, line } = terminal()
  await type('wrong\x15right!\x7f\r')
  expect(await line()).toBe('right\n')
})

it('^D ends one read, and the terminal goes on', async () => {
  const { type, line } = terminal()
  await type('part\x04\x04again\r')
  expect(await line()).toBe('part')
  expect(await line()).toBeUndefined()
  expect(await line()).toBe('again\n')
})

it('^C drops the line and shows itself', async () => {
  const { type, line, shown } = terminal()
  await type('drop\x03keep\r')
  expect(await line()).toBe('keep\n')
  expect(shown()).toBe('drop^Ckeep\r\n')
})

it('writes newlines as a screen needs them', async () => {
  const { terminal: made, shown } = terminal()
  await made.write(Buffer.from('a\nb\n'))
  expect(shown()).toBe('a\r\nb\r\n')
})
