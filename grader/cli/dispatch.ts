/**
 * From arguments to a command and back to an exit code. Apart from the process it runs in, so that a test can call it.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Command, Options, Streams, Values } from './command.ts'
import { EXIT } from './command.ts'
import { COMMANDS, allCommands } from './commands.ts'
import { findCourse } from './course.ts'
import { ConfigurationError, UsageError, didYouMean } from './errors.ts'
import { GLOBAL_OPTIONS, helpOf, overview, usageLines } from './help.ts'
import { painter } from './paint.ts'
import { progressOn } from './progress.ts'

export interface Surroundings extends Streams {
  /** Where the person stands (default: the process's). */
  readonly workingFolder?: string
  readonly env?: NodeJS.ProcessEnv
  /** Hears Ctrl-C from now on; without it nothing ever interrupts. */
  interruption?(): AbortSignal
}

/** Runs the command that the arguments name. Returns the exit code and never throws. */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { err } = surroundings
  let command: Command | undefined
  try {
    const before = leadingOptions(args)
    if (before.prints === 'version') return print(surroundings, `${version()}\n`)
    const [name, ...rest] = before.rest
    if (before.prints === 'help' || name === 'help')
      return await help(rest.length > 0 ? rest : before.rest, surroundings)
    if (name === undefined) throw new UsageError('say what to do')
    command = await commandNamed(name)
    return await runOne(command, [...before.passedOn, ...rest], surroundings)
  } catch (error) {
    if (error instanceof UsageError) err.write(`clusterwright: ${error.message}\n\n${usageBelow(command)}`)
    else if (error instanceof ConfigurationError) err.write(`clusterwright: ${error.message}\n`)
    else {
      err.write(`clusterwright: internal error: our mistake, not yours\n${stackOf(error)}\n`)
      return EXIT.internal
    }
    return EXIT.usage
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

function print({ out }: Streams, text: string): number {
  out.write(text)
  return EXIT.pass
}

function commandNamed(name: string): Promise<Command> {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name]!()
  throw new UsageError(didYouMean(`there is no command "${name}"`, name, [...Object.keys(COMMANDS), 'help']))
}

/** What stands before the command: `--help`, `--version`, or an option that every command takes. */
function leadingOptions(args: readonly string[]): { prints?: 'help' | 'version'; passedOn: string[]; rest: string[] } {
  const passedOn: string[] = []
  let index = 0
  for (; args[index]?.startsWith('-'); index++) {
    const option = args[index]!
    const rest = args.slice(index + 1)
    if (option === '--help' || option === '-h') return { prints: 'help', passedOn, rest }
    if (option === '--version') return { prints: 'version', passedOn, rest }
    passedOn.push(option)
    if (option === '--course' && rest[0] !== undefined) passedOn.push(args[++index]!)
    else if (!option.startsWith('--course=')) throw new UsageError(`there is no option ${option} before a command`)
  }
  return { passedOn, rest: args.slice(index) }
}

async function help([name]: readonly string[], surroundings: Surroundings): Promise<number> {
  const paint = painter(surroundings.out, surroundings.env)
  if (name === undefined || name === 'help') return print(surroundings, overview(await allCommands(), paint))
  return print(surroundings, helpOf(await commandNamed(name), paint))
}

function usageBelow(command: Command | undefined): string {
  if (command) return `Usage:\n${usageLines(command).join('\n')}\nMore: clusterwright ${command.name} --help\n`
  return `Commands: ${Object.keys(COMMANDS).join(', ')}\nMore: clusterwright --help\n`
}

async function runOne(command: Command, args: string[], surroundings: Surroundings): Promise<number> {
  const { out, err, env = process.env, workingFolder = process.cwd() } = surroundings
  const paint = painter(out, env)
  const { values, positionals } = readArguments(command, args)
  if (values.help) return print(surroundings, helpOf(command, paint))
  const never = new AbortController()
  const progress = progressOn(err)
  try {
    return await command.run({
      positionals,
      values,
      out,
      err,
      env,
      paint,
      paintErr: painter(err, env),
      progress,
      workingFolder,
      version: version(),
      course: () => findCourse(values.course, workingFolder),
      interruption: () => surroundings.interruption?.() ?? never.signal,
    })
  } finally {
    progress.clear()
  }
}

function readArguments(command: Command, args: string[]) {
  const options: Options = { ...(command.options as Options), ...GLOBAL_OPTIONS }
  try {
    const parsed = parseArgs({ args, allowPositionals: true, options })
    return { positionals: parsed.positionals, values: parsed.values as Values<typeof GLOBAL_OPTIONS> }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const option = /'(?:-\w, )?(-{1,2}[^' ]+)/.exec(message)?.[1] ?? ''
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
      const known = Object.keys(options).map((name) => `--${name}`)
      throw new UsageError(didYouMean(`${command.name} has no option ${option}`, option, known))
    }
    if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') throw error
    const { type, value } = options[option.slice(2)] ?? { type: 'boolean' as const }
    throw new UsageError(
      type === 'boolean' ? `${option} takes no value` : `${option} needs a value: write ${option} ${value ?? 'TEXT'}`,
    )
  }
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
