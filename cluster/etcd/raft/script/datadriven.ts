/**
 * The notation of Go's `datadriven`, in which etcd-io/raft's scripts are written: a command with arguments, input, `----`,
 * output.
 *
 *     add-nodes 3 voters=(1,2,3) index=10
 *     ----
 *     ok
 *
 * Output ends at an empty line; where it holds empty lines itself, `----` twice stands before and after it.
 * Where to read upstream: cockroachdb/datadriven `datadriven.go`.
 */
export interface Argument {
  readonly key: string
  /** `key=value` has one, `key=(a,b)` two, `key` alone none. */
  readonly values: readonly string[]
}

export interface Command {
  readonly name: string
  readonly args: readonly Argument[]
}

export interface Block extends Command {
  /** Of the command in the file, from 1. */
  readonly line: number
  readonly input: string
  /** Empty, or ends with a line feed. */
  readonly expected: string
  /** Lines of the output in the file: from, and up to without. */
  readonly output: readonly [from: number, to: number]
}

/** Throws where a line does not follow the notation. */
export function parseScript(text: string): readonly Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const start = i
    let directive = lines[i]!.trim()
    if (directive === '' || directive.startsWith('#') || directive.startsWith('subtest ')) continue
    while (directive.endsWith('\\')) directive = `${directive.slice(0, -1).trimEnd()} ${lines[++i]!.trim()}`
    const input: string[] = []
    while (++i < lines.length && lines[i] !== '----') input.push(lines[i]!)
    if (i >= lines.length) throw new Error(`line ${start + 1}: "${directive}" has no ---- after it`)
    const from = i + 1
    const to = endOfOutput(lines, from)
    const isFenced = lines[from] === '----'
    const output = isFenced ? lines.slice(from + 1, to - 2) : lines.slice(from, to)
    const expected = output.map((line) => `${line}\n`).join('')
    blocks.push({
      ...parseCommand(directive, start + 1),
      line: start + 1,
      input: input.join('\n'),
      expected,
      output: [from, to],
    })
    i = to - 1
  }
  return blocks
}

function endOfOutput(lines: readonly string[], from: number): number {
  const isFenced = lines[from] === '----'
  for (let i = isFenced ? from + 1 : from; i < lines.length; i++) {
    if (isFenced ? lines[i] === '----' && lines[i + 1] === '----' : lines[i]!.trim() === '') return isFenced ? i + 2 : i
  }
  return lines.length
}

/** `line` is for the message alone. */
export function parseCommand(directive: string, line: number): Command {
  const [name, ...rest] = directive.match(/[^\s=(),]+=\([^)]*\)|[^\s]+/g) ?? []
  if (name === undefined) throw new Error(`line ${line}: no command in "${directive}"`)
  return { name, args: rest.map(parseArgument) }
}

function parseArgument(text: string): Argument {
  const equals = text.indexOf('=')
  if (equals < 0) return { key: text, values: [] }
  const key = text.slice(0, equals)
  const value = text.slice(equals + 1)
  if (!value.startsWith('(')) return { key, values: [value] }
  const inner = value.slice(1, -1).trim()
  return { key, values: inner === '' ? [] : inner.split(/[\s,]+/) }
}

/** The script with these outputs in the place of its own. */
export function renderScript(text: string, blocks: readonly Block[], outputs: readonly string[]): string {
  const lines = text.split('\n')
  for (let n = blocks.length - 1; n >= 0; n--) {
    const [from, to] = blocks[n]!.output
    const output = outputs[n]!.replace(/\n$/, '').split('\n')
    const isFenced = output.some((line) => line.trim() === '') && outputs[n] !== ''
    const fence = isFenced ? ['----'] : []
    const end = isFenced ? ['----', '----'] : []
    lines.splice(from, to - from, ...(outputs[n] === '' ? [] : [...fence, ...output, ...end]))
  }
  return lines.join('\n')
}

/** The one value of an argument. @returns undefined where it is not given */
export const valueOf = (args: readonly Argument[], key: string): string | undefined =>
  args.find((arg) => arg.key === key)?.values[0]

export function wholeNumber(text: string | undefined): number {
  if (text === undefined || !/^\d+$/.test(text)) throw new Error(`expected a whole number, not "${text ?? ''}"`)
  return Number(text)
}

/** As Go's strconv.ParseBool has it. */
export function flag(text: string | undefined): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(text ?? '')) return true
  if (/^(0|f|F|false|FALSE|False)$/.test(text ?? '')) return false
  throw new Error(`strconv.ParseBool: parsing "${text ?? ''}": invalid syntax`)
}
