/**
 * Containers: programs as child processes in a sandbox's namespaces.
 *
 * Where to read upstream: containerd `internal/cri/server/container_{create,start,stop,remove,execsync}.go`.
 */
import type { StreamId } from '#cluster/kernel/component.ts'
import type { ExecRequest, ExecResult } from '#cluster/linux/exec.ts'
import type { ProgramOptions, ResolvConf, Signal } from '#cluster/linux/program.ts'
import { SIGKILL_CODE } from '#cluster/linux/program.ts'
import type { OutOfMemory } from '#cluster/linux/memory.ts'
import type { Syscall, SyscallBatch } from '#cluster/linux/syscall.ts'
import { linuxOf } from '#cluster/linux/syscall.ts'
import { abort, announce, finish, refuse, reply } from './answers.ts'
import type { ContainerConfig, CriCalls, DnsConfig } from './cri.ts'
import type { ImageRow } from './images.ts'
import { canonicalImage } from './images.ts'
import { rowOf } from './image-service.ts'
import { endStreams } from './streaming.ts'
import type { ContainerRecord, Request, RuntimeState, SandboxRecord, Task, Work } from './state.ts'
import { containerName, dropContainer, newId, newTask, persist, putContainer, waitFor, wakeTasks } from './state.ts'

/** Exit code of a program whose end nobody saw. */
const UNKNOWN_EXIT_CODE = 255
/** Exit code of a command that could not be started. */
const START_ERROR_CODE = 128

export function createContainer(work: Work, stream: StreamId, request: Request<'CreateContainer'>): void {
  const { state, ctx } = work
  const { podSandboxId, config } = request
  const sandbox = state.sandboxes.get(podSandboxId)
  if (!sandbox) return refuse(work, stream, 'NotFound', `failed to find sandbox id "${podSandboxId}": not found`)
  if (sandbox.phase !== 'ready')
    return refuse(work, stream, 'Unknown', `sandbox container "${podSandboxId}" is not running`)
  const { reference } = canonicalImage(config.image.image)
  const image = state.images.get(reference)
  if (!image) return refuse(work, stream, 'NotFound', `failed to resolve image "${config.image.image}": not found`)
  const name = containerName(config, sandbox.config)
  const holder = state.names.get(name)
  if (holder !== undefined) {
    return refuse(
      work,
      stream,
      'Unknown',
      `failed to reserve container name "${name}": name "${name}" is reserved for "${holder}"`,
    )
  }
  const id = newId(work)
  const pod = sandbox.config.metadata
  const container: ContainerRecord = {
    id,
    sandbox: sandbox.id,
    config,
    image: reference,
    imageRef: image.repoDigests[0]!,
    state: 'CONTAINER_CREATED',
    createdAt: ctx.now,
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    reason: '',
    message: '',
    process: `${ctx.machine}/${config.metadata.name}_${pod.name}_${pod.namespace}_${id.slice(0, 12)}`,
  }
  state.names.set(name, id)
  state.sandboxes.set(sandbox.id, { ...sandbox, containers: [...sandbox.containers, id] })
  putContainer(work, container)
  persist(work)
  reply(work, stream, 'CreateContainer', { containerId: id })
}

// ── start ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export function startContainer(work: Work, stream: StreamId, { containerId }: Request<'StartContainer'>): void {
  const { state, ctx, effects } = work
  const container = state.containers.get(containerId)
  if (!container) return notFound(work, stream, containerId)
  if (container.state !== 'CONTAINER_CREATED') {
    return refuse(work, stream, 'FailedPrecondition', `container "${containerId}" is in ${container.state} state`)
  }
  const sandbox = state.sandboxes.get(container.sandbox)!
  if (sandbox.phase !== 'ready')
    return refuse(work, stream, 'Unknown', `sandbox container "${sandbox.id}" is not running`)
  const { row, version } = rowOf(state, container.config.image.image)!
  const missing = missingCommand(container.config, row)
  if (missing !== undefined) return startFailed(work, stream, container, missing)
  const options = programOptions(state.options, container, sandbox, row, version)
  limit(work, container.config, options.cgroup)
  effects.push({
    type: 'spawn',
    child: container.process.slice(ctx.machine.length + 1),
    component: row.otherComponents?.[binaryOf(argvOf(container.config, row)[0]!)] ?? row.component,
    options,
  })
  state.children.set(container.process, container.id)
  putContainer(work, { ...container, state: 'CONTAINER_RUNNING', startedAt: ctx.now })
  persist(work)
  reply(work, stream, 'StartContainer', {})
  announce(work, container.id, 'CONTAINER_STARTED_EVENT', sandbox.id)
}

