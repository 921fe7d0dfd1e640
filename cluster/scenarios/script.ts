/**
 * The notation of cluster stories: a command, its input, `----`, what comes out.
 *
 *     kubectl get nodes
 *     ----
 *     NAME     STATUS   ROLES    AGE   VERSION
 *     …
 *
 * Blocks are apart by an empty line (an empty line of output is written `~`); lines that begin with `#` outside a block are prose. The same files are golden tests,
 * what lessons and figures run, and what a reader may read. The form is that of Go's `datadriven`.
 */
export interface Block {
  /** Line of the command in the file, from 1. */
  readonly line: number
  /** Prose since the block before: what the reader is told. */
  readonly prose: readonly string[]
  readonly command: string
  readonly args: readonly string[]
  readonly input: string
  readonly expected: string
}

export function parseScript(text: string, file = 'script'): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  let prose: string[] = []
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    if (line.trim() === '') continue
    if (line.startsWith('#')) {
      prose.push(line.replace(/^#\s?/, ''))
      continue
    }
    const start = i
    const input: string[] = []
    while (++i < lines.length && lines[i] !== '----') input.push(lines[i]!)
    if (i >= lines.length)
      throw new Error(`${file}:${start + 1}: "${line}" has no ---- after it; add one, then the expected output`)
    const expected: string[] = []
    while (++i < lines.length && lines[i]!.trim() !== '') expected.push(lines[i] === '~' ? '' : lines[i]!)
    const [command, ...args] = words(line)
    blocks.push({
      line: start + 1,
      prose,
      command: command!,
      args,
      input: input.join('\n'),
      expected: expected.join('\n'),
    })
    prose = []
  }
  return blocks
}

/** Splits at spaces; single or double quotes keep words together. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]!)
}

/** Writes the blocks back with other outputs: how golden files are renewed. */
export function renderScript(text: string, outputs: readonly string[]): string {
  const lines = text.split('\n')
  const out: string[] = []
  let n = 0
  for (let i = 0; i < lines.length; i++) {
    out.push(lines[i]!)
    if (lines[i] !== '----') continue
    const output = outputs[n++] ?? ''
    if (output !== '') out.push(...output.split('\n').map((line) => line.trimEnd() || '~'))
    while (i + 1 < lines.length && lines[i + 1]!.trim() !== '') i++
  }
  return out.join('\n')
}
