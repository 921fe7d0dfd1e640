/**
 * Pod sandboxes: a network namespace, its network, and the pause process that keeps it.
 *
 * The record is on disk before anything is made, so that whatever a crash leaves behind can be found and taken down.
 * Where to read upstream: containerd `internal/cri/server/podsandbox/sandbox_run.go`, `sandbox_stop.go`, `sandbox_remove.go`.
 */
import type { ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { isCniError, outputOf } from '#cluster/cni/spec.ts'
import { SIGKILL_CODE } from '#cluster/linux/program.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import { abort, announce, finish, refuse, reply, sandboxStatus } from './answers.ts'
import { addressOf, pluginError, resultOf, startPlugin, syscall } from './networks.ts'
import type { Request, SandboxRecord, Task, Work } from './state.ts'
import {
  dropContainer,
  dropSandbox,
  newId,
  newTask,
  persist,
  putSandbox,
  sandboxName,
  updateTask,
  wakeTasks,
} from './state.ts'

// ── run ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function runPodSandbox(work: Work, stream: StreamId, { config }: Request<'RunPodSandbox'>): void {
  const { state, ctx } = work
  const name = sandboxName(config)
  const holder = state.names.get(name)
  if (holder !== undefined) {
    return refuse(
      work,
      stream,
      'Unknown',
      `failed to reserve sandbox name "${name}": name "${name}" is reserved for "${holder}"`,
    )
  }
  const id = newId(work)
  const onHost = config.linux?.network === 'NODE'
  if (!onHost && !state.network) {
    return refuse(work, stream, 'Unknown', `failed to setup network for sandbox "${id}": cni plugin not initialized`)
  }
  const sandbox: SandboxRecord = {
    id,
    config,
    phase: 'setup',
    createdAt: ctx.now,
    netns: onHost ? '' : `/run/netns/cni-${id.slice(0, 12)}`,
    inode: 0,
    cniResult: undefined,
    network: onHost ? undefined : state.network,
    ip: '',
    pause: `${ctx.machine}/pause_${config.metadata.name}_${config.metadata.namespace}_${id.slice(0, 12)}`,
    containers: [],
  }
  state.names.set(name, id)
  putSandbox(work, sandbox)
  persist(work)
  const task = newTask(work, stream, 'makeNetns', { sandbox: id })
  if (onHost) return startPause(work, task, sandbox)
  const { namespace, name: pod } = config.metadata
  syscall(work, task, [{ call: 'addNetns', path: sandbox.netns, label: `${namespace}/${pod}` }])
}

/** The namespace is there, or is not. */
export function netnsMade(work: Work, task: Task, results: readonly any[]): void {
  const outcome = results[results.length - 1]
  const sandbox = work.state.sandboxes.get(task.sandbox)
  if (!sandbox || sandbox.phase === 'stopped') return overtaken(work, task)
  if (isFailure(outcome))
    return takeDown(work, task, sandbox, 'failed', `failed to create network namespace: ${outcome.message}`)
  work.state.sandboxes.set(sandbox.id, { ...sandbox, inode: outcome.inode })
  advanceAdd(work, updateTask(work, { ...task, stage: 'addNetwork' }))
}

function advanceAdd(work: Work, task: Task): void {
  const sandbox = work.state.sandboxes.get(task.sandbox)
  if (!sandbox || sandbox.phase === 'stopped') return overtaken(work, task)
  if (startPlugin(work, task)) return
  startPause(work, task, { ...sandbox, cniResult: task.prevResult, ip: addressOf(task.prevResult) })
}

/** Somebody stopped the sandbox while its network was being made: what was made since must go too. */
function overtaken(work: Work, task: Task): void {
  const failure = `sandbox "${task.sandbox}" was stopped while its network was being set up`
  advanceDelete(work, updateTask(work, { ...task, stage: 'deleteNetwork', position: 0, purpose: 'failed', failure }))
}

function startPause(work: Work, task: Task, sandbox: SandboxRecord): void {
  const { state, ctx, effects } = work
  const child = sandbox.pause.slice(ctx.machine.length + 1)
  const hostname = sandbox.config.hostname ?? sandbox.config.metadata.name
  effects.push({ type: 'spawn', child, component: 'pause', options: { hostname } })
  state.children.set(sandbox.pause, sandbox.id)
  const ready: SandboxRecord = { ...sandbox, phase: 'ready' }
  putSandbox(work, ready)
  persist(work)
  finish(work, task, 'RunPodSandbox', { podSandboxId: sandbox.id, status: sandboxStatus(ready) })
  announce(work, sandbox.id, 'CONTAINER_STARTED_EVENT', sandbox.id)
}

// ── stop and remove ─────────────────────────────────────────────────────────────────────────────────────────────────

export function stopPodSandbox(work: Work, stream: StreamId, { podSandboxId }: Request<'StopPodSandbox'>): void {
  const sandbox = work.state.sandboxes.get(podSandboxId)
  if (!sandbox || sandbox.phase === 'stopped') return reply(work, stream, 'StopPodSandbox', {})
  takeDown(work, newTask(work, stream, 'deleteNetwork', { sandbox: sandbox.id }), sandbox, 'stop')
}

