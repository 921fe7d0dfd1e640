/** The page's own time, for players. */
import type { Clock } from './player.ts'

export const clock: Clock = {
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  },
}
