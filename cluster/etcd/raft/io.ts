/** What a step of Raft needs from outside: chance, and somebody who listens to its remarks. Never kept in its state. */

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

export interface Io {
  /** Uniform in [0, below): spreads the election timeouts. */
  random(below: number): number
  /** Absent: nobody listens, and no remark is even worded. */
  log?: ((level: LogLevel, text: string) => void) | undefined
}
