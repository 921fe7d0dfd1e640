/** How large code is set, in px: a few steps, kept for the next visit. */
import { readKept, writeKept } from './kept-text.ts'

const SIZES = [12, 13, 14, 15, 16, 18, 20, 24]
const USUAL = 14
const NAME = 'workbench/code-size'

export function codeSize(): number {
  const kept = Number(readKept(NAME))
  return SIZES.includes(kept) ? kept : USUAL
}

/** One step larger (1) or smaller (-1), as far as the steps go. Returns the new size. */
export function stepCodeSize(step: number): number {
  const index = SIZES.indexOf(codeSize()) + step
  const size = SIZES[Math.max(0, Math.min(SIZES.length - 1, index))]!
  writeKept(NAME, String(size))
  return size
}
