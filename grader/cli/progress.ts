/**
 * How far long work has come. On a terminal one line that is written over; elsewhere a line now and then, so that a log
 * stays short. Goes to stderr: what is printed on stdout is the result alone.
 */
import type { Stream } from './paint.ts'

/** Milliseconds between two lines: on a terminal, and in a log. */
const TERMINAL_MS = 80
const LOG_MS = 5000

export interface Progress {
  /** Says this, unless something was said just now. */
  update(text: string): void
  /** Takes the line away, so that something else can be written. */
  clear(): void
}

export function progressOn(stream: Stream, now: () => number = () => performance.now()): Progress {
  const isTerminal = stream.isTTY === true
  const everyMs = isTerminal ? TERMINAL_MS : LOG_MS
  const began = now()
  // A terminal shows the first line at once; a log hears nothing of short work.
  let last = isTerminal ? -Infinity : began
  let isShown = false
  return {
    update(text) {
      if (now() - last < everyMs) return
      last = now()
      if (!isTerminal) return void stream.write(`${text}\n`)
      const width = (stream.columns ?? 80) - 1
      stream.write(`\r\u001b[2K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`)
      isShown = true
    },
    clear() {
      if (isShown) stream.write('\r\u001b[2K')
      isShown = false
    },
  }
}
