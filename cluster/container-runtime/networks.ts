/** The sandbox's network: which configuration is in force, and the chain of plugins that sets it up and takes it down. */
import type { ProcessId } from '#cluster/kernel/component.ts'
import { chooseNetwork, invocation, orderOf } from './libcni.ts'
import type { Attachment, CniCommand, CniError, CniResult, NetConfList } from '#cluster/cni/spec.ts'
import { isCniError } from '#cluster/cni/spec.ts'
import type { Syscall, SyscallBatch } from '#cluster/linux/syscall.ts'
import { linuxOf } from '#cluster/linux/syscall.ts'
import type { SandboxRecord, Task, Work } from './state.ts'
import { newTask, updateTask, waitFor } from './state.ts'

export const CNI_CONF_DIRECTORY = '/etc/cni/net.d'
/** Every sandbox's own link. */
export const INTERFACE = 'eth0'

/** Sends system calls; their results wake the task. */
export function syscall(work: Work, task: Task, calls: readonly Syscall[]): void {
  const id = work.ctx.id()
  const body: SyscallBatch = { type: 'syscall', id, calls }
  work.effects.push({ type: 'send', to: linuxOf(work.ctx.machine), body })
  waitFor(work, `syscall:${id}`, task)
}

/** Asks for the configuration directory, and to be told when it changes. */
export function readNetworks(work: Work, watch: boolean): void {
  const calls: Syscall[] = [{ call: 'readDirectory', path: CNI_CONF_DIRECTORY }]
  if (watch) calls.unshift({ call: 'watchDirectory', path: CNI_CONF_DIRECTORY })
  const body: SyscallBatch = { type: 'syscall', id: NETWORKS_READ, calls }
  work.effects.push({ type: 'send', to: linuxOf(work.ctx.machine), body })
}
/** Number of the batch that reads the configuration: ids from the kernel are never 0. */
export const NETWORKS_READ = 0

export function networksRead(work: Work, results: readonly any[]): void {
  const last = results[results.length - 1]
  if ('files' in last) work.state.network = chooseNetwork(last.files)
  collectGarbage(work)
}

// ── chains ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const commandOf = (task: Task): CniCommand =>
  task.stage === 'addNetwork' ? 'ADD' : task.stage === 'deleteNetwork' ? 'DEL' : 'GC'

const listOf = (work: Work, task: Task): NetConfList | undefined =>
  work.state.sandboxes.get(task.sandbox)?.network ?? work.state.network

/** Starts the next plugin of a task's chain. False: there is none left. */
export function startPlugin(work: Work, task: Task): boolean {
  const list = listOf(work, task)
  const command = commandOf(task)
  const index = list && orderOf(command, list)[task.position]
  if (list === undefined || index === undefined) return false
  const sandbox = work.state.sandboxes.get(task.sandbox)
  const runtime = {
    containerId: task.sandbox,
    netns: sandbox?.netns ?? '',
    ifName: task.sandbox === '' ? '' : INTERFACE,
    ...(sandbox && { args: argsOf(sandbox) }),
  }
  const prevResult = command === 'DEL' ? sandbox?.cniResult : task.prevResult
  const valid = command === 'GC' ? validAttachments(work) : undefined
  const plugin = list.plugins[index]!.type
  const child = `${plugin}-${work.ctx.id()}`
  const options = invocation(list, index, command, runtime, prevResult, valid)
  work.effects.push({ type: 'spawn', child, component: plugin, options })
  waitFor(work, `child:${work.ctx.machine}/${child}`, updateTask(work, { ...task, position: task.position + 1 }))
  return true
}

function argsOf({ id, config: { metadata } }: SandboxRecord): string {
  const { namespace, name, uid } = metadata
  return `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=${name};K8S_POD_INFRA_CONTAINER_ID=${id};K8S_POD_UID=${uid}`
}

/** Attachments that must survive garbage collection: of every sandbox whose network is not down. */
function validAttachments(work: Work): Attachment[] {
  const sandboxes = [...work.state.sandboxes.values()]
  return sandboxes
    .filter((sandbox) => sandbox.phase !== 'stopped' && sandbox.netns !== '')
    .map((sandbox) => ({ containerID: sandbox.id, ifname: INTERFACE }))
}

/** What a failed plugin means, in containerd's words. */
export function pluginError(process: ProcessId, verb: 'add' | 'delete', output: CniError): string {
  const name = process.slice(process.indexOf('/') + 1).replace(/-\d+$/, '')
  return `plugin type="${name}" failed (${verb}): ${output.msg}`
}

export function resultOf(output: CniResult | CniError | object): CniResult | CniError {
  return isCniError(output) ? output : (output as CniResult)
}

/** The address of the sandbox's own link. */
export function addressOf(result: CniResult | undefined): string {
  const address = result?.ips?.[0]?.address ?? ''
  const slash = address.indexOf('/')
  return slash < 0 ? address : address.slice(0, slash)
}

/** Frees what plugins hold for sandboxes that are no more. */
export function collectGarbage(work: Work): void {
  const { state } = work
  // Once per start: when it is known which sandboxes are left, and which network they were on.
  if (state.collected || state.probes.size > 0 || !state.network) return
  state.collected = true
  const task = newTask(work, undefined, 'collectGarbage', {})
  if (!startPlugin(work, task)) work.state.tasks.delete(task.id)
}
