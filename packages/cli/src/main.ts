import { command } from './command.js'

// A reader of our output that has left is no reason to end: calls go on, unseen.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

process.exitCode = await command(process.argv.slice(2), process)
// A FILE may have left timers and connections of its own, which would keep the process.
process.stdout.write('', () => process.exit())
