// Records every `docker exec -it`, `run -it` and `attach` as a file that `asciinema play` plays, without what was typed.
// What a web page attaches to over a websocket is not recorded: filter.deny('GET /containers/:id/attach/ws') keeps it out.
import { intermediate } from '@intermediate/core'
import { asciicast, wireTap } from '@intermediate/wire-tap'

const sessions = asciicast(process.env.SESSIONS ?? 'docker-sessions')

export default intermediate().use(wireTap(sessions, { stdin: false }))
