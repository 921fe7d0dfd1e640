/** What `--help` prints: a list of the commands, or one command with its options. */
import type { Command, Option, Options } from './command.ts'
import type { Paint } from './paint.ts'

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  course: {
    type: 'string',
    value: 'DIR',
    help: 'the course to work on (default: found from here upwards, else built-in)',
  },
  help: { type: 'boolean', short: 'h', help: 'says this' },
} as const satisfies Options

const EXIT_CODES =
  'Exit codes: 0 pass, 1 fail or error, 2 usage or configuration, 3 internal error, 4 inconclusive, 130 interrupted.'

/** The commands, each in a line. */
export function overview(commands: readonly Command[], paint: Paint): string {
  const rows = commands.map(({ name, summary }): [string, string] => [name, summary])
  const lines = [
    `${paint('clusterwright', 'bold')}: learn how Kubernetes works by building it`,
    '',
    paint('Usage', 'bold'),
    '  clusterwright <command> [options]',
    '',
    paint('Commands', 'bold'),
    ...aligned([...rows, ['help [command]', 'says how a command is used; so does --help']]),
    '',
    paint('Options', 'bold'),
    ...optionLines({ ...GLOBAL_OPTIONS, version: { type: 'boolean', help: 'prints the version' } }),
    '',
    EXIT_CODES,
  ]
  return `${lines.join('\n')}\n`
}

/** One command, whole. */
export function helpOf(command: Command, paint: Paint): string {
  const lines = [
    `${paint(`clusterwright ${command.name}`, 'bold')}: ${command.summary}`,
    '',
    paint('Usage', 'bold'),
    ...usageLines(command),
    '',
    paint('Options', 'bold'),
    ...optionLines({ ...(command.options as Options), ...GLOBAL_OPTIONS }),
    ...(command.details === undefined ? [] : ['', command.details.trim()]),
    '',
    EXIT_CODES,
  ]
  return `${lines.join('\n')}\n`
}

/** The forms of a command, below an error or a heading. */
export const usageLines = ({ usage, options }: Command): string[] =>
  usage.map((form) => `  clusterwright ${form}${Object.keys(options as Options).length > 0 ? ' [options]' : ''}`)

const optionLines = (options: Options): string[] =>
  aligned(Object.entries(options).map(([name, option]): [string, string] => [optionForm(name, option), option.help]))

function optionForm(name: string, { short, value, type }: Option): string {
  const long = `--${name}${type === 'string' ? ` ${value ?? 'TEXT'}` : ''}`
  return short === undefined ? long : `-${short}, ${long}`
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`)
}
