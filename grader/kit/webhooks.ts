/** A server of admission webhooks outside the cluster, and the configurations that have the API server ask it. */
import { webhookServer as server, type WebhookRules } from '#cluster/admission-webhook/admission-webhook.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'

const MACHINE = 'policies'

/** For the world's components, as `webhook-server`. */
export const webhookServer = server as unknown as Component

/** Starts one, by this name. */
export function addWebhookServer(world: World, name: string, rules: WebhookRules): ProcessId {
  if (!world.network.machines.has(MACHINE)) world.addMachine(MACHINE)
  world.addProcess({ machine: MACHINE, name, component: 'webhook-server', options: rules })
  return `${MACHINE}/${name}`
}

/** Asks it about what is created and updated of one resource; nothing is written while it does not answer. */
export const webhookFor = (kind: 'Mutating' | 'Validating', name: string, resource: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${kind}WebhookConfiguration`,
  metadata: { name },
  webhooks: [
    {
      name: `${name}.example.com`,
      clientConfig: { url: `https://${name}.${MACHINE}/` },
      rules: [{ operations: ['CREATE', 'UPDATE'], apiGroups: [''], apiVersions: ['v1'], resources: [resource] }],
      ...{ sideEffects: 'None', failurePolicy: 'Fail', admissionReviewVersions: ['v1'] },
    },
  ],
})
