const lineFeed = 0x0a

/** Reads a well-formed chunked body, and counts its content; `onContent` gets it where somebody wants it. */
export class ChunkedContent {
  bytes = 0
  done = false
  /** Bytes of the current chunk that are still to come, its line end included. */
  left = 0
  line = ''
  last = false

  constructor(onContent) {
    this.onContent = onContent
  }

  take(bytes) {
    let at = 0
    while (at < bytes.length && !this.done) {
      if (this.left > 0) {
        const end = Math.min(bytes.length, at + this.left)
        const lineEnd = Math.max(0, end - at - Math.max(0, this.left - 2))
        this.bytes += end - at - lineEnd
        this.onContent?.(bytes.subarray(at, end - lineEnd))
        this.left -= end - at
        at = end
      } else {
        const octet = bytes[at++]
        if (octet === lineFeed) this.endLine()
        else this.line += String.fromCharCode(octet)
      }
    }
  }

  endLine() {
    const line = this.line.trim()
    this.line = ''
    if (this.last) {
      this.done ||= line === ''
      return
    }
    const size = Number.parseInt(line, 16)
    if (size > 0) this.left = size + 2
    else this.last = true
  }
}
