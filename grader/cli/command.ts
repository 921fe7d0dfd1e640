/**
 * The shape that every command has, and what a command is handed. A new one is a file in `commands/` and a line in
 * `commands.ts`; parsing, `--help`, usage errors and exit codes come from `dispatch.ts`.
 */
import type { ParseArgsConfig, parseArgs } from 'node:util'
import type { Verdict } from '../verdict/verdict.ts'
import type { Course } from './course.ts'
import type { Paint, Stream } from './paint.ts'
import type { Progress } from './progress.ts'

/** How the process ends. */
export const EXIT = { pass: 0, fail: 1, error: 1, usage: 2, internal: 3, inconclusive: 4, interrupted: 130 } as const

/** The exit code for a status. */
export const exitCodeOf = (status: Verdict['status']): number => EXIT[status]

/** An option as `parseArgs` of node:util takes it, and what `--help` says of it. */
export type Option = NonNullable<ParseArgsConfig['options']>[string] & {
  /** One clause, beginning small: `the first seed (default 1)`. */
  readonly help: string
  /** What stands for its value: `N`, `run|submit`. */
  readonly value?: string
}

export type Options = Readonly<Record<string, Option>>

export type Values<O extends Options> = ReturnType<typeof parseArgs<{ options: O }>>['values']

/** Where a command writes: results to `out`, diagnostics and progress to `err`. */
export interface Streams {
  readonly out: Stream
  readonly err: Stream
}

export interface Context<O extends Options = Options> {
  readonly positionals: readonly string[]
  readonly values: Values<O>
  readonly out: Stream
  readonly err: Stream
  readonly env: NodeJS.ProcessEnv
  /** Colours for `out`, where somebody sees them. */
  readonly paint: Paint
  /** Colours for `err`. */
  readonly paintErr: Paint
  /** One line on `err` that says how far long work has come. */
  readonly progress: Progress
  /** Where the person stands: paths are relative to it. */
  readonly workingFolder: string
  /** The package's. */
  readonly version: string
  /** The course that is worked on: `--course`, else found from the current folder, else the built-in one. */
  course(): Course
  /** From the first call on Ctrl-C no longer ends the process: it aborts this signal, and the command ends itself. */
  interruption(): AbortSignal
}

export interface Command<O extends Options = any> {
  readonly name: string
  /** A clause for the list of commands: `grades a file`. */
  readonly summary: string
  /** What stands behind `clusterwright`, one line per form: `grade <id> <file>`. */
  readonly usage: readonly string[]
  readonly options: O
  /** Paragraphs for `--help`, below the options. */
  readonly details?: string
  /** Returns the exit code. Throws a UsageError or a ConfigurationError for what a person can mend. */
  run(context: Context<O>): Promise<number>
}

/** A command, its values typed by its options. */
export const defineCommand = <const O extends Options>(command: Command<O>): Command<O> => command
