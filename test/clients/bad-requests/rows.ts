/** Reads `rows.txt`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Row {
  /** As it stands in the file. */
  readonly line: string
  readonly method: string
  readonly path: string
  readonly as: string
  readonly token: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly code: number
  /** Undefined: the answer is plain HTTP. */
  readonly reason: string | undefined
  readonly message: string
}

const ADMIN = 'kubernetes-admin'
const HEADERS: Readonly<Record<string, string>> = { type: 'content-type', accept: 'accept' }

export function readRows(): readonly Row[] {
  return readFileSync(join(import.meta.dirname, 'rows.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readRow)
}

function readRow(line: string): Row {
  const match = /^(\S+) (\S+)((?: \w+=\S+)*)(?: \| (.*))? -> (\d{3}) (\S+)(?: (.*))?$/.exec(line)
  if (!match) throw new Error(`not a row: ${line}`)
  const [, method, path, options, body, code, reason, message = ''] = match
  const given = Object.fromEntries(
    options!
      .trim()
      .split(' ')
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  )
  const headers = Object.entries(HEADERS).flatMap(([name, header]) => (given[name] ? [[header, given[name]]] : []))
  return {
    ...{ line, method: method!, path: path!, as: given['as'] ?? ADMIN, token: given['token'] },
    ...{ headers: Object.fromEntries(headers), body, code: Number(code) },
    ...{ reason: reason === '-' ? undefined : reason!, message },
  }
}
