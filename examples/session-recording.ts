// Records every `docker exec -it`, `run -it` and `attach` as a file that `asciinema play` plays, without what was typed.
import { intermediate } from '@intermediate/core'
import { asciicast, wireTap } from '@intermediate/wire-tap'

const sessions = asciicast(process.env.SESSIONS ?? 'docker-sessions')

export default intermediate().use(wireTap(sessions, { stdin: false }))
