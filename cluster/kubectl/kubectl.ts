/**
 * kubectl: how people ask a cluster.
 *
 * What the real one does: reads a command line and manifests, speaks HTTP with the API server, and prints.
 * What we model: the commands of the table below, with
 * their flags, layouts, messages and exit codes. Each command is told to it from outside (`type: 'kubectl'`), so is Ctrl+C
 * (`type: 'interrupt'`), and leaves an entry in the transcript.
 * What we leave out: what needs a terminal, a port, a browser or another program (port-forward and proxy only say what does
 * it here; plugins); waiting by watch (it looks again and again).
 * Where to read upstream: kubernetes/kubectl `pkg/cmd`.
 */
import type { HttpResponse } from '#cluster/api/http.ts'
import type { Answer, ApiClient, ApiRequest } from '#cluster/client/api-client.ts'
import { answerOf, createApiClient, openRequest, send } from '#cluster/client/api-client.ts'
import type { Body, Component, Context, Effect, Event, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { Ask, Command, Invocation, OpenedFile, Outcome, Round } from './command.ts'
import { CommandError } from './command-error.ts'
import { apply, applyFlags } from './commands/apply.ts'
import { attach, attachFlags } from './commands/attach.ts'
import { auth, authFlags } from './commands/auth.ts'
import { certificate, certificateFlags } from './commands/certificate.ts'
import { config, configFlags } from './commands/config.ts'
import { cp, cpFlags } from './commands/cp.ts'
import { create, createFlags } from './commands/create.ts'
import { debug, debugFlags } from './commands/debug.ts'
import { deleteFlags, deleteObjects } from './commands/delete.ts'
import { describe, describeFlags } from './commands/describe.ts'
import { apiResources, apiResourcesFlags, apiVersions, clusterInfo, version, versionFlags } from './commands/discovery.ts' // prettier-ignore
import { diff, diffFlags } from './commands/diff.ts'
import { drain, drainFlags } from './commands/drain.ts'
import { edit, editFlags } from './commands/edit.ts'
import { explain, explainFlags } from './commands/explain.ts'
import { autoscale, autoscaleFlags, expose, exposeFlags } from './commands/expose.ts'
import { portForward, proxy } from './commands/elsewhere.ts'
import { kustomize } from './commands/kustomize.ts'
import { get, getFlags } from './commands/get.ts'
import { annotate, label, labelFlags } from './commands/labels.ts'
import { exec, execFlags, logs, logsFlags } from './commands/logs.ts'
import { cordon, taint, taintFlags, uncordon } from './commands/nodes.ts'
import { events, eventsFlags, top, topFlags } from './commands/observe.ts'
import { patch, patchFlags, replace, replaceFlags } from './commands/patch.ts'
import { rollout, rolloutFlags } from './commands/rollout.ts'
import { run, runFlags } from './commands/run.ts'
import { scale, scaleFlags } from './commands/scale.ts'
import { set, setFlags } from './commands/set/set.ts'
import { wait, waitFlags } from './commands/wait.ts'
import type { FlagSpec } from './flags.ts'
import { parseFlags, splitLine } from './flags.ts'
import { FIRST, inContext, type Kubeconfig } from './kubeconfig.ts'

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
  /** What `edit` has opened. */
  readonly opens?: OpenedFile
  /** What `cp` has fetched. */
  readonly saves?: OpenedFile
}

interface Run {
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  /** As it was when the line was typed. */
  readonly kubeconfig: Kubeconfig
  readonly rounds: readonly Round[]
  /** Answers of the round under way, with holes. */
  readonly answers: readonly (Answer | undefined)[]
  /** What it follows, and what has come there since the last round. */
  readonly stream?: StreamId
  readonly said: readonly Body[]
  readonly ended?: Answer
  /** The round under way waits for what it follows. */
  readonly isFollowing: boolean
}

export interface KubectlState {
  client: ApiClient
  kubeconfig: Kubeconfig
  runs: Table<number, Run>
  /** The run that each stream belongs to which is followed. */
  follows: Table<StreamId, number>
  transcript: Table<number, TranscriptEntry>
}

/** The oldest entries make room. */
const TRANSCRIPT_MAX = 1_000

