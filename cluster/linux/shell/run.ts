/**
 * A shell that runs: it goes on until it must wait, for time or for input, or has ended. What it is at is plain data.
 *
 * Where to read upstream: busybox `shell/ash.c` (evaltree).
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { type CommandResult, runCommand, type ShellWorld } from './commands.ts'
import { type Instruction, parseShell, ShellSyntaxError, type SimpleCommand, type Word } from './parse.ts'

export interface Shell {
  readonly code: readonly Instruction[]
  readonly at: number
  /** Of what ran last. */
  readonly status: number
  readonly variables: Readonly<Record<string, string>>
  /** How far each `for` has come, by its place. */
  readonly counters: Readonly<Record<number, number>>
  /** Input that nobody has read yet, one character for each byte. */
  readonly input: string
  readonly inputEnded: boolean
  /** Reads its commands from its input. */
  readonly interactive: boolean
  /** The time of a `sleep` has been waited for already. */
  readonly slept: boolean
}

export interface Output {
  readonly channel: 'stdout' | 'stderr'
  readonly bytes: string
}

export interface Ran {
  readonly shell: Shell
  readonly files: Readonly<Record<string, string>>
  readonly output: readonly Output[]
  readonly serves: CommandResult['serves']
  /** What it waits for; undefined: it has ended. */
  readonly waits: { readonly for: 'time'; readonly micros: Micros } | { readonly for: 'input' } | undefined
}

/** Instructions at a stretch; then a script that never sleeps lets others run. */
const STRETCH = 2_000
const BREATH_MICROS = 10_000
/** Characters that one stretch may print. */
const OUTPUT_MAX = 4 * 1_024 * 1_024

const IDLE: Omit<Shell, 'code'> = {
  ...{ at: 0, status: 0, variables: {}, counters: {}, input: '', inputEnded: false },
  ...{ interactive: false, slept: false },
}

/** A command as `exec` or a container names it. Undefined: no such program is here. */
export function startShell(argv: readonly string[]): Shell {
  const [name = '', ...args] = argv
  const program = name.slice(name.lastIndexOf('/') + 1)
  if (program !== 'sh' && program !== 'bash') return { ...IDLE, code: [{ op: 'run', pipeline: [literal(argv)] }] }
  const script = args[args.indexOf('-c') + 1]
  if (args.includes('-c') && script !== undefined) return { ...IDLE, code: parsed(script) }
  return { ...IDLE, code: [], interactive: true }
}

const literal = (argv: readonly string[]): SimpleCommand => ({
  assignments: [],
  words: argv.map((text) => [{ text }]),
  redirects: [],
})

/** A script with an error in it is one that says so. */
function parsed(script: string): readonly Instruction[] {
  try {
    return parseShell(script)
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error
    const words = ['sh', '-n', error.message].map((text): Word => [{ text }])
    return [{ op: 'run', pipeline: [{ assignments: [], words, redirects: [] }] }]
  }
}

/** What one stretch changes. */
class Stretch {
  at: number
  status: number
  code: readonly Instruction[]
  variables: Record<string, string>
  counters: Record<number, number>
  input: string
  files: Readonly<Record<string, string>>
  slept: boolean
  readonly output: Output[] = []
  printed = 0
  serves: CommandResult['serves']

  constructor(shell: Shell, world: ShellWorld) {
    this.at = shell.at
    this.status = shell.status
    this.code = shell.code
    this.variables = { ...shell.variables }
    this.counters = { ...shell.counters }
    this.input = shell.input
    this.files = world.files
    this.slept = shell.slept
  }

  print(channel: Output['channel'], bytes: string): void {
    if (bytes === '' || this.printed > OUTPUT_MAX) return
    this.printed += bytes.length
    this.output.push({ channel, bytes })
  }
}

export function resumeShell(shell: Shell, world: ShellWorld): Ran {
  const run = new Stretch(shell, world)
  let waits: Ran['waits']
  let ended = false
  for (let count = 0; waits === undefined && !ended; count++) {
    if (count >= STRETCH) waits = { for: 'time', micros: BREATH_MICROS }
    else if (run.at >= run.code.length) ({ waits, ended } = nextLine(run, shell, world))
    else waits = step(run, run.code[run.at]!, shell, world)
  }
  const { output, files, at, status, code, variables, counters, input, slept, serves } = run
  const now: Shell = { ...shell, at, status, code, variables, counters, input, slept }
  return { shell: Object.freeze(now), files, output, serves, waits: ended ? undefined : waits }
}

/** The code is done: an interactive shell reads on. */
function nextLine(run: Stretch, shell: Shell, { tty }: ShellWorld): { waits: Ran['waits']; ended: boolean } {
  if (!shell.interactive) return { waits: undefined, ended: true }
  const end = run.input.indexOf('\n')
  if (end < 0 && !shell.inputEnded) {
    if (tty && run.counters[-1] !== 1) run.print('stdout', '/ # ')
    run.counters[-1] = 1
    return { waits: { for: 'input' }, ended: false }
  }
  if (end < 0 && run.input === '') return { waits: undefined, ended: true }
  run.counters[-1] = 0
  const line = end < 0 ? run.input : run.input.slice(0, end)
  run.input = end < 0 ? '' : run.input.slice(end + 1)
  run.code = parsed(line)
  run.at = 0
  return { waits: undefined, ended: false }
}

