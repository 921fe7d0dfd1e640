/** Words for the learner: what a budget was, where it ran out, and what to do about it. */
import type { Position } from '../verdict/verdict.ts'
import type { Failure, FailureKind, Limits, Trap } from './sandbox.ts'

/** The innermost place in `fileName` that a QuickJS stack (or a syntax error's) names. */
export function positionIn(stack: string | undefined, fileName: string): Position | undefined {
  for (const line of (stack ?? '').split('\n')) {
    const start = line.indexOf(`${fileName}:`)
    if (start < 0 || !/[ (]/.test(line[start - 1] ?? ' ')) continue
    const place = /^(\d{1,9})(?::(\d{1,9}))?/.exec(line.slice(start + fileName.length + 1))
    if (place !== null) return { line: Number(place[1]), column: Number(place[2] ?? 1) }
  }
  return undefined
}

const grouped = (value: number) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
const mebibytes = (bytes: number) => `${Math.round((bytes / 1024 / 1024) * 10) / 10} MiB`

/** One sentence of what ran out and one of what to do. `budget` is the fuel that this entry was allowed. */
export function describeTrap(
  kind: Trap['kind'],
  limits: Limits,
  budget: number,
  at: Position | undefined,
  cause = '',
): string {
  // QuickJS notes lines at calls and property accesses only: in a bare loop the last one noted may be a little earlier.
  const word = kind === 'fuel' ? 'near' : 'at'
  const where = at === undefined ? '' : ` ${word} line ${at.line}`
  switch (kind) {
    case 'fuel':
      return budget < limits.fuelPerCall
        ? `Stopped${where}: the run has used all of its ${grouped(limits.fuel)} units of fuel. ` +
            'Look for work that is repeated in every call and could be done once.'
        : `Stopped${where}: one call used more than ${grouped(budget)} units of fuel. ` +
            'Look for a loop that never ends, or that visits far more than it needs to.'
    case 'memory':
      return (
        `Stopped${where}: the program needed more than ${mebibytes(limits.memoryBytes)} of memory. ` +
        'Look for a collection that grows in a loop, and keep only what is needed later.'
      )
    case 'stack':
      return (
        `Stopped${where}: calls are nested deeper than the stack of ${grouped(limits.stackUnits)} units allows. ` +
        'Look for recursion that never reaches its end, or turn it into a loop.'
      )
    case 'engine':
      return `The engine failed${where}${cause === '' ? '' : ` (${cause})`}. This is not your mistake: please report it.`
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
  let message = failure.message
  if (kind === 'stack' || kind === 'memory') message = describeTrap(kind, limits, 0, position)
  if (kind === 'output') message = describeOutput(limits)
  return {
    ok: false,
    kind,
    message,
    ...(position === undefined ? {} : { position }),
    ...(failure.stack === undefined || failure.stack === '' ? {} : { stack: withoutOurFrames(failure.stack) }),
  }
}

export function describeOutput(limits: Limits): string {
  return (
    `The result is larger than ${grouped(limits.outputBytes)} bytes of JSON. ` +
    'Return only what was asked for, not the objects that it was made from.'
  )
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
  return {
    ok: false,
    kind: 'deadlock',
    message:
      `Call ${task} waits for something that never comes: it is not finished, and nothing that it asked for is outstanding. ` +
      'Look for a promise that nobody resolves, or a lock that nobody releases.',
  }
}
