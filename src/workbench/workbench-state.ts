/**
 * What the workbench shows, as one value, and how each happening changes it. Pure: the element only draws it.
 *
 * One grading at a time: everything that comes from a grading carries its number, and what comes late from an earlier one
 * is dropped here, in one place.
 */
import type { CheckResult, Diagnostic, Verdict } from '#grader/verdict/verdict.ts'
import { words } from './words.ts'

export type Mode = Verdict['mode']

/** Why a grading ended without a verdict. */
export interface Halt {
  kind: 'stopped' | 'watchdog' | 'broken'
  message: string
}

export interface GradingProgress {
  /** The check at work. */
  check: string
  /** Cases tried, of how many. */
  done: number
  total: number
  seed?: number
}

export interface WorkbenchState {
  /** Number of the latest grading. */
  grading: number
  phase: 'ready' | 'compiling' | 'grading'
  mode: Mode
  progress?: GradingProgress
  /** Results that have come in while the grading works. */
  arrived: readonly CheckResult[]
  verdict?: Verdict
  /** The text has changed since the verdict. */
  isStale: boolean
  problems: readonly Diagnostic[]
  halt?: Halt
  /** Everything has passed at least once, on this version of the exercise. */
  hasPassed: boolean
}

export type Happening =
  | { type: 'typed' }
  | { type: 'started'; grading: number; mode: Mode }
  | { type: 'compiled'; grading: number; problems: readonly Diagnostic[] }
  | { type: 'progressed'; grading: number; progress: GradingProgress }
  | { type: 'checked'; grading: number; result: CheckResult }
  | { type: 'finished'; grading: number; verdict: Verdict }
  | { type: 'halted'; grading: number; halt: Halt }
  | { type: 'passed-before' }

export const initialState: WorkbenchState = {
  grading: 0,
  phase: 'ready',
  mode: 'run',
  arrived: [],
  isStale: false,
  problems: [],
  hasPassed: false,
}

/** The state after something has happened. */
export function reduce(state: WorkbenchState, happening: Happening): WorkbenchState {
  if (isLate(state, happening)) return state
  switch (happening.type) {
    case 'typed':
      return state.isStale || (!state.verdict && !state.halt && state.problems.length === 0)
        ? state
        : { ...state, isStale: true }
    case 'started':
      return { ...withoutOutcome(state), grading: happening.grading, mode: happening.mode, phase: 'compiling' }
    case 'compiled':
      return { ...state, problems: happening.problems, phase: 'grading' }
    case 'progressed':
      return { ...state, progress: happening.progress }
    case 'checked':
      return { ...state, arrived: withResult(state.arrived, happening.result) }
    case 'finished': {
      const { verdict } = happening
      const isPass = verdict.mode === 'submit' && verdict.status === 'pass'
      return { ...atRest(state), verdict, arrived: [], hasPassed: state.hasPassed || isPass }
    }
    case 'halted':
      return { ...atRest(state), halt: happening.halt }
    case 'passed-before':
      return { ...state, hasPassed: true }
  }
}

/** Whatever belongs to another grading than the one at work, or comes after its end. */
function isLate(state: WorkbenchState, happening: Happening): boolean {
  if (!('grading' in happening) || happening.type === 'started') return false
  return happening.grading !== state.grading || state.phase === 'ready'
}

function withoutOutcome(state: WorkbenchState): WorkbenchState {
  const { verdict: _verdict, halt: _halt, progress: _progress, ...rest } = state
  return { ...rest, arrived: [], problems: [], isStale: false }
}

function atRest(state: WorkbenchState): WorkbenchState {
  const { progress: _, ...rest } = state
  return { ...rest, phase: 'ready' }
}

function withResult(results: readonly CheckResult[], result: CheckResult): readonly CheckResult[] {
  const others = results.filter((known) => known.name !== result.name)
  return [...others, result]
}

export const isFailure = (result: CheckResult): boolean => result.status === 'fail' || result.status === 'error'

/** The check whose story is told first. */
export function firstFailure(verdict: Verdict | undefined): CheckResult | undefined {
  return verdict?.checks.find(isFailure)
}

/** Whether the compiler found something that keeps the code from running. */
export function cannotRun({ problems }: WorkbenchState): boolean {
  return problems.some((problem) => problem.severity === 'syntax')
}

/** The headline above the checks, which is also what is read out. */
export function headline(state: WorkbenchState): string {
  const { phase, halt, verdict, progress, mode } = state
  const say = words()
  if (phase === 'compiling') return say.reading
  if (phase === 'grading')
    return progress ? say.atWork(progress.check) : mode === 'run' ? say.runningExamples : say.grading
  if (halt) return halt.kind === 'stopped' ? say.stopped : say.noVerdict
  if (!verdict) return state.hasPassed ? say.passedBefore : say.notRunYet
  if (verdict.status === 'internal') return say.noVerdict
  return cannotRun(state) ? say.cannotRun : verdictHeadline(verdict)
}

function verdictHeadline(verdict: Verdict): string {
  const counted = verdict.checks.filter((check) => check.status !== 'skipped')
  const passed = counted.filter((check) => check.status === 'pass').length
  const say = words()
  if (counted.length === 0) return verdict.status === 'pass' ? say.passed : say.didNotRun
  if (passed === counted.length && verdict.status === 'pass') return say.allPass(counted.length, verdict.mode)
  return say.somePass(passed, counted.length, verdict.mode)
}
