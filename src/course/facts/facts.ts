/** All rows of “then and now”, by their ids. How a row reads: fact.ts. */
import { controlPlaneFacts } from './control-plane.ts'
import type { Fact } from './fact.ts'
import { managersAndStoreFacts } from './managers-and-store.ts'
import { networkingFacts } from './networking.ts'
import { workerNodeFacts } from './worker-node.ts'

export const facts: readonly Fact[] = [
  ...controlPlaneFacts,
  ...managersAndStoreFacts,
  ...workerNodeFacts,
  ...networkingFacts,
].toSorted((a, b) => a.id - b.id)

/** The row for a lesson's note; throws an error for authors when there is none, or when it belongs to another lesson. */
export function factFor(id: number, lesson: string): Fact {
  const fact = facts.find((candidate) => candidate.id === id)
  if (!fact) throw new Error(`<Fact id={${id}} /> of “${lesson}” is no row of src/course/facts/: use one of its ids.`)
  if (fact.lessons.includes(lesson)) return fact
  throw new Error(
    `<Fact id={${id}} /> belongs to ${fact.lessons.join(' and ')}, not to “${lesson}”: take it out, ` +
      'or add the lesson to the row in src/course/facts/.',
  )
}
