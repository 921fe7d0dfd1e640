/** F16's sentence: tombstones, time travel, and a file that does not shrink before it is defragmented. */
import { describe, expect, it } from 'vitest'
import { createSimulation } from '../simulation/simulation.ts'
import { storyText } from '../simulation/stories.ts'
import type { Timeline } from '../simulation/protocol.ts'
import { figure as tape, sizesOf } from './f16-revision-tape.ts'
import { typedIn } from './kit/raft-plot.ts'
import { stepsOf } from './kit/steps.ts'

const simulation = createSimulation(storyText)
const play = () => simulation.answer('load', tape.story)
const cellsAfter = (timeline: Timeline, command: string): string[] => {
  const { tick } = timeline.events.find(({ label }) => label === `etcdctl ${command}`)!
  const answer = typedIn(timeline).find((typed) => typed.tick === tick)!.answer!
  const { keyspace } = simulation.answer('seek', { branch: 0, tick: answer.tick })
  return keyspace!.cells.map(({ revision, key, value }) => `${revision} ${key} ${value ?? 'tombstone'}`)
}

describe('F16, the revision tape', () => {
  it('appends updates and deletes, and forgets at a compaction alone', () => {
    const timeline = play()
    expect(cellsAfter(timeline, 'del a')).toEqual(['2 a red', '3 a blue', '4 b small', '5 a tombstone'])
    expect(cellsAfter(timeline, 'compaction 4')).toEqual(['3 a blue', '4 b small', '5 a tombstone'])
    expect(cellsAfter(timeline, 'compaction 5')).toEqual(['4 b small'])
  })

  it('reads the past until it is compacted', () => {
    const timeline = play()
    const sentences = stepsOf(timeline, tape.lens, tape.opening(timeline)).map(({ sentence }) => sentence)
    expect(sentences).toContain('a was red then')
    expect(sentences).toContain('etcd refuses: etcdserver: mvcc: required revision has been compacted')
  })

  it('keeps the file as large as it was, until it is defragmented', () => {
    const timeline = play()
    const [full, compacted, refilled, defragmented] = sizesOf(timeline).map(({ sizes }) => sizes)
    expect(compacted!.file).toBe(full!.file)
    expect(compacted!.inUse).toBeLessThan(full!.inUse)
    expect(refilled!.file).toBe(full!.file)
    expect(defragmented!.file).toBeLessThan(full!.file)
    expect(tape.prediction.outcome(timeline)).toMatchObject({ value: 'defrag' })
  })
})
