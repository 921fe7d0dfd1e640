/**
 * The corpus: programs that try to get away, by class. The tests hold each to its outcome, `fuel-table.ts` compares hosts with
 * them, and `npm run grader:hostile` hands them in to every exercise. What somebody finds is added here.
 */
import { allocationBombs } from './allocation-bombs.ts'
import { deepRecursion } from './deep-recursion.ts'
import { detecting } from './detecting.ts'
import { endlessBuiltIns } from './endless-built-ins.ts'
import { endlessLoops } from './endless-loops.ts'
import { endlessPromises } from './endless-promises.ts'
import { exoticText } from './exotic-text.ts'
import { floods } from './floods.ts'
import { forgedVerdicts } from './forged-verdicts.ts'
import { intrinsics } from './intrinsics.ts'
import { oddThrows } from './odd-throws.ts'
import { oddValues } from './odd-values.ts'
import type { HostileClass, HostileProgram } from './program.ts'
import { proxies } from './proxies.ts'
import { reachingOut } from './reaching-out.ts'
import { vmAborts } from './vm-aborts.ts'

export const hostileClasses: readonly HostileClass[] = [
  endlessLoops,
  endlessBuiltIns,
  endlessPromises,
  allocationBombs,
  deepRecursion,
  intrinsics,
  proxies,
  forgedVerdicts,
  reachingOut,
  floods,
  exoticText,
  detecting,
  vmAborts,
  oddValues,
  oddThrows,
]

export const hostilePrograms: readonly HostileProgram[] = hostileClasses.flatMap(({ programs }) => programs)
