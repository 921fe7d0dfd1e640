/** Colours where a person reads along; plain text in files, pipes and with NO_COLOR. */
import type { ReportOptions } from '../verdict/report.ts'

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const

export function painter(stream: { isTTY?: boolean }): NonNullable<ReportOptions['paint']> {
  if (stream.isTTY !== true || process.env['NO_COLOR']) return (text) => text
  return (text, colour) => `\u001b[${CODES[colour]}m${text}\u001b[0m`
}
