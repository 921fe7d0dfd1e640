/**
 * kubectl: how people ask a cluster.
 *
 * What the real one does: reads a command line and manifests, speaks HTTP with the API server, and prints.
 * What we model: get, describe, apply, create, delete, scale, cordon, uncordon, taint, label, annotate and set image, with
 * their flags, layouts, messages and exit codes. Each command is told to it from outside (`type: 'kubectl'`), so is Ctrl+C
 * (`type: 'interrupt'`), and leaves an entry in the transcript.
 * What we leave out: the other commands, output by jsonpath and custom columns, --watch, kubeconfig, discovery (the kinds are
 * known), server-side tables and apply, validation against OpenAPI.
 * Where to read upstream: kubernetes/kubectl `pkg/cmd`.
 */
import type { Answer, ApiClient } from '#cluster/client/api-client.ts'
import { answerOf, createApiClient, send } from '#cluster/client/api-client.ts'
import type { Body, Component, Context, Effect, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Ask, Command, Invocation, Outcome, Round } from './command.ts'
import { CommandError } from './command-error.ts'
import { apply, applyFlags } from './commands/apply.ts'
import { create, createFlags } from './commands/create.ts'
import { deleteFlags, deleteObjects } from './commands/delete.ts'
import { describe, describeFlags } from './commands/describe.ts'
import { get, getFlags } from './commands/get.ts'
import { annotate, label, labelFlags } from './commands/labels.ts'
import { cordon, taint, taintFlags, uncordon } from './commands/nodes.ts'
import { scale, scaleFlags } from './commands/scale.ts'
import { set } from './commands/set.ts'
import type { FlagSpec } from './flags.ts'
import { parseFlags, splitLine } from './flags.ts'

/** What is typed. Either `args` or `line`; `id` names the entry in the transcript. */
export interface KubectlBody extends Body {
  readonly type: 'kubectl'
  readonly id: number
  readonly args?: readonly string[]
  readonly line?: string
  /** Content by name, for `-f`. */
  readonly files?: Readonly<Record<string, string>>
  /** For `-f -`. */
  readonly stdin?: string
}

export interface KubectlOptions {
  readonly servers: readonly ProcessId[]
}

export interface TranscriptEntry {
  readonly id: number
  /** As it was typed, `kubectl` included. */
  readonly line: string
  readonly output: string
  readonly errors: string
  /** Undefined while it runs. */
  readonly exitCode: number | undefined
  readonly startedAt: Micros
  readonly endedAt: Micros | undefined
}

interface Run {
  readonly words: readonly string[]
  readonly files: Readonly<Record<string, string>>
  readonly rounds: readonly Round[]
  /** Answers of the round under way, with holes. */
  readonly answers: readonly (Answer | undefined)[]
}

export interface KubectlState {
  client: ApiClient
  runs: Table<number, Run>
  transcript: Table<number, TranscriptEntry>
}

/** The oldest entries make room. */
const TRANSCRIPT_MAX = 1_000

const COMMANDS: Readonly<Record<string, { readonly run: Command; readonly flags: FlagSpec }>> = {
  get: { run: get, flags: getFlags },
  describe: { run: describe, flags: describeFlags },
  apply: { run: apply, flags: applyFlags },
  create: { run: create, flags: createFlags },
  delete: { run: deleteObjects, flags: deleteFlags },
  scale: { run: scale, flags: scaleFlags },
  cordon: { run: cordon, flags: {} },
  uncordon: { run: uncordon, flags: {} },
  taint: { run: taint, flags: taintFlags },
  label: { run: label, flags: labelFlags },
  annotate: { run: annotate, flags: labelFlags },
  set: { run: set, flags: {} },
}

/** The flags of each command, for those who complete a line. */
export const kubectlFlags: Readonly<Record<string, FlagSpec>> = Object.fromEntries(
  Object.entries(COMMANDS).map(([name, { flags }]) => [name, flags]),
)

export const kubectl: Component<KubectlState, KubectlOptions> = {
  name: 'kubectl',
  init: ({ servers }) => ({
    client: createApiClient(servers, 'kubernetes-admin', ['system:masters']),
    runs: new Table(),
    transcript: new Table(),
  }),
  step(state, event, ctx) {
    const effects: Effect[] = []
    const answer = answerOf(state.client, event)
    if (answer) takeAnswer(state, answer, ctx, effects)
    else if (event.type === 'timer') resume(state, Number(event.key), [], ctx, effects)
    else if (event.type === 'message' && event.body.type === 'kubectl')
      begin(state, event.body as KubectlBody, ctx, effects)
    else if (event.type === 'message' && event.body.type === 'interrupt') interrupt(state, ctx)
    return effects
  },
}

