// A proxy as the documentation of http-proxy has it, with kept connections: PORT ORIGIN.
import { Agent, createServer } from 'node:http'
import proxies from 'http-proxy'

const [port, origin] = process.argv.slice(2)
const proxy = proxies.createProxyServer({
  target: `http://127.0.0.1:${origin}`,
  agent: new Agent({ keepAlive: true, noDelay: true }),
})
proxy.on('error', (_error, _request, response) => response?.destroy())

const server = createServer((request, response) => proxy.web(request, response))
server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head))
server.listen(Number(port), '127.0.0.1')