/** What is run. */
function argvOf({ command, args = [] }: ContainerConfig, { entrypoint, isCmd }: ImageRow): readonly string[] {
  if (command) return [...command, ...args]
  return isCmd && args.length > 0 ? args : [...entrypoint, ...args]
}

const binaryOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

function missingCommand(config: ContainerConfig, row: ImageRow): string | undefined {
  const isNamed = config.command !== undefined || row.isCmd === true
  const name = isNamed ? argvOf(config, row)[0] : undefined
  if (name === undefined) return undefined
  const binary = binaryOf(name)
  const known = row.commands.includes(binary) || row.entrypoint[0]!.endsWith(binary)
  return known ? undefined : name
}

function startFailed(work: Work, stream: StreamId, container: ContainerRecord, command: string): void {
  const message =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to ' +
    `start container process: exec: "${command}": executable file not found in $PATH: unknown`
  const { now } = work.ctx
  const ended = { state: 'CONTAINER_EXITED', finishedAt: now, exitCode: START_ERROR_CODE } as const
  putContainer(work, { ...container, ...ended, reason: 'StartError', message })
  persist(work)
  // Whoever listens knows how it ended before it hears that it did not start.
  announce(work, container.id, 'CONTAINER_STOPPED_EVENT', container.sandbox)
  refuse(work, stream, 'Unknown', message)
}

function programOptions(
  { apiServers }: RuntimeState['options'],
  container: ContainerRecord,
  sandbox: SandboxRecord,
  row: ImageRow,
  version: string,
): ProgramOptions {
  const { config } = container
  const { envs = [] } = config
  const { config: pod } = sandbox
  return {
    hostname: pod.hostname ?? pod.metadata.name,
    argv: argvOf(config, row),
    env: Object.freeze(Object.fromEntries(envs.map(({ key, value }) => [key, value]))),
    version,
    ...(config.files && { files: config.files }),
    ...(config.stdin && { stdin: true }),
    ...(config.tty && { tty: true }),
    ...(sandbox.netns !== '' && { netns: sandbox.inode }),
    cgroup: `${pod.linux?.cgroupParent ?? `/kubepods/pod${pod.metadata.uid}`}/${container.id}`,
    resolvConf: resolvConf(pod.dnsConfig),
    apiServers,
  }
}

function resolvConf(dns: DnsConfig | undefined): ResolvConf {
  const option = dns?.options.find((text) => text.startsWith('ndots:'))
  const ndots = option === undefined ? 1 : Number(option.slice('ndots:'.length))
  return Object.freeze({ nameservers: dns?.servers ?? [], search: dns?.searches ?? [], ndots })
}

/** Only a container with a limit costs the kernel a call. */
function limit(work: Work, { linux }: ContainerConfig, cgroup: string): void {
  const { cpuQuota = 0, cpuPeriod = 100_000, memoryLimitInBytes: bytes = 0 } = linux?.resources ?? {}
  const milli = Math.floor((cpuQuota * 1_000) / cpuPeriod)
  const calls: Syscall[] = []
  if (milli > 0) calls.push({ call: 'setCpuLimit', cgroup, milli })
  if (bytes > 0) calls.push({ call: 'setMemoryLimit', cgroup, bytes })
  if (calls.length === 0) return
  const body: SyscallBatch = { type: 'syscall', id: work.ctx.id(), calls, quiet: true }
  work.effects.push({ type: 'send', to: linuxOf(work.ctx.machine), body })
}

// ── stop and remove ─────────────────────────────────────────────────────────────────────────────────────────────────

export function stopContainer(work: Work, stream: StreamId, { containerId, timeout }: Request<'StopContainer'>): void {
  const container = work.state.containers.get(containerId)
  if (!container) return notFound(work, stream, containerId)
  if (container.state !== 'CONTAINER_RUNNING') return reply(work, stream, 'StopContainer', {})
  const task = newTask(work, stream, 'stopContainer', { container: container.id })
  waitFor(work, `container:${container.id}`, task)
  if (timeout <= 0) return kill(work, container)
  const body: Signal = { type: 'signal', signal: 'SIGTERM' }
  work.effects.push(
    { type: 'send', to: container.process, body },
    { type: 'wake', key: `task:${task.id}`, after: Math.ceil(timeout * 1_000_000) },
  )
}

