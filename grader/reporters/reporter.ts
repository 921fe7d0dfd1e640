/**
 * The shape of a report: a format in which verdicts are told to people and to other programs. Each format is one file in
 * this folder and one line in `reporters.ts`.
 *
 * All of it is pure, from verdicts to text, and streams: a batch of thousands is written as it is graded, and nothing of it
 * is kept but counts. No report has a clock: the same verdicts give the same bytes, today and after a restart.
 */
import type { Locale, Texts } from '../verdict/said.ts'
import type { Verdict } from '../verdict/verdict.ts'

/** Wraps text in a colour. */
export type Paint = (text: string, colour: 'red' | 'green' | 'yellow' | 'dim' | 'bold') => string

/** One graded submission, with what a report needs beside the verdict. */
export interface Graded {
  readonly verdict: Verdict
  /** The submission's name: the path that was given, or, in a batch, the path below its folder. */
  readonly file: string
  /** Where that is, seen from where people stand, if it is not the same. */
  readonly path?: string
  /** The learner's file, to show the line that is meant. */
  readonly source: string
  /** The exercise's texts, for saying what was found in another language. */
  readonly texts?: Texts
  /** Which part of the task a check belongs to, from 1, by the check's name. */
  readonly tasks?: ReadonlyMap<string, number>
  /** How a failed check is seen again, by its name; absent where nobody can tell. */
  readonly again?: ReadonlyMap<string, Again>
  /** Text of a hint by its key. */
  readonly hint?: (key: string) => string | undefined
}

/** Ways to a failing run. */
export interface Again {
  /** What to type. */
  readonly command: string
  /** Opens the workbench at that tick; absent where it would be too long to be passed on. */
  readonly link?: string
}

export interface ReportOptions {
  readonly locale: Locale
  readonly paint: Paint
}

/** Pieces of one document, in order. */
export interface Report {
  /** What the document begins with, before anything is graded. */
  readonly opening: string
  /** What to write for this submission, as soon as it is graded. */
  add(graded: Graded): string
  /** What closes the document. */
  end(): string
}

export interface Reporter {
  readonly name: string
  /** One clause for `--help`, beginning small. */
  readonly what: string
  /** `one`: a document holds one submission, because the platform that reads it wants that. `many`: a whole batch. */
  readonly holds: 'one' | 'many'
  start(options: ReportOptions): Report
}

export const unpainted: Paint = (text) => text
