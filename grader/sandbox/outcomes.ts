/** Words for the learner: what a budget was, where it ran out, and what to do about it. */
import type { Said } from '../verdict/said.ts'
import { speak } from '../verdict/say.ts'
import type { Budget, Position } from '../verdict/verdict.ts'
import type { Failure, FailureKind, Limits, Trap } from './sandbox.ts'

/** The innermost place in `fileName` that a QuickJS stack (or a syntax error's) names. */
export function positionIn(stack: string | undefined, fileName: string): Position | undefined {
  for (const line of (stack ?? '').split('\n')) {
    const start = line.indexOf(`${fileName}:`)
    if (start < 0 || !/[ (]/.test(line[start - 1] ?? ' ')) continue
    // A stack is text of the learner's, and may name anything: lines and columns begin at 1.
    const place = /^(?!0)(\d{1,9})(?::(?!0)(\d{1,9}))?/.exec(line.slice(start + fileName.length + 1))
    if (place !== null) return { line: Number(place[1]), column: Number(place[2] ?? 1) }
  }
  return undefined
}

const mebibytes = (bytes: number) => `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`

/** What a failure says for itself, and the budget that it stands for. */
export type Words = Pick<Failure, 'message' | 'said' | 'budget'>

/** It asks its host again and again. */
export function describeCalls(limit: number): Words {
  return words({ key: 'grader.calls', params: { limit } }, { name: 'calls', limit, unit: 'calls' })
}

const words = (said: Said, budget?: Budget): Words => ({
  message: speak(said, 'en'),
  said,
  ...(budget !== undefined && { budget }),
})

/** Whose fuel it is that an entry may spend: the smallest budget of these three. */
export type FuelOf = 'call' | 'run' | 'check'

/** One sentence of what ran out and one of what to do. `fuelOf`: what allowed no more of it. */
export function describeTrap(
  kind: Trap['kind'],
  limits: Limits,
  fuelOf: FuelOf,
  at: Position | undefined,
  cause = '',
): Words {
  // QuickJS notes lines at calls and property accesses only: in a bare loop the last one noted may be a little earlier.
  const near = kind === 'fuel' ? 'grader.stopped-near' : 'grader.stopped-at'
  const stopped: Said = at === undefined ? { key: 'grader.stopped' } : { key: near, params: { line: at.line } }
  switch (kind) {
    case 'fuel': {
      const { name, limit } = {
        call: { name: 'fuel per call', limit: limits.fuelPerCall } as const,
        run: { name: 'fuel', limit: limits.fuel } as const,
        check: { name: 'fuel of the check', limit: limits.checkFuel } as const,
      }[fuelOf]
      return words({ key: `grader.fuel.${fuelOf}`, params: { stopped, limit } }, { name, limit, unit: 'units' })
    }
    case 'memory': {
      const limit = limits.memoryBytes
      const params = { stopped, limit: mebibytes(limit) }
      return words({ key: 'grader.memory', params }, { name: 'memory', limit, unit: 'bytes' })
    }
    case 'stack': {
      const limit = limits.stackUnits
      return words({ key: 'grader.stack', params: { stopped, limit } }, { name: 'stack', limit, unit: 'units' })
    }
    case 'engine': {
      const where = at === undefined ? '' : ` at line ${at.line}`
      return words({ key: 'grader.engine', params: { where, cause: cause === '' ? '' : ` (${cause})` } })
    }
  }
}

/** A failure as the guest code reports it: kind and texts, without a position yet. */
export interface GuestFailure {
  ok: false
  kind: FailureKind
  name?: string
  message: string
  stack?: string
}

/** What QuickJS throws when its own, catchable limits are reached. */
function kindOfThrown(failure: GuestFailure): FailureKind {
  if (failure.kind !== 'threw') return failure.kind
  if (failure.message === 'InternalError: stack overflow') return 'stack'
  if (failure.message === 'InternalError: out of memory') return 'memory'
  return 'threw'
}

/** Completes a failure with its position in the learner's file and, where a budget was reached, with its sentence. */
export function completeFailure(failure: GuestFailure, fileName: string, limits: Limits): Failure {
  const position = positionIn(failure.stack, fileName)
  const kind = kindOfThrown(failure)
  let said: Words = { message: failure.message }
  if (kind === 'stack' || kind === 'memory') said = describeTrap(kind, limits, 'call', position)
  if (kind === 'output') said = describeOutput(limits)
  return {
    ok: false,
    kind,
    ...said,
    ...(position === undefined ? {} : { position }),
    ...(failure.stack === undefined || failure.stack === '' ? {} : { stack: withoutOurFrames(failure.stack) }),
  }
}

export function describeOutput({ outputBytes: limit }: Limits): Words {
  return words({ key: 'grader.output', params: { limit } }, { name: 'output', limit, unit: 'bytes' })
}

const framesMax = 10

/** The prelude's frames tell a learner nothing, and the hundredth turn of a recursion no more than the tenth. */
export function withoutOurFrames(stack: string): string {
  const frames = stack.split('\n').map((line) => line.trim())
  while (/^$|prelude\.js|^at apply \(native\)$/.test(frames.at(-1) ?? 'end')) frames.pop()
  const theirs = frames.filter((frame) => frame !== '' && !frame.includes('prelude.js'))
  const more = theirs.length - framesMax
  return more > 0 ? [...theirs.slice(0, framesMax), `… ${more} more`].join('\n') : theirs.join('\n')
}

export function deadlockFailure(task: number): Failure {
  return { ok: false, kind: 'deadlock', ...words({ key: 'grader.deadlock', params: { task } }) }
}
