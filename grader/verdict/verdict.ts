/**
 * A verdict, as data.
 *
 * What it is: everything that grading one submission produced, in one JSON-safe value. The terminal, the workbench and an
 * author's CI all print this same value; the digest over its canonical form is equal in every host.
 * What we model: statuses per check in source order, the learner's line, the failing seed and the tick to open, a story
 * that can be drawn, console output with truncation marked, and the fuel that was spent.
 * What we leave out: wall time. A verdict never depends on it and never mentions it.
 */

import type { Locale, Said } from './said.ts'
import type { Standing } from './standing.ts'

/** `error`: the submission did not load, crashed or ran out of a budget. `internal`: our fault, never the learner's. */
export type Status = 'pass' | 'fail' | 'error' | 'inconclusive' | 'internal'

/** Which layer of grading a check belongs to; `grader/kit/checks.ts` says what each is. */
export type CheckKind =
  'example' | 'property' | 'differential' | 'faults' | 'exploration' | 'liveness' | 'cost' | 'ranking'

/** A place in the learner's file; both numbers start at 1. */
export interface Position {
  line: number
  column: number
}

/** One message of the TypeScript compiler or of the module loader, at the learner's own line. */
export interface Diagnostic extends Position {
  code: number
  message: string
  /** `syntax`: nothing can run. `type`: shown first, and the run goes on. */
  severity: 'syntax' | 'type'
}

/** A line written by the learner's code. `atMicros` is virtual time, absent where the code runs outside any world. */
export interface ConsoleEntry {
  check: string
  level: 'log' | 'warn' | 'error'
  text: string
  atMicros?: number
}

/** One thing on a lane of the story: a span where `untilMicros` is given, a point otherwise. */
export interface StoryEntry {
  atMicros: number
  untilMicros?: number
  label: string
  said?: Said
  tone: 'plain' | 'pod' | 'good' | 'bad'
  /** One of the two events whose order matters: the first or the second of `divergence.events`. */
  mark?: 1 | 2
}

/** A small space-time picture of what went wrong: lanes from top to bottom, virtual time to the right. */
export interface Story {
  lanes: { name: string; said?: Said; entries: StoryEntry[] }[]
}

/** A moment of a run: trace sequence number, and the virtual time that it stands for. */
export interface Moment {
  tick: number
  atMicros: number
}

/** All that is needed to see the failing run again: it is run anew from these, and opened at `tick`. */
export interface Replay extends Moment {
  /** The check whose run it is. */
  check: string
  seed: number
  /** The exercise's own plain-data description of the (shrunk) case. */
  plan: unknown
  /** It has no world that could be opened, only calls that can be told: a function, or processes at a store. */
  isWorldless?: true
}

/** An object of the field that a rule is about: `{kind: 'Pod', namespace: 'default', name: 'web-1'}`. */
export interface ObjectRef {
  kind: string
  namespace?: string
  name: string
}

/** One place where two values differ; what is absent is not there at all. */
export interface Difference {
  /** As in `status.conditions[0].type`; empty for the whole. */
  path: string
  expected?: unknown
  actual?: unknown
}

/** A line of the case in words: a fault that was put in, or a step that is a matter of course. */
export interface Told {
  kind: 'fault' | 'step'
  text: string
  said?: Said
  atMicros?: number
}

/** What tells the failing run from the same case without its faults. */
export interface Divergence {
  /**
   * `order`: the two events are the other way round without faults. `extra`, `missing`: one of them is in this run alone, or
   * only in the one without faults. `none`: both runs are alike as far as they are told. `calm-fails`: no fault is needed.
   */
  kind: 'order' | 'extra' | 'missing' | 'none' | 'calm-fails'
  message: string
  said: Said
  /** In the order of the failing run. */
  events: DivergingEvent[]
}

/** An event of a story, with its time in the failing run and in the calm one, where it is there. */
export interface DivergingEvent {
  lane: string
  label: string
  said?: Said
  atMicros?: number
  calmAtMicros?: number
}

/** Which budget ran out. `where` is what was asked of the learner's code just then, for example `filter(web, node-1)`. */
export interface Budget {
  name: 'fuel per call' | 'fuel' | 'fuel of the check' | 'calls' | 'memory' | 'stack' | 'output'
  limit: number
  unit: 'units' | 'calls' | 'bytes'
  where?: string
}

/**
 * Something to tell the learner beside the bare results. `blocking`: the verdict hangs on it. `advice`: it passes without,
 * and would be better with. `praise`: what was done well, where that is not a matter of course.
 */
