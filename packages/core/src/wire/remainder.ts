import type { Duplex } from 'node:stream'
import type { Link } from './link.js'

/** In ms, how long a layer may keep a client's last bytes while it neither passes any of them on nor ends. */
const layerTime = 30_000

/**
 * What upstreams still have to get of a client that has ended in order. All that it has sent reaches them, and FIN
 * behind it, though nobody is left who waits for that, as its kernel would see to it without us.
 *
 * As there, an upstream takes its time: nothing but its own end limits that, as it closes, is reset, or is found dead
 * by TCP. A layer that has the tunnel is waited for while it passes something on, or an upstream keeps it from that.
 */
export class Remainder {
  private readonly links = new Set<Link>()
  private stream: Duplex | undefined
  private timer: NodeJS.Timeout | undefined
  private moved = -1
  private readonly onChange: () => void
  private readonly onStuck: () => void

  /**
   * @param onChange is called when something has arrived, or was lost
   * @param onStuck is called when a layer is not waited for any more
   */
  constructor(onChange: () => void, onStuck: () => void) {
    this.onChange = onChange
    this.onStuck = onStuck
  }

  get arrived(): boolean {
    return this.links.size === 0 && this.stream === undefined
  }

  /** Closes a link once its upstream has taken everything. */
  flush(link: Link): void {
    const { socket } = link
    this.links.add(link)
    link.leave()
    const arrive = () => {
      if (!this.links.delete(link)) return
      link.destroy()
      this.change()
    }
    socket.once('finish', arrive)
    socket.once('close', arrive)
    this.watch()
  }

  /** Waits until a layer's stream has taken everything. */
  finish(stream: Duplex): void {
    this.stream = stream
    const arrive = () => {
      if (this.stream === undefined) return
      this.stream = undefined
      this.change()
    }
    if (stream.writableFinished || stream.destroyed) {
      arrive()
      return
    }
    stream.once('finish', arrive)
    stream.once('close', arrive)
    this.watch()
  }

  /** Loses what has not arrived. */
  drop(): void {
    clearInterval(this.timer)
    this.stream = undefined
    for (const link of this.links) link.destroy()
    this.links.clear()
  }

  private change(): void {
    if (this.arrived) clearInterval(this.timer)
    this.onChange()
  }

  private watch(): void {
    this.timer ??= setInterval(() => {
      const links = [...this.links]
      const moved = links.reduce((sum, { socket }) => sum + socket.bytesWritten, 0)
      const left = this.stream?.writableLength ?? 0
      const atUpstream = links.some(({ socket }) => socket.writableEnded || socket.writableLength > 0)
      if (!atUpstream && this.moved === moved - left) this.onStuck()
      this.moved = moved - left
    }, layerTime)
  }
}
