/**
 * What the workbench shows, as one value, and how each happening changes it. Pure: the element only draws it.
 *
 * One grading at a time: everything that comes from a grading carries its number, and what comes late from an earlier one
 * is dropped here, in one place.
 */
import type { CheckResult, Diagnostic, Verdict } from '#grader/verdict/verdict.ts'

export type Mode = Verdict['mode']

/** Why a grading ended without a verdict. */
export interface Halt {
  kind: 'stopped' | 'watchdog' | 'broken'
  message: string
}

export interface GradingProgress {
  check: string
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
  | { type: 'compiled'; grading: number; problems: readonly Diagnostic[]; isRunnable: boolean }
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
      return {
        ...state,
        problems: happening.problems,
        phase: happening.isRunnable ? 'grading' : 'ready',
      }
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

/** The headline above the checks, which is also what is read out. */
export function headline(state: WorkbenchState): string {
  if (state.phase === 'compiling') return 'Reading your code'
  if (state.phase === 'grading') return workingHeadline(state)
  if (state.halt) return state.halt.kind === 'stopped' ? 'Stopped' : 'No verdict'
  if (!state.verdict) return state.problems.length > 0 ? problemHeadline(state.problems) : 'Not run yet'
  return verdictHeadline(state.verdict)
}

function workingHeadline({ progress, mode }: WorkbenchState): string {
  if (!progress) return mode === 'run' ? 'Running the examples' : 'Grading'
  return `${Math.min(progress.done + 1, progress.total)} of ${progress.total}: ${progress.check}`
}

function problemHeadline(problems: readonly Diagnostic[]): string {
  return problems.length === 1 ? 'One problem in the code' : `${problems.length} problems in the code`
}

function verdictHeadline(verdict: Verdict): string {
  const counted = verdict.checks.filter((check) => check.status !== 'skipped')
  const passed = counted.filter((check) => check.status === 'pass').length
  const things = verdict.mode === 'run' ? 'example' : 'check'
  const many = `${things}${counted.length === 1 ? '' : 's'}`
  if (counted.length === 0) return verdict.status === 'pass' ? 'Passed' : 'The code did not run'
  if (passed === counted.length && verdict.status === 'pass') {
    return counted.length === 1 ? `The ${things} passes` : `All ${counted.length} ${many} pass`
  }
  return `${passed} of ${counted.length} ${many} ${passed === 1 ? 'passes' : 'pass'}`
}
