// A proxy of Node's http server with undici behind it, and nothing that either could do without: PORT ORIGIN.
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [port, origin] = process.argv.slice(2)
const pool = new Pool(`http://127.0.0.1:${origin}`, { headersTimeout: 0, bodyTimeout: 0 })
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer'])

createServer({ noDelay: true }, (request, response) => {
  const { method, url: path } = request
  const body = method === 'GET' || method === 'HEAD' ? null : request
  const reply = ({ statusCode, headers }) => response.writeHead(statusCode, endToEnd(headers))
  pool
    .stream({ method, path, headers: endToEnd(request.headers), body }, reply)
    .catch(() => response.destroy())
}).listen(Number(port), '127.0.0.1')

function endToEnd(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)))
}
