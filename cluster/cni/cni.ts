/**
 * What every CNI plugin is made of.
 *
 * What the real one does: a plugin is a program that a runtime starts once per operation, with the verb in its environment
 * and the network's configuration on its standard input; it prints a result or an error and exits.
 * What we model: exactly that, as a child process whose options are environment and input, and whose last word is what it
 * prints. A plugin makes system calls and starts other plugins, one after the other, so a crash can fall between any two.
 * What we leave out: results in the formats of versions before 1.0.
 * Where to read upstream: containernetworking/cni `SPEC.md` §2 and §4, `pkg/skel/skel.go`, `pkg/invoke/delegate.go`.
 */
import type { Component, Context, Effect } from '#cluster/kernel/component.ts'
import type { ProcessStart, Syscall, SyscallBatch, SyscallReply } from '#cluster/linux/syscall.ts'
import { linuxOf } from '#cluster/linux/syscall.ts'
import type { CniCommand, CniError, CniResult, Invocation, PluginOutput } from './spec.ts'
import { CNI_ERROR, CNI_VERSION, cniError, isCniError, outputOf, SUPPORTED_VERSIONS } from './spec.ts'

/** What a plugin's verb wants to do next. `then` names the stage that gets the outcome. */
export type Next =
  /** System calls; the outcome is their results, the last of which may be a failure. */
  | { readonly syscalls: readonly Syscall[]; readonly then: string }
  /** Another plugin with the same verb; the outcome is its result, or its error. */
  | {
      readonly delegate: string
      readonly input?: Invocation['stdin']
      readonly command?: CniCommand
      readonly then: string
    }
  | { readonly result: CniResult | object }
  | { readonly error: CniError }

export interface Stage<Scratch> {
  readonly invocation: Invocation
  /** What the stages of this run remember: plain data, replaced by `remember`. */
  readonly scratch: Partial<Scratch>
  remember(more: Partial<Scratch>): void
  readonly ctx: Context
}

export interface Plugin<Scratch> {
  /** The binary's name, which configurations call `type`. */
  readonly name: string
  /** Holds locks: the kernel must notice when it dies. */
  readonly locks?: boolean
  /** By verb: the first stage. A verb that is missing succeeds with nothing. */
  readonly verbs: Readonly<Partial<Record<CniCommand, (stage: Stage<Scratch>) => Next>>>
  /** By name: what to do with an outcome. */
  readonly stages: Readonly<Record<string, (stage: Stage<Scratch>, outcome: any) => Next>>
}

interface PluginState {
  readonly invocation: Invocation
  scratch: object
  /** The stage that waits for an outcome. */
  waiting: string
}

/** Makes a component of a plugin. Exit codes are 0 and 1. */
export function cniPlugin<Scratch extends object>(plugin: Plugin<Scratch>): Component<PluginState, Invocation> {
  return {
    name: plugin.name,
    init: (invocation) => ({ invocation, scratch: {}, waiting: '' }),
    step(state, event, ctx): Effect[] {
      const stage = new StageOf<Scratch>(state, ctx)
      switch (event.type) {
        case 'booted':
          return perform(plugin, state, ctx, start(plugin, stage), true)
        case 'message': {
          if (event.body.type !== 'syscallReply') return []
          const outcome = (event.body as SyscallReply).results
          return perform(plugin, state, ctx, plugin.stages[state.waiting]!(stage, outcome), false)
        }
        case 'childExited':
          return perform(plugin, state, ctx, plugin.stages[state.waiting]!(stage, outputOf(event)), false)
        default:
          return []
      }
    },
  }
}

/** A class, since every step of every plugin makes one: an accessor of a literal is made anew with each. */
class StageOf<Scratch extends object> implements Stage<Scratch> {
  readonly ctx: Context
  #state: PluginState

  constructor(state: PluginState, ctx: Context) {
    this.#state = state
    this.ctx = ctx
  }

  get invocation(): Invocation {
    return this.#state.invocation
  }

  get scratch(): Partial<Scratch> {
    return this.#state.scratch as Partial<Scratch>
  }

  remember(more: Partial<Scratch>): void {
    this.#state.scratch = Object.freeze({ ...this.#state.scratch, ...more })
  }
}

function start<Scratch extends object>(plugin: Plugin<Scratch>, stage: Stage<Scratch>): Next {
  const { env, stdin } = stage.invocation
  if (env.CNI_COMMAND === 'VERSION')
    return { result: { cniVersion: CNI_VERSION, supportedVersions: SUPPORTED_VERSIONS } }
  const wrong = missingVariable(env)
  if (wrong) return { error: wrong }
  if (!(SUPPORTED_VERSIONS as readonly string[]).includes(stdin.cniVersion)) {
    const text = `incompatible CNI versions: config is "${stdin.cniVersion}", plugin supports ${SUPPORTED_VERSIONS.join(', ')}`
    return { error: cniError(CNI_ERROR.incompatibleVersion, text) }
  }
  const verb = plugin.verbs[env.CNI_COMMAND]
  return verb ? verb(stage) : { result: {} }
}

const NEEDED: Readonly<Partial<Record<CniCommand, readonly (keyof Invocation['env'])[]>>> = {
  ADD: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME'],
  DEL: ['CNI_CONTAINERID', 'CNI_IFNAME'],
  CHECK: ['CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME'],
}

function missingVariable(env: Invocation['env']): CniError | undefined {
  const missing = NEEDED[env.CNI_COMMAND]?.filter((name) => !env[name]) ?? []
  if (missing.length === 0) return undefined
  return cniError(CNI_ERROR.invalidEnvironment, `required env variables [${missing.join(',')}] missing`)
}

function perform<Scratch>(
  plugin: Plugin<Scratch>,
  state: PluginState,
  ctx: Context,
  next: Next,
  first: boolean,
): Effect[] {
  if ('result' in next || 'error' in next) return exit(next)
  state.waiting = next.then
  if ('delegate' in next) {
    const { env, stdin } = state.invocation
    const options: Invocation = {
      env: { ...env, CNI_COMMAND: next.command ?? env.CNI_COMMAND },
      stdin: next.input ?? stdin,
    }
    const child = `${next.delegate}-${ctx.id()}`
    return [{ type: 'spawn', child, component: next.delegate, options }]
  }
  const batch: SyscallBatch = { type: 'syscall', id: ctx.id(), calls: next.syscalls }
  const to = linuxOf(ctx.machine)
  if (!first || !plugin.locks) return [{ type: 'send', to, body: batch }]
  const body: ProcessStart = { type: 'process', batch }
  return [{ type: 'open', stream: ctx.id(), to, body }]
}

function exit(next: { readonly result: object } | { readonly error: CniError }): Effect[] {
  const failed = 'error' in next
  const body: PluginOutput = { type: 'stdout', output: failed ? next.error : next.result }
  return [{ type: 'exit', code: failed || isCniError(body.output) ? 1 : 0, body }]
}
