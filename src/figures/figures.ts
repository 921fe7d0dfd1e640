/** Every figure by its id in the course; each is code of its own, fetched when it is wanted. */
import type { FigureDefinition } from './kit/figure-definition.ts'

export const FIGURES: Readonly<Record<string, () => Promise<{ readonly figure: FigureDefinition }>>> = {
  F01: () => import('./f01-role-board.ts'),
  F02: () => import('./f02-deployment-journey.ts'),
  F03: () => import('./f03-lights-out.ts'),
  F04: () => import('./f04-who-is-active.ts'),
  F05: () => import('./f05-stacked-external.ts'),
  F06: () => import('./f06-request-pipeline.ts'),
  F07: () => import('./f07-aggregation.ts'),
  F08: () => import('./f08-watch-and-410.ts'),
  F09: () => import('./f09-scheduler-funnel.ts'),
  F10: () => import('./f10-fill-a-node.ts'),
  F11: () => import('./f11-taints-and-zones.ts'),
  F12: () => import('./f12-two-schedulers.ts'),
  F14: () => import('./f14-node-goes-dark.ts'),
  F16: () => import('./f16-revision-tape.ts'),
  F17: () => import('./f17-raft-arena.ts'),
  F18: () => import('./f18-disaster-day.ts'),
  F19: () => import('./f19-pod-as-a-unit.ts'),
  F27: () => import('./f27-first-packet.ts'),
  // The bug museum's.
  M1: () => import('./museum/m1-index.ts'),
  M2: () => import('./museum/m2-reads.ts'),
  M3: () => import('./museum/m3-lease.ts'),
  M4: () => import('./museum/m4-watch.ts'),
  M5: () => import('./museum/m5-durability.ts'),
}
