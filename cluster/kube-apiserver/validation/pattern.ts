/**
 * Patterns that have been read, kept for the next time.
 *
 * Where to read upstream: Go `regexp`.
 */
import { Machine } from './re2/machine.ts'

const known = new Map<string, Machine>()
const KNOWN_MAX = 1_000

/** Throws where it is no pattern: `error parsing regexp: …`. */
export function patternOf(text: string): Machine {
  let pattern = known.get(text)
  if (pattern === undefined) {
    pattern = new Machine(text)
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(text, pattern)
  }
  return pattern
}

/** The same for who wants to say otherwise that it is none. */
export function searches(text: string, refuse: (why: string) => never): Machine {
  try {
    return patternOf(text)
  } catch (error) {
    return refuse((error as Error).message)
  }
}
