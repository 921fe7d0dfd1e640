/** The calls that Pod workers make to the runtime, and what their replies tell. */
import { milli } from '#cluster/api/quantity.ts'
import type { Pod } from '#cluster/api/types.ts'
import type { ContainerConfig, CriReply, DnsConfig } from '#cluster/container-runtime/cri.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { environmentOf, expand } from './environment.ts'
import { latestSandbox } from './pod-actions.ts'
import { containerNamed, podOf } from './pod-lookup.ts'
import { cri, forgetContainer, forgetSandbox, markSandboxStopped, takeContainer, takeSandboxStatus } from './runtime.ts'
import type { KubeletState, PodAction } from './state.ts'
import { mountedFiles } from './volumes.ts'

export function callFor(
  state: KubeletState,
  ctx: Context,
  pod: Pod | undefined,
  uid: string,
  action: PodAction,
): Effect {
  const tag = { for: 'pod', uid, action } as const
  switch (action.type) {
    case 'createSandbox':
      return cri(state, ctx, 'RunPodSandbox', { config: sandboxConfig(state, pod!, action.attempt) }, tag)
    case 'stopSandbox':
      return cri(state, ctx, 'StopPodSandbox', { podSandboxId: action.id }, tag)
    case 'removeSandbox':
      return cri(state, ctx, 'RemovePodSandbox', { podSandboxId: action.id }, tag)
    case 'pullImage':
      return cri(state, ctx, 'PullImage', { image: action.image }, tag)
    case 'createContainer': {
      const podSandboxId = latestSandbox(state.runtimePods.get(uid))!.id
      const files = mountedFiles(state, pod!, action.container)
      const config = { ...containerConfig(state, pod!, action.container, action.attempt), ...(files && { files }) }
      return cri(state, ctx, 'CreateContainer', { podSandboxId, config }, tag)
    }
    case 'startContainer':
      return cri(state, ctx, 'StartContainer', { containerId: action.id }, tag)
    case 'stopContainer':
      return cri(state, ctx, 'StopContainer', { containerId: action.id, timeout: action.grace }, tag)
    case 'removeContainer':
      return cri(state, ctx, 'RemoveContainer', { containerId: action.id }, tag)
  }
}

function sandboxConfig(state: KubeletState, pod: Pod, attempt: number) {
  const { name, uid, namespace = 'default', labels = {}, annotations = {} } = pod.metadata
  const dnsConfig = pod.spec.dnsPolicy === 'Default' ? undefined : clusterDns(state, namespace)
  return {
    metadata: { name, uid: uid!, namespace, attempt },
    hostname: pod.spec.hostname ?? name,
    ...(dnsConfig && { dnsConfig }),
    labels,
    annotations,
    linux: { network: pod.spec.hostNetwork ? ('NODE' as const) : ('POD' as const) },
  }
}

function clusterDns(state: KubeletState, namespace: string): DnsConfig | undefined {
  const { clusterDNS, clusterDomain = 'cluster.local' } = state.options
  if (clusterDNS === undefined) return undefined
  const searches = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
  return { servers: [clusterDNS], searches, options: ['ndots:5'] }
}

function containerConfig(state: KubeletState, pod: Pod, name: string, attempt: number): ContainerConfig {
  const container = containerNamed(pod, name)!
  const environment = environmentOf(pod, container, state.volumes.get(pod.metadata.uid!)?.bodies ?? {})
  // Without one no container is made: see `sync`.
  const envs = typeof environment === 'string' ? [] : environment
  const values = new Map(envs.map(({ key, value }) => [key, value]))
  const expanded = (words: readonly string[]) => words.map((word) => expand(word, values))
  const memory = 'resources' in container ? container.resources?.limits?.['memory'] : undefined
  return {
    metadata: { name, attempt },
    image: { image: container.image },
    ...(container.command && { command: expanded(container.command) }),
    ...(container.args && { args: expanded(container.args) }),
    ...(container.stdin && { stdin: true }),
    ...(container.tty && { tty: true }),
    ...(memory !== undefined && { linux: { resources: { memoryLimitInBytes: Math.floor(milli(memory) / 1_000) } } }),
    envs,
  }
}

/** What the runtime will call it: `nginx`, which is `docker.io/library/nginx@sha256:…`, is `docker.io/library/nginx:latest`. */
function wholeName(image: string, imageRef: string): string {
  const at = imageRef.indexOf('@')
  if (at < 0) return image
  const colon = image.lastIndexOf(':')
  return `${imageRef.slice(0, at)}:${colon > image.lastIndexOf('/') ? image.slice(colon + 1) : 'latest'}`
}

/** Puts what a reply tells into the picture of what runs. */
export function takeReply(state: KubeletState, ctx: Context, uid: string, action: PodAction, reply: CriReply): void {
  const runtime = state.runtimePods.get(uid)
  switch (action.type) {
    case 'createSandbox': {
      takeSandboxStatus(state, (reply as CriReply<'RunPodSandbox'>).status, [])
      return
    }
    case 'stopSandbox':
      return markSandboxStopped(state, uid, action.id)
    case 'removeSandbox':
      forgetSandbox(state, action.id)
      return
    case 'pullImage': {
      const pod = podOf(state, uid)
      state.images.set(action.image, (reply as CriReply<'PullImage'>).imageRef)
      for (const container of [...(pod?.spec.containers ?? []), ...(pod?.spec.ephemeralContainers ?? [])])
        if (container.image === action.image) state.waiting.delete(`${uid}/${container.name}`)
      return
    }
    case 'createContainer': {
      const { containerId } = reply as CriReply<'CreateContainer'>
      const pod = podOf(state, uid)
      const image = (pod && containerNamed(pod, action.container)?.image) ?? ''
      takeContainer(state, uid, {
        id: containerId,
        podSandboxId: latestSandbox(runtime)?.id ?? '',
        metadata: { name: action.container, attempt: action.attempt },
        state: 'CONTAINER_CREATED',
        createdAt: ctx.now,
        startedAt: 0,
        finishedAt: 0,
        exitCode: 0,
        image: { image: wholeName(image, state.images.get(image) ?? image) },
        imageRef: state.images.get(image) ?? image,
        reason: '',
        message: '',
        labels: {},
        annotations: {},
      })
      return
    }
    case 'startContainer': {
      const created = runtime?.containers.find(({ id }) => id === action.id)
      if (created) takeContainer(state, uid, { ...created, state: 'CONTAINER_RUNNING', startedAt: ctx.now })
      return
    }
    case 'stopContainer': {
      const running = runtime?.containers.find(({ id }) => id === action.id)
      if (running)
        takeContainer(state, uid, { ...running, state: 'CONTAINER_EXITED', finishedAt: ctx.now, exitCode: 143 })
      return
    }
    case 'removeContainer':
      return forgetContainer(state, uid, action.id)
  }
}
