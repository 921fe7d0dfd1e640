/** Remembers at which tick the scheduler chose a node for each Pod: where a replay of a wrong decision opens. */
import type { Micros } from '#cluster/kernel/component.ts'
import type { TraceEvent, TraceSink } from '#cluster/kernel/trace.ts'

export interface Decision {
  readonly tick: number
  readonly atMicros: Micros
  readonly chosen: string
}

/** Put it into `world.trace` before the run. */
export class Decisions implements TraceSink {
  readonly byPod = new Map<string, Decision>()

  event({ tick, at, notes }: TraceEvent): void {
    for (const { kind, detail } of notes) {
      if (kind !== 'scheduling') continue
      const { pod, chosen } = detail as { pod: string; chosen: string | undefined }
      if (chosen !== undefined) this.byPod.set(pod, { tick, atMicros: at, chosen })
    }
  }

  command(): void {
    // Faults and tells decide nothing.
  }
}
