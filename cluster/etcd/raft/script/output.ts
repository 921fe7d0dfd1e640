/**
 * What a script's command says: the harness's own lines and Raft's remarks, by level, indented where they belong together.
 *
 * Where to read upstream: etcd-io/raft `rafttest/interaction_env_logger.go`.
 */
import type { LogLevel } from '../io.ts'

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'NONE'] as const
const QUIET = LEVELS.indexOf('NONE')

export class Output {
  /** Remarks below this level are left out; at the highest everything is. */
  level = 0
  #text = ''

  get text(): string {
    return this.#text
  }

  get isQuiet(): boolean {
    return this.level === QUIET
  }

  clear(): void {
    this.#text = ''
  }

  write(text: string): void {
    if (!this.isQuiet) this.#text += text
  }

  log(level: LogLevel | 'FATAL', text: string): void {
    if (LEVELS.indexOf(level) >= this.level) this.write(`${level} ${text}\n`)
  }

  /** @returns what is wrong with the name */
  setLevel(name: string): string | undefined {
    const level = LEVELS.findIndex((known) => known === name.toUpperCase())
    if (level < 0) return `log levels must be either of [${LEVELS.join(' ')}]`
    this.level = level
    return undefined
  }

  /** Indents all that is said during `say`. */
  indented<T>(say: () => T): T {
    const before = this.#text
    this.#text = ''
    const result = say()
    const lines = this.#text.replace(/\n$/, '')
    this.#text = before + (lines === '' ? '' : `${lines.replace(/^/gm, '  ')}\n`)
    return result
  }
}