export function removePodSandbox(work: Work, stream: StreamId, { podSandboxId }: Request<'RemovePodSandbox'>): void {
  const sandbox = work.state.sandboxes.get(podSandboxId)
  if (!sandbox) return reply(work, stream, 'RemovePodSandbox', {})
  const task = newTask(work, stream, 'deleteNetwork', { sandbox: sandbox.id })
  if (sandbox.phase === 'stopped') remove(work, task)
  else takeDown(work, task, sandbox, 'remove')
}

/** Kills what runs in a sandbox, then undoes its network: the plugins backwards, then the namespace. */
function takeDown(work: Work, task: Task, sandbox: SandboxRecord, purpose: Task['purpose'], failure = ''): void {
  const { state, effects } = work
  for (const id of sandbox.containers) {
    const { process, state: running } = state.containers.get(id)!
    if (running === 'CONTAINER_RUNNING') effects.push({ type: 'kill', child: process, code: SIGKILL_CODE })
  }
  if (state.children.has(sandbox.pause)) effects.push({ type: 'kill', child: sandbox.pause, code: SIGKILL_CODE })
  const next = updateTask(work, { ...task, stage: 'deleteNetwork', position: 0, purpose, failure })
  if (sandbox.netns === '') return takenDown(work, next)
  advanceDelete(work, next)
}

function advanceDelete(work: Work, task: Task): void {
  if (startPlugin(work, task)) return
  const sandbox = work.state.sandboxes.get(task.sandbox)
  if (!sandbox) return takenDown(work, task)
  const next = updateTask(work, { ...task, stage: 'deleteNetns' })
  syscall(work, next, [{ call: 'deleteNetns', path: sandbox.netns, ifPresent: true }])
}

/** The namespace is gone: nothing of the sandbox is left but its record. */
export function takenDown(work: Work, task: Task): void {
  const { state } = work
  const sandbox = state.sandboxes.get(task.sandbox)
  if (task.purpose === 'failed') {
    if (sandbox) dropSandbox(work, sandbox.id)
    persist(work)
    return abort(work, task, 'Unknown', task.failure)
  }
  if (sandbox && sandbox.phase !== 'stopped') {
    const wasReady = sandbox.phase === 'ready'
    putSandbox(work, { ...sandbox, phase: 'stopped', cniResult: undefined })
    persist(work)
    if (wasReady) announce(work, sandbox.id, 'CONTAINER_STOPPED_EVENT', sandbox.id)
  }
  if (task.purpose === 'remove') return remove(work, task)
  finish(work, task, 'StopPodSandbox', {})
}

function remove(work: Work, task: Task): void {
  const { state } = work
  const sandbox = state.sandboxes.get(task.sandbox)
  if (!sandbox) return finish(work, task, 'RemovePodSandbox', {})
  for (const id of sandbox.containers) {
    const container = state.containers.get(id)!
    state.children.delete(container.process)
    // Whoever still waits for its end has it now.
    for (const other of wakeTasks(work, `container:${id}`)) finish(work, other, 'StopContainer', {})
    dropContainer(work, container)
  }
  dropSandbox(work, sandbox.id)
  persist(work)
  finish(work, task, 'RemovePodSandbox', {})
  announce(work, sandbox.id, 'CONTAINER_DELETED_EVENT', sandbox.id)
}

// ── what comes back ─────────────────────────────────────────────────────────────────────────────────────────────────

/** A plugin of a chain has ended. */
export function pluginEnded(work: Work, task: Task, process: ProcessId, event: Parameters<typeof outputOf>[0]): void {
  const outcome = resultOf(outputOf(event))
  const failed = isCniError(outcome)
  switch (task.stage) {
    case 'addNetwork': {
      if (!failed) return advanceAdd(work, updateTask(work, { ...task, prevResult: outcome }))
      const sandbox = work.state.sandboxes.get(task.sandbox)
      if (!sandbox) return overtaken(work, task)
      const why = pluginError(process, 'add', outcome)
      return takeDown(work, task, sandbox, 'failed', `failed to setup network for sandbox "${task.sandbox}": ${why}`)
    }
    case 'deleteNetwork': {
      if (!failed) return advanceDelete(work, task)
      const why = pluginError(process, 'delete', outcome)
      // The record stays: whoever asked comes again, and in the end garbage collection does.
      const message = `failed to destroy network for sandbox "${task.sandbox}": ${why}`
      return abort(work, task, 'Unknown', task.failure === '' ? message : `${task.failure}; ${message}`)
    }
    default:
      if (!startPlugin(work, task)) work.state.tasks.delete(task.id)
  }
}

/** The pause process has ended without being asked to: the sandbox is not ready any more, its network is still there. */
export function pauseEnded(work: Work, sandbox: SandboxRecord): void {
  work.state.children.delete(sandbox.pause)
  if (sandbox.phase !== 'ready' || isBeingTakenDown(work, sandbox.id)) return
  putSandbox(work, { ...sandbox, phase: 'setup' })
  persist(work)
  announce(work, sandbox.id, 'CONTAINER_STOPPED_EVENT', sandbox.id)
}

function isBeingTakenDown(work: Work, id: string): boolean {
  for (const task of work.state.tasks.values()) {
    if (task.sandbox === id && (task.stage === 'deleteNetwork' || task.stage === 'deleteNetns')) return true
  }
  return false
}
