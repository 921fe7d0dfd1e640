/** DefaultBinder: one write to `pods/binding`, and the kubelet of that node takes over. */
import { bindRequest } from '#cluster/client/api-client.ts'
import type { Plugin } from '../framework.ts'

export const defaultBinder: Plugin = {
  name: 'DefaultBinder',
  bind: (_state, pod, nodeName) => ({ request: bindRequest(pod, nodeName) }),
}
