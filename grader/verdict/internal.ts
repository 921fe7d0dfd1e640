/** The verdict for the day that the grader itself breaks down. It says so, and counts against nobody. */
import { digestOf } from './digest.ts'
import { engineId } from './engine-id.ts'
import type { Said } from './said.ts'
import { speak } from './say.ts'
import type { Diagnostic, Verdict } from './verdict.ts'

export interface BrokenDown {
  readonly exercise: string
  readonly exerciseVersion?: string
  readonly mode: Verdict['mode']
  readonly diagnostics?: readonly Diagnostic[]
}

/** `error` is whatever was thrown, or words of ours. */
export function internalVerdict(of: BrokenDown, error: unknown): Verdict {
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const said: Said = { key: 'grader.broke', params: { words } }
  const verdict: Omit<Verdict, 'digest'> = {
    schema: 2,
    engine: engineId,
    exercise: of.exercise,
    exerciseVersion: of.exerciseVersion ?? '',
    mode: of.mode,
    status: 'internal',
    message: speak(said, 'en'),
    said,
    diagnostics: [...(of.diagnostics ?? [])],
    checks: [],
    feedback: [],
    console: [],
    consoleTruncated: false,
    fuel: 0,
  }
  return { ...verdict, digest: digestOf(verdict) }
}
