/** The frame types and the error code of RFC 9113 that a refusal needs. */
const settingsFrame = 0x04
const goAwayFrame = 0x07
const http11Required = 0x0d

/**
 * What answers an HTTP/2 preface: an empty SETTINGS frame, which every server begins with, and a GOAWAY that asks for
 * HTTP/1.1 (RFC 9113 sections 3.4, 6.5, 6.8 and 7), so that the client fails with that reason.
 */
export function refuseHttp2(): Buffer {
  const reason = Buffer.from('use HTTP/1.1')
  const goAway = Buffer.alloc(8)
  goAway.writeUInt32BE(http11Required, 4)
  return Buffer.concat([
    frame(settingsFrame, Buffer.alloc(0)),
    frame(goAwayFrame, Buffer.concat([goAway, reason])),
  ])
}

/** A frame of stream 0 without flags. */
function frame(type: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  return Buffer.concat([header, payload])
}