const COMMANDS: Readonly<Record<string, { readonly run: Command; readonly flags: FlagSpec }>> = {
  annotate: { run: annotate, flags: labelFlags },
  'api-resources': { run: apiResources, flags: apiResourcesFlags },
  'api-versions': { run: apiVersions, flags: {} },
  apply: { run: apply, flags: applyFlags },
  attach: { run: attach, flags: attachFlags },
  auth: { run: auth, flags: authFlags },
  autoscale: { run: autoscale, flags: autoscaleFlags },
  certificate: { run: certificate, flags: certificateFlags },
  'cluster-info': { run: clusterInfo, flags: {} },
  cordon: { run: cordon, flags: {} },
  config: { run: config, flags: configFlags },
  cp: { run: cp, flags: cpFlags },
  create: { run: create, flags: createFlags },
  debug: { run: debug, flags: debugFlags },
  delete: { run: deleteObjects, flags: deleteFlags },
  describe: { run: describe, flags: describeFlags },
  diff: { run: diff, flags: diffFlags },
  drain: { run: drain, flags: drainFlags },
  edit: { run: edit, flags: editFlags },
  events: { run: events, flags: eventsFlags },
  exec: { run: exec, flags: execFlags },
  explain: { run: explain, flags: explainFlags },
  expose: { run: expose, flags: exposeFlags },
  get: { run: get, flags: getFlags },
  kustomize: { run: kustomize, flags: {} },
  label: { run: label, flags: labelFlags },
  logs: { run: logs, flags: logsFlags },
  patch: { run: patch, flags: patchFlags },
  'port-forward': { run: portForward, flags: { values: ['address'] } },
  proxy: { run: proxy, flags: { values: ['port'] } },
  replace: { run: replace, flags: replaceFlags },
  rollout: { run: rollout, flags: rolloutFlags },
  run: { run, flags: runFlags },
  scale: { run: scale, flags: scaleFlags },
  set: { run: set, flags: setFlags },
  taint: { run: taint, flags: taintFlags },
  top: { run: top, flags: topFlags },
  uncordon: { run: uncordon, flags: {} },
  version: { run: version, flags: versionFlags },
  wait: { run: wait, flags: waitFlags },
}

/** The flags of each command, for those who complete a line. */
export const kubectlFlags: Readonly<Record<string, FlagSpec>> = Object.fromEntries(
  Object.entries(COMMANDS).map(([name, { flags }]) => [name, flags]),
)

export const kubectl: Component<KubectlState, KubectlOptions> = {
  name: 'kubectl',
  init: ({ servers }) => ({
    client: createApiClient(servers, 'kubernetes-admin', ['system:masters']),
    kubeconfig: FIRST,
    runs: new Table(),
    follows: new Table(),
    transcript: new Table(),
  }),
  step(state, event, ctx) {
    const effects: Effect[] = []
    const answer = answerOf(state.client, event)
    if (answer) takeAnswer(state, answer, ctx, effects)
    else if (event.type === 'timer') resume(state, Number(event.key), [], ctx, effects)
    else if (event.type === 'data' || event.type === 'closed') hear(state, event, ctx, effects)
    else if (event.type === 'message' && event.body.type === 'kubectl')
      begin(state, event.body as KubectlBody, ctx, effects)
    else if (event.type === 'message' && event.body.type === 'interrupt') interrupt(state, ctx, effects)
    return effects
  },
}

function begin(state: KubectlState, body: KubectlBody, ctx: Context, effects: Effect[]): void {
  const typed = body.args ?? splitLine(body.line ?? '')
  const assignments = typed.findIndex((word) => !/^[A-Z_]+=/.test(word))
  const environment = Object.fromEntries(typed.slice(0, Math.max(0, assignments)).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])) // prettier-ignore
  const said = typed.slice(Math.max(0, assignments))
  const words = said[0] === 'kubectl' ? said.slice(1) : said
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
  const { kubeconfig } = state
  state.runs.set(body.id, {
    words,
    environment,
    files,
    kubeconfig,
    rounds: [],
    answers: [],
    said: [],
    isFollowing: false,
  })
  advance(state, body.id, ctx, effects)
}

/** Exit code of a program that Ctrl+C ended. */
const INTERRUPTED = 130

