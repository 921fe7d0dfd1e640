/**
 * A worker process of the court: grades what comes in on its standard input, one submission after the other, each in fresh
 * virtual machines. `walls.ts` says what it cannot do. It ends when its input does.
 */
import process from 'node:process'
import { createInterface } from 'node:readline'
import { compileSubmission, loadChecks } from '../cli/exercises-node.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Engine } from '../sandbox/engine.ts'
import { refusalCodes } from '../sandbox/refusals.ts'
import type { Exercise } from '../verdict/exercise.ts'
import { grade } from '../verdict/grade.ts'
import type { Compiled } from '../verdict/verdict.ts'
import { disarm } from './disarm.ts'
import type { Answer, Brief, Order, Settings } from './messages.ts'

/** Standard output belongs to answers alone. What checks print helps nobody here. */
const write = process.stdout.write.bind(process.stdout)
const answer = (value: Answer): void => void write(`${JSON.stringify(value)}\n`)
for (const name of ['log', 'info', 'debug', 'warn', 'error', 'trace', 'dir', 'table'] as const)
  console[name] = () => undefined

interface Bench {
  readonly exercise: Exercise
  readonly engine: Engine
  readonly settings: Settings
}

async function prepare({ facts, folder, settings }: Brief): Promise<Bench> {
  const [checks, engine] = await Promise.all([loadChecks(folder), loadEngineNode()])
  // The compiler is loaded, and warm, before the doors are closed.
  compileSubmission('export default {}\n', settings.checksTypes)
  disarm()
  return { exercise: { ...facts, checks }, engine, settings }
}

function compiledFrom({ source, refusal }: Order, { settings }: Bench): Compiled {
  if (refusal === undefined) return compileSubmission(source, settings.checksTypes)
  const diagnostic = {
    line: 1,
    column: 1,
    code: refusalCodes.noSubmission,
    message: refusal,
    severity: 'syntax',
  } as const
  return { code: '', diagnostics: [diagnostic], runnable: false }
}

function judge(order: Order, bench: Bench): Answer {
  const { nonce } = order
  try {
    const { exercise, engine, settings } = bench
    const { mode, seed, seeds, credit } = settings
    const compiled = compiledFrom(order, bench)
    const verdict = grade({ exercise, engine, compiled, mode, seed, seeds, ...(credit && { credit }) })
    return { type: 'verdict', nonce, verdict }
  } catch (error) {
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return { type: 'broke', nonce, words }
  }
}

let bench: Bench | undefined
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const message = JSON.parse(line) as Brief | Order
  if (message.type === 'grade') answer(judge(message, bench!))
  else {
    bench = await prepare(message)
    answer({ type: 'ready', checks: bench.exercise.checks.checks.map(({ name }) => name) })
  }
}
