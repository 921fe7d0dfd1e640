/** Colours where a person reads along; plain text in files, pipes and with NO_COLOR. FORCE_COLOR overrules both. */
import type { Paint } from '../reporters/reporter.ts'

/** Where text goes. */
export interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export type { Paint }

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const

export function painter(stream: Stream, env: NodeJS.ProcessEnv = process.env): Paint {
  if (!isColoured(stream, env)) return (text) => text
  return (text, colour) => `\u001b[${CODES[colour]}m${text}\u001b[0m`
}

function isColoured(stream: Stream, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no } = env
  if (force !== undefined) return force !== '0' && force !== 'false'
  return stream.isTTY === true && !no && env['TERM'] !== 'dumb'
}