function kill(work: Work, container: ContainerRecord): void {
  work.effects.push({ type: 'kill', child: container.process, code: SIGKILL_CODE })
}

/** It has had its time. */
export function graceOver(work: Work, task: Task): void {
  const container = work.state.containers.get(task.container)
  if (container?.state === 'CONTAINER_RUNNING') kill(work, container)
}

export function removeContainer(work: Work, stream: StreamId, { containerId }: Request<'RemoveContainer'>): void {
  const container = work.state.containers.get(containerId)
  if (!container) return reply(work, stream, 'RemoveContainer', {})
  const task = newTask(work, stream, 'removeContainer', { container: container.id, sandbox: container.sandbox })
  if (container.state !== 'CONTAINER_RUNNING') return remove(work, task, container)
  waitFor(work, `container:${container.id}`, task)
  kill(work, container)
}

function remove(work: Work, task: Task, container: ContainerRecord): void {
  dropContainer(work, container)
  persist(work)
  finish(work, task, 'RemoveContainer', {})
  announce(work, container.id, 'CONTAINER_DELETED_EVENT', container.sandbox)
}

/** The kernel has killed a process of a container that wanted more memory than its limit; its end is told as well. */
export function outOfMemory({ state }: Work, { cgroup }: OutOfMemory): void {
  const id = cgroup.slice(cgroup.lastIndexOf('/') + 1)
  const container = state.containers.get(id)
  if (container) state.containers.set(id, { ...container, isOutOfMemory: true })
}

/** A container's process has ended. */
export function containerEnded(work: Work, container: ContainerRecord, exitCode: number | undefined): void {
  const { state, ctx } = work
  state.children.delete(container.process)
  const code = exitCode ?? UNKNOWN_EXIT_CODE
  const said = code === 0 ? 'Completed' : container.isOutOfMemory ? 'OOMKilled' : 'Error'
  const reason = exitCode === undefined ? 'Unknown' : said
  const ended: ContainerRecord = {
    ...container,
    state: 'CONTAINER_EXITED',
    finishedAt: ctx.now,
    exitCode: code,
    reason,
  }
  putContainer(work, ended)
  persist(work)
  endStreams(work, container.id)
  announce(work, container.id, 'CONTAINER_STOPPED_EVENT', container.sandbox)
  for (const task of wakeTasks(work, `container:${container.id}`)) {
    if (task.stage === 'removeContainer') remove(work, task, ended)
    else {
      work.effects.push({ type: 'cancelWake', key: `task:${task.id}` })
      finish(work, task, 'StopContainer', {})
    }
  }
}

// ── exec ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function execSync(work: Work, stream: StreamId, { containerId, cmd, timeout }: Request<'ExecSync'>): void {
  const container = work.state.containers.get(containerId)
  if (!container) return notFound(work, stream, containerId)
  if (container.state !== 'CONTAINER_RUNNING') {
    return refuse(work, stream, 'Unknown', `container is in ${container.state} state`)
  }
  const task = newTask(work, stream, 'exec', { container: container.id })
  const body: ExecRequest = { type: 'exec', id: task.id, command: cmd }
  work.effects.push({ type: 'send', to: container.process, body })
  waitFor(work, `exec:${task.id}`, task)
  if (timeout > 0) work.effects.push({ type: 'wake', key: `task:${task.id}`, after: Math.ceil(timeout * 1_000_000) })
}

export function execEnded(work: Work, { id, stdout, stderr, exitCode }: ExecResult): void {
  for (const task of wakeTasks(work, `exec:${id}`)) {
    work.effects.push({ type: 'cancelWake', key: `task:${task.id}` })
    const body: CriCalls['ExecSync'][1] = { stdout, stderr, exitCode }
    finish(work, task, 'ExecSync', body)
  }
}

export function execTimedOut(work: Work, task: Task): void {
  work.state.waiting.delete(`exec:${task.id}`)
  abort(work, task, 'DeadlineExceeded', `failed to exec in container: timeout exceeded: context deadline exceeded`)
}

function notFound(work: Work, stream: StreamId, id: string): void {
  refuse(work, stream, 'NotFound', `an error occurred when try to find container "${id}": not found`)
}
