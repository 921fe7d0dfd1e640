/** How a figure's story has its kube-scheduler configured: profiles, what the first does without, and what it weighs otherwise. */
import type { Component } from '#cluster/kernel/component.ts'
import type { KubeSchedulerConfiguration, KubeSchedulerProfile } from '#cluster/kube-scheduler/configuration.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'

export interface SchedulerRequest {
  /** The profiles in kube-scheduler's configuration; default: the usual one. */
  readonly profiles?: readonly KubeSchedulerProfile[]
  /** Plugins that the first profile is to do without. */
  readonly disabledPlugins?: readonly string[]
  /** Weights that the first profile gives to Score plugins, by name; those not named keep theirs. */
  readonly weights?: Readonly<Record<string, number>>
}

/** kube-scheduler with a configuration of its own; undefined: with none. */
export function configuredScheduler(request: SchedulerRequest): Record<string, Component> | undefined {
  const { profiles = [{}], disabledPlugins = [], weights = {} } = request
  const weighed = Object.entries(weights).filter(([name]) => !disabledPlugins.includes(name))
  if (!request.profiles && disabledPlugins.length === 0 && weighed.length === 0) return undefined
  const plugins = {
    multiPoint: { disabled: disabledPlugins.map((name) => ({ name })) },
    score: { enabled: weighed.map(([name, weight]) => ({ name, weight })) },
  }
  const config: KubeSchedulerConfiguration = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: profiles.map((profile, i) => (i === 0 ? { plugins, ...profile } : profile)),
  }
  const usual = kubeScheduler()
  return { 'kube-scheduler': { ...usual, init: (options) => usual.init({ ...options, config }) } }
}