/** Ctrl+C ends whatever runs; what comes in for it later finds nobody. */
function interrupt(state: KubectlState, ctx: Context, effects: Effect[]): void {
  for (const id of [...state.runs.keys()]) {
    const { output, errors } = state.transcript.get(id)!
    finish(state, id, { output, errors, exitCode: INTERRUPTED }, ctx, effects)
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
  const { ended, ...rest } = run
  const round: Round = { answers, said: run.said, ...(ended && { ended }), now: ctx.now }
  state.runs.set(id, { ...rest, rounds: [...run.rounds, round], answers: [], said: [], isFollowing: false })
  advance(state, id, ctx, effects)
}

/** Something has come on what a run follows, or it has ended. */
function hear(
  state: KubectlState,
  event: Extract<Event, { type: 'data' | 'closed' }>,
  ctx: Context,
  effects: Effect[],
): void {
  const id = state.follows.get(event.stream)
  const run = id === undefined ? undefined : state.runs.get(id)
  if (id === undefined || !run) return
  if (event.type === 'data') state.runs.set(id, { ...run, said: [...run.said, event.body] })
  else {
    state.follows.delete(event.stream)
    const { reason, body } = event
    const { status = 200, body: last } = (body ?? {}) as Partial<HttpResponse>
    const lost = reason === 'done' ? {} : { lost: reason }
    state.runs.set(id, { ...run, ended: { tag: undefined, status, body: last, ...lost } })
  }
  if (!run.isFollowing) return
  effects.push({ type: 'cancelWake', key: String(id) })
  resume(state, id, [], ctx, effects)
}

/** Runs the command as far as its answers reach, and asks for what it wants next. */
function advance(state: KubectlState, id: number, ctx: Context, effects: Effect[]): void {
  const run = state.runs.get(id)!
  const next = replay(run)
  if (!('ask' in next)) return finish(state, id, next, ctx, effects)
  const { requests = [], follow, pauseMicros, write: _, ...printed } = next.ask
  if (printed.output !== undefined || printed.errors !== undefined)
    state.transcript.set(id, { ...state.transcript.get(id)!, ...printed })
  const asked = (request: ApiRequest): ApiRequest => ({
    ...request,
    headers: { ...request.headers, ...impersonation(run.words) },
  })
  if (follow) return followOn(state, id, { ...next.ask, follow: asked(follow) }, ctx, effects)
  if (pauseMicros !== undefined || requests.length === 0) {
    effects.push({ type: 'wake', key: String(id), after: pauseMicros ?? 0 })
    return
  }
  state.runs.set(id, { ...run, answers: requests.map(() => undefined) })
  requests.forEach((request, index) => effects.push(send(state.client, ctx, asked(request), { id, index })))
}

function followOn(
  state: KubectlState,
  id: number,
  { follow, write = [], pauseMicros }: Ask,
  ctx: Context,
  effects: Effect[],
): void {
  const run = state.runs.get(id)!
  const { stream: open } = run
  const isOpen = open !== undefined && state.follows.has(open)
  if (isOpen) for (const body of write) effects.push({ type: 'write', stream: open, body })
  if (run.said.length > 0 || run.ended) return resume(state, id, [], ctx, effects)
  if (!isOpen) {
    const stream = ctx.id()
    state.follows.set(stream, id)
    state.runs.set(id, { ...run, stream, isFollowing: true })
    effects.push(openRequest(state.client, stream, follow!))
  } else state.runs.set(id, { ...run, isFollowing: true })
  if (pauseMicros !== undefined) effects.push({ type: 'wake', key: String(id), after: pauseMicros })
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
    return step.done ? warned(run, step.value) : { ask: step.value }
  } catch (error) {
    if (error instanceof CommandError) return warned(run, { errors: `${error.message}\n`, exitCode: 1 })
    throw error
  }
}

/** What the server has warned of comes first, each once. */
function warned({ rounds }: Run, outcome: Outcome): Outcome {
  const warnings = new Set(rounds.flatMap(({ answers }) => answers.flatMap((answer) => answer.warnings ?? [])))
  if (warnings.size === 0) return outcome
  return { ...outcome, errors: [...warnings].map((text) => `Warning: ${text}\n`).join('') + (outcome.errors ?? '') }
}

/** `--as alice --as-group readers`: what each request of the command bears then. */
function impersonation(words: readonly string[]): Readonly<Record<string, string>> {
  const valuesOf = (flag: string): string[] =>
    words.flatMap((word, i) => (word === flag ? [words[i + 1] ?? ''] : word.startsWith(`${flag}=`) ? [word.slice(flag.length + 1)] : [])) // prettier-ignore
  const [user] = valuesOf('--as')
  const groups = valuesOf('--as-group')
  return {
    ...(user && { 'impersonate-user': user }),
    ...(groups.length > 0 && { 'impersonate-group': groups.join(', ') }),
  }
}

function parse({ words, files, environment, kubeconfig }: Run): { command: Command; invocation: Invocation } {
  // Flags may stand before the command: `kubectl -n kube-system get pods`.
  let at = 0
  while (at < words.length && words[at]!.startsWith('-'))
    at += words[at]!.includes('=') || (words[at]!.length > 2 && !words[at]!.startsWith('--')) ? 1 : 2
  const name = words[at]
  if (name === undefined)
    throw new CommandError('kubectl controls the Kubernetes cluster manager.\n\nUsage:\n  kubectl [flags] [options]')
  if (!Object.hasOwn(COMMANDS, name)) throw new CommandError(`error: unknown command "${name}" for "kubectl"`)
  const { run, flags: spec } = COMMANDS[name]!
  const { args, flags: typed, rest } = parseFlags([...words.slice(0, at), ...words.slice(at + 1)], spec, name)
  // What only looks at the kubeconfig needs none that leads anywhere.
  const flags = name === 'config' ? typed : inContext(kubeconfig, typed)
  return { command: run, invocation: { args, flags, rest, files, environment, kubeconfig } }
}

function finish(
  state: KubectlState,
  id: number,
  { output = '', errors = '', exitCode = 0, opens, saves, kubeconfig }: Outcome,
  ctx: Context,
  effects: Effect[],
): void {
  const { stream } = state.runs.get(id)!
  if (stream !== undefined && state.follows.has(stream)) {
    state.follows.delete(stream)
    effects.push({ type: 'close', stream })
  }
  state.runs.delete(id)
  if (kubeconfig) state.kubeconfig = kubeconfig
  const entry = {
    ...state.transcript.get(id)!,
    output,
    errors,
    exitCode,
    endedAt: ctx.now,
    ...(opens && { opens }),
    ...(saves && { saves }),
  }
  state.transcript.set(id, entry)
  ctx.note('kubectl', { id, line: entry.line, output, errors, exitCode })
}