function begin(state: KubectlState, body: KubectlBody, ctx: Context, effects: Effect[]): void {
  const typed = body.args ?? splitLine(body.line ?? '')
  const words = typed[0] === 'kubectl' ? typed.slice(1) : typed
  const line = body.line ?? `kubectl ${words.join(' ')}`
  const files = { ...body.files, ...(body.stdin !== undefined && { '-': body.stdin }) }
  state.transcript.set(body.id, {
    id: body.id,
    line,
    output: '',
    errors: '',
    exitCode: undefined,
    startedAt: ctx.now,
    endedAt: undefined,
  })
  if (state.transcript.size > TRANSCRIPT_MAX) {
    for (const oldest of state.transcript.keys()) {
      state.transcript.delete(oldest)
      break
    }
  }
  state.runs.set(body.id, { words, files, rounds: [], answers: [] })
  advance(state, body.id, ctx, effects)
}

/** Exit code of a program that Ctrl+C ended. */
const INTERRUPTED = 130

/** Ctrl+C ends whatever runs; what comes in for it later finds nobody. */
function interrupt(state: KubectlState, ctx: Context): void {
  for (const id of [...state.runs.keys()]) {
    const { output, errors } = state.transcript.get(id)!
    finish(state, id, { output, errors, exitCode: INTERRUPTED }, ctx)
  }
}

function takeAnswer(state: KubectlState, answer: Answer, ctx: Context, effects: Effect[]): void {
  const { id, index } = answer.tag as { id: number; index: number }
  const run = state.runs.get(id)
  if (!run) return
  const answers = run.answers.map((old, i) => (i === index ? answer : old))
  state.runs.set(id, { ...run, answers })
  if (answers.every((each) => each !== undefined)) resume(state, id, answers as Answer[], ctx, effects)
}

function resume(state: KubectlState, id: number, answers: readonly Answer[], ctx: Context, effects: Effect[]): void {
  const run = state.runs.get(id)
  if (!run) return
  state.runs.set(id, { ...run, rounds: [...run.rounds, { answers, now: ctx.now }], answers: [] })
  advance(state, id, ctx, effects)
}

/** Runs the command as far as its answers reach, and asks for what it wants next. */
function advance(state: KubectlState, id: number, ctx: Context, effects: Effect[]): void {
  const run = state.runs.get(id)!
  const next = replay(run)
  if (!('ask' in next)) return finish(state, id, next, ctx)
  const { requests = [], pauseMicros, output } = next.ask
  if (output !== undefined) state.transcript.set(id, { ...state.transcript.get(id)!, output })
  if (pauseMicros !== undefined || requests.length === 0) {
    effects.push({ type: 'wake', key: String(id), after: pauseMicros ?? 0 })
    return
  }
  state.runs.set(id, { ...run, answers: requests.map(() => undefined) })
  requests.forEach((request, index) => effects.push(send(state.client, ctx, request, { id, index })))
}

function replay(run: Run): Outcome | { readonly ask: Ask } {
  try {
    const { command, invocation } = parse(run)
    const steps = command(invocation)
    let step = steps.next()
    for (const round of run.rounds) {
      if (step.done) break
      step = steps.next(round)
    }
    return step.done ? step.value : { ask: step.value }
  } catch (error) {
    if (error instanceof CommandError) return { errors: `${error.message}\n`, exitCode: 1 }
    throw error
  }
}

function parse({ words, files }: Run): { command: Command; invocation: Invocation } {
  // Flags may stand before the command: `kubectl -n kube-system get pods`.
  let at = 0
  while (at < words.length && words[at]!.startsWith('-'))
    at += words[at]!.includes('=') || (words[at]!.length > 2 && !words[at]!.startsWith('--')) ? 1 : 2
  const name = words[at]
  if (name === undefined)
    throw new CommandError('kubectl controls the Kubernetes cluster manager.\n\nUsage:\n  kubectl [flags] [options]')
  if (!Object.hasOwn(COMMANDS, name)) throw new CommandError(`error: unknown command "${name}" for "kubectl"`)
  const { run, flags: spec } = COMMANDS[name]!
  const { args, flags, rest } = parseFlags([...words.slice(0, at), ...words.slice(at + 1)], spec, name)
  return { command: run, invocation: { args, flags, rest, files } }
}

function finish(
  state: KubectlState,
  id: number,
  { output = '', errors = '', exitCode = 0 }: Outcome,
  ctx: Context,
): void {
  state.runs.delete(id)
  const entry = { ...state.transcript.get(id)!, output, errors, exitCode, endedAt: ctx.now }
  state.transcript.set(id, entry)
  ctx.note('kubectl', { id, line: entry.line, output, errors, exitCode })
}
