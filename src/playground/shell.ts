/** The shell around kubectl: a few words that need no cluster, and the files that `-f` can name. */

/** What becomes of a line that was typed. */
export type Typed =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'kubectl'; readonly line: string }
  | { readonly kind: 'printed'; readonly output: string; readonly failed?: boolean }

interface Shell {
  readonly files: Readonly<Record<string, string>>
  /** Lines that were typed before, oldest first. */
  readonly lines: readonly string[]
  readonly help: string
}

export function typed(text: string, { files, lines, help }: Shell): Typed {
  const line = text.trim()
  const environment = ASSIGNMENTS.exec(line)?.[0] ?? ''
  const [program = '', ...args] = line.slice(environment.length).split(/\s+/)
  const failed = (output: string): Typed => ({ kind: 'printed', output, failed: true })
  switch (program) {
    case '':
      return { kind: 'nothing' }
    case 'kubectl':
    case 'k':
      if (hasPipe(line)) return failed('sh: there are no pipes and redirections here: leave out what follows | > <')
      return { kind: 'kubectl', line: `${environment}kubectl${line.slice(environment.length + program.length)}` }
    case 'clear':
      return { kind: 'clear' }
    case 'help':
      return { kind: 'printed', output: help }
    case 'history':
      return { kind: 'printed', output: lines.map((one, i) => `${String(i + 1).padStart(4)}  ${one}`).join('\n') }
    case 'ls':
      return { kind: 'printed', output: Object.keys(files).sort().join('\n') }
    case 'cat': {
      const missing = args.find((name) => !Object.hasOwn(files, name))
      if (args.length === 0) return failed('cat: name a file; ls shows which there are')
      if (missing !== undefined) return failed(`cat: ${missing}: No such file or directory`)
      return { kind: 'printed', output: args.map((name) => files[name]!.trimEnd()).join('\n') }
    }
    default:
      return failed(`sh: ${program}: command not found. Type help to see what there is.`)
  }
}

/** `KUBE_EDITOR='sed -i s/1/2/' kubectl edit …` */
const ASSIGNMENTS = /^(?:[A-Z_]+=(?:'[^']*'|"[^"]*"|[^\s'"])*\s+)+/

/** Outside quotes. */
const hasPipe = (line: string): boolean => /[|<>]/.test(line.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, ''))

// ── colours ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Piece {
  readonly text: string
  readonly look: 'plain' | 'head' | 'ok' | 'wait' | 'bad'
}

const LOOKS: Readonly<Record<string, Piece['look']>> = {
  ok: 'ok',
  Running: 'ok',
  Ready: 'ok',
  Active: 'ok',
  Bound: 'ok',
  Complete: 'ok',
  Completed: 'ok',
  Succeeded: 'ok',
  Pending: 'wait',
  ContainerCreating: 'wait',
  PodInitializing: 'wait',
  Terminating: 'wait',
  SchedulingDisabled: 'wait',
  Unknown: 'bad',
  NotReady: 'bad',
  Error: 'bad',
  Failed: 'bad',
  Evicted: 'bad',
  CrashLoopBackOff: 'bad',
  ErrImagePull: 'bad',
  ImagePullBackOff: 'bad',
  OOMKilled: 'bad',
  Warning: 'bad',
}
const WORD = new RegExp(`(?<![\\w-])(${Object.keys(LOOKS).join('|')})(?![\\w-])`)
const HEAD = /^[A-Z][A-Z0-9 ()%-]*$/

/** A line of output in pieces, so that a table's heads and what is well or ill can be seen at once. The words still say it. */
export function colours(line: string): readonly Piece[] {
  if (HEAD.test(line) && line.includes('  ')) return [{ text: line, look: 'head' }]
  return line
    .split(WORD)
    .filter((text) => text !== '')
    .map((text) => ({ text, look: Object.hasOwn(LOOKS, text) ? LOOKS[text]! : 'plain' }))
}
