/** A worker thread that tries programs: in the sandbox alone, or handed in. Begun by node-lane.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { handIn, hostNames, inSandbox } from './attempts.ts'
import type { NodeWork } from './work-off.ts'

const { kind, programs } = workerData as NodeWork
const engine = await loadEngineNode()
const exercises = kind === 'handed in' ? await Promise.all(findExercises().map(loadExercise)) : []
const before = hostNames()
for (const index of programs) {
  const row = kind === 'alone' ? inSandbox(engine, index, before) : handIn(engine, exercises, index, before)
  parentPort!.postMessage(JSON.stringify(row))
}