export interface Feedback {
  type: 'blocking' | 'advice' | 'praise'
  message: string
  said?: Said
  /** The check that it is about. */
  check?: string
  /** Key of the hint in hints.mdx that helps. */
  hint?: string
}

/** What a submission has earned. `binary`: all or nothing. `partial`: the weights of the checks that passed. */
export interface Score {
  credit: 'binary' | 'partial'
  earned: number
  possible: number
}

/** How much of a small scope has been tried. A schedule is one order of all that happens in a case. */
export interface Exploration {
  schedules: number
  /** Different states in which there was a choice. */
  states: number
  /** All schedules there are have been tried, or need not be, because they lead through the same states. */
  complete: boolean
  /** What the check claims no more than: at most so many choices out of turn, a choice within so many steps. */
  bound: { deviations?: number; steps?: number }
}

export interface CheckResult {
  name: string
  /** Its name in the reader's language, where that is another than `name`, by which it is known. */
  title?: string
  kind: CheckKind
  status: Status | 'skipped'
  /** What it counts for where credit is partial; 0 for a check that only advises. */
  weight: number
  /** It advises: a failure of it does not fail the verdict. */
  advisory?: true
  /** One sentence: what was violated, when, on which object. Absent when the check passed. English; `said` has the keys. */
  message?: string
  expected?: string
  actual?: string
  /** Keys and parameters of those of the three texts above that are sentences of ours, for saying them in another language. */
  said?: { message?: Said; expected?: Said; actual?: Said }
  /** The object that the rule is about, and when it was broken. */
  object?: ObjectRef
  at?: Moment
  /** Where expected and actual are values, the places where they differ; the first of them where there are many. */
  difference?: Difference[]
  /** The (shrunk) case in words, faults first, then steps in order of time. */
  faults?: Told[]
  divergence?: Divergence
  /** Which budget ran out, where the status is `error` for that. */
  budget?: Budget
  position?: Position
  /** Seeds tried, the first that failed, and how much smaller its case was made: characters of its JSON. */
  seeds?: { tried: number; failing?: number; shrunk?: { from: number; to: number } }
  /** Of an exploration: how much has been tried. */
  exploration?: Exploration
  /** Of a ranking: where the submission stands among the references. */
  standing?: Standing
  /** Key of the hint in hints.mdx that helps here. */
  hint?: string
  story?: Story
  replay?: Replay
  fuel: number
}

export interface Verdict {
  schema: 2
  /** What graded: version of the package and the engine's hash. A replay by another engine may show something else. */
  engine: string
  exercise: string
  /** Content hash of the exercise's checks: a digest is comparable only where this is equal. */
  exerciseVersion: string
  /** `run`: the visible examples only. `submit`: everything. */
  mode: 'run' | 'submit'
  status: Status
  /** For `error` and `internal`: what happened, where, and what to do. */
  message?: string
  said?: Said
  /** Absent when only the examples were run, and where the grader broke down: that is never counted. */
  score?: Score
  diagnostics: Diagnostic[]
  checks: CheckResult[]
  /** In the order in which it should be read. Derived from the rest, so the digest leaves it out. */
  feedback: Feedback[]
  console: ConsoleEntry[]
  consoleTruncated: boolean
  fuel: number
  /** Hex SHA-256 over the canonical form (fuel and console excluded). */
  digest: string
}

/** Messages between a page and the grading worker (`grader/worker.ts`). Stopping is `worker.terminate()`. */
export type GradeRequest = {
  type: 'grade'
  /** Echoed in every answer. */
  id: number
  exercise: string
  /** The learner's file, types still in it, and what the compiler made of it. */
  source: string
  compiled: Compiled
  mode: 'run' | 'submit'
  /** How many seeds, as `--seeds` in the terminal; the grader's own number without it. */
  seeds?: number
  /** What results and verdict are told in; English without it. The digest is that of the English verdict. */
  locale?: Locale
}

export type GradeAnswer =
  | { type: 'ready' }
  | { type: 'progress'; id: number; check: string; done: number; total: number; seed?: number }
  | { type: 'check'; id: number; result: CheckResult }
  | { type: 'verdict'; id: number; verdict: Verdict }

/** A learner's file after the compiler: types erased with every position kept, or the reasons why it cannot run. */
export interface Compiled {
  code: string
  diagnostics: Diagnostic[]
  runnable: boolean
  /** Hash of what the code says, however it is written; see `essence.ts`. Without it, seeds are drawn from the code as it stands. */
  essence?: string
}
