import { describe, expect, it } from 'vitest'
import { addInflight, createInflights, freeInflights, isFull, resetInflights } from './inflights.ts'
import {
  becomeProbe,
  becomeReplicate,
  becomeSnapshot,
  canBumpCommit,
  createProgress,
  formatProgress,
  isPaused,
  maybeDecreaseTo,
  maybeUpdate,
  sentEntries,
} from './progress.ts'

describe('inflights', () => {
  it('are full by number', () => {
    const inflights = createInflights(2, 100)
    addInflight(inflights, 5, 1)
    expect(isFull(inflights)).toBe(false)
    addInflight(inflights, 6, 1)
    expect(isFull(inflights)).toBe(true)
    expect(() => addInflight(inflights, 7, 1)).toThrow('Full')
  })

  it('are full by bytes, and let the message through that fills them', () => {
    const inflights = createInflights(10, 100)
    addInflight(inflights, 5, 99)
    expect(isFull(inflights)).toBe(false)
    addInflight(inflights, 6, 500)
    expect(isFull(inflights)).toBe(true)
  })

  it('are freed up to an index, with their bytes', () => {
    const inflights = createInflights(10, 100)
    for (const index of [3, 5, 9]) addInflight(inflights, index, 10)
    freeInflights(inflights, 2)
    expect(inflights.window).toHaveLength(3)
    freeInflights(inflights, 6)
    expect(inflights).toMatchObject({ bytes: 10, window: [{ index: 9 }] })
    resetInflights(inflights)
    expect(inflights).toMatchObject({ bytes: 0, window: [] })
  })
})

describe('progress', () => {
  const probing = () => createProgress(2, 6, 2, 1_000)

  it('is paused by a probe with entries until it is answered', () => {
    const progress = probing()
    sentEntries(progress, 0, 0)
    expect(isPaused(progress)).toBe(false)
    sentEntries(progress, 3, 30)
    expect(progress).toMatchObject({ next: 6, msgAppFlowPaused: true })
    expect(maybeUpdate(progress, 8)).toBe(true)
    expect(progress).toMatchObject({ match: 8, next: 9, msgAppFlowPaused: false })
    expect(maybeUpdate(progress, 8)).toBe(false)
  })

  it('runs ahead while replicating, as far as the window allows', () => {
    const progress = probing()
    becomeReplicate(progress)
    sentEntries(progress, 3, 30)
    sentEntries(progress, 1, 10)
    expect(formatProgress(progress)).toBe('StateReplicate match=0 next=5 paused inactive inflight=2[full]')
    expect(() => sentEntries({ ...progress, state: 'StateSnapshot' }, 1, 1)).toThrow('unhandled state')
  })

  it('goes back to what is matched when a replicated append is rejected, not for a stale rejection', () => {
    const progress = { ...probing(), match: 5 }
    becomeReplicate(progress)
    progress.next = 10
    progress.sentCommit = 9
    expect(maybeDecreaseTo(progress, 5, 5)).toBe(false)
    expect(maybeDecreaseTo(progress, 9, 2)).toBe(true)
    expect(progress).toMatchObject({ next: 6, sentCommit: 5 })
  })

  it('goes back to the hint while probing, but answers the last probe alone', () => {
    const progress = { ...probing(), next: 10 }
    expect(maybeDecreaseTo(progress, 7, 3)).toBe(false)
    expect(maybeDecreaseTo(progress, 9, 3)).toBe(true)
    expect(progress.next).toBe(4)
    expect(maybeDecreaseTo(progress, 3, 100)).toBe(true)
    expect(progress.next).toBe(3)
  })

  it('probes behind a snapshot that has arrived, and from the match where it failed', () => {
    const progress = probing()
    becomeSnapshot(progress, 11)
    expect(progress).toMatchObject({ next: 12, sentCommit: 11, pendingSnapshot: 11 })
    expect(isPaused(progress)).toBe(true)
    becomeProbe(progress)
    expect(progress).toMatchObject({ state: 'StateProbe', next: 12, pendingSnapshot: 0 })
    becomeSnapshot(progress, 11)
    progress.pendingSnapshot = 0
    becomeProbe(progress)
    expect(progress.next).toBe(1)
  })

  it('tells a commit index only where it can move something', () => {
    const progress = { ...probing(), next: 6, sentCommit: 3 }
    expect(canBumpCommit(progress, 3)).toBe(false)
    expect(canBumpCommit(progress, 9)).toBe(true)
    expect(canBumpCommit({ ...progress, sentCommit: 5 }, 9)).toBe(false)
  })
})