function step(run: Stretch, instruction: Instruction, shell: Shell, world: ShellWorld): Ran['waits'] {
  switch (instruction.op) {
    case 'jump':
      run.at = instruction.to
      return undefined
    case 'jumpIf':
      run.at = (run.status === 0) === instruction.ok ? instruction.to : run.at + 1
      return undefined
    case 'next': {
      const words = instruction.words.flatMap((word) => expand(run, word, world))
      const index = run.counters[run.at] ?? 0
      run.counters[run.at] = index < words.length ? index + 1 : 0
      if (index < words.length) run.variables[instruction.name] = words[index]!
      run.at = index < words.length ? run.at + 1 : instruction.to
      return undefined
    }
    case 'run':
      return pipeline(run, instruction.pipeline, shell, world)
  }
}

function pipeline(run: Stretch, commands: readonly SimpleCommand[], shell: Shell, world: ShellWorld): Ran['waits'] {
  let piped: string | undefined
  for (const [index, command] of commands.entries()) {
    const words = command.words.flatMap((word) => expand(run, word, world))
    for (const [name, value] of command.assignments) run.variables[name] = expand(run, value, world).join(' ')
    const from = command.redirects.findLast(({ kind }) => kind === 'in')
    const path = from && expand(run, from.to, world)[0]
    const fromFile = path === undefined ? undefined : run.files[absolute(path)]
    const input = fromFile ?? piped ?? run.input
    const isOwn = fromFile === undefined && piped === undefined
    const result = runCommand(words, {
      ...world,
      env: { ...world.env, ...run.variables },
      files: run.files,
      input,
      inputEnded: !isOwn || shell.inputEnded,
      slept: run.slept,
    })
    if (isOwn && result.unread !== undefined) run.input = result.unread
    if (result.waits) {
      // What it has taken in is printed; the command itself begins anew with what comes.
      run.slept = result.waits.for === 'time'
      direct(run, command, result, world)
      return result.waits
    }
    run.slept = false
    run.files = result.files ?? run.files
    run.serves = result.serves ?? run.serves
    const isLast = index === commands.length - 1
    piped = direct(run, command, result, world, !isLast)
    run.status = result.status
    if (result.exits && isLast) {
      run.at = run.code.length
      if (shell.interactive) run.input = ''
      return shell.interactive ? { for: 'input' } : undefined
    }
  }
  run.at++
  return undefined
}

/** Sends what a command printed to where it belongs; returns what goes into the pipe. */
function direct(
  run: Stretch,
  { redirects }: SimpleCommand,
  { stdout, stderr }: CommandResult,
  world: ShellWorld,
  pipes = false,
): string {
  let [out, err] = [stdout, stderr]
  for (const { kind, to } of redirects) {
    const path = absolute(expand(run, to, world)[0] ?? '')
    if (kind === 'outToErr') [out, err] = ['', err + out]
    else if (kind === 'errToOut') [out, err] = [out + err, '']
    else if (kind === 'out' || kind === 'append' || kind === 'both') {
      const before = kind === 'append' ? (run.files[path] ?? '') : ''
      if (path !== '/dev/null') run.files = { ...run.files, [path]: before + out + (kind === 'both' ? err : '') }
      if (kind === 'both') err = ''
      out = ''
    } else if (kind === 'err') {
      if (path !== '/dev/null') run.files = { ...run.files, [path]: err }
      err = ''
    }
  }
  if (!pipes) run.print('stdout', out)
  run.print('stderr', err)
  return out
}

export const absolute = (path: string): string => (path.startsWith('/') ? path : `/${path.replace(/^\.\//, '')}`)

// ── words ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function expand(run: Stretch, word: Word, { env }: ShellWorld): string[] {
  const valueOf = (name: string): string =>
    name === '?' ? String(run.status) : String((Object.hasOwn(run.variables, name) ? run.variables : env)[name] ?? '')
  let text = ''
  let isSplit = false
  for (const part of word) {
    if ('text' in part) text += part.text
    else if ('arithmetic' in part) text += String(arithmetic(part.arithmetic, valueOf))
    else {
      text += valueOf(part.name)
      isSplit ||= !part.quoted
    }
  }
  return isSplit ? text.split(/\s+/).filter((field) => field !== '') : [text]
}

/** Sums and products of whole numbers and variables, from left to right by precedence; what cannot be read is 0. */
function arithmetic(text: string, valueOf: (name: string) => string): number {
  const tokens = text.match(/\d+|\w+|[-+*/%()]/g) ?? []
  let at = 0
  const atom = (): number => {
    const token = tokens[at++] ?? '0'
    if (token === '-') return -atom()
    if (token === '(') {
      const value = sum()
      at++
      return value
    }
    const value = Number(/^\d/.test(token) ? token : valueOf(token.replace('$', '')))
    return Number.isSafeInteger(value) ? value : 0
  }
  const product = (): number => {
    let value = atom()
    while (tokens[at] === '*' || tokens[at] === '/' || tokens[at] === '%') {
      const operator = tokens[at++]
      const other = atom()
      value =
        operator === '*'
          ? value * other
          : other === 0
            ? 0
            : operator === '/'
              ? Math.trunc(value / other)
              : value % other
    }
    return value
  }
  const sum = (): number => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-')
      value = tokens[at++] === '+' ? value + product() : value - product()
    return value
  }
  return sum()
}
