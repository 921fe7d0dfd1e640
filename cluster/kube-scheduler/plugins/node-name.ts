/** NodeName: a Pod that names its node may go to no other. */
import type { Plugin } from '../framework.ts'
import { unresolvable } from '../framework.ts'

const REFUSED = unresolvable("node(s) didn't match the requested node name")

export const nodeName: Plugin = {
  name: 'NodeName',
  reads: ({ spec }) => spec.nodeName,
  filter(_state, pod, { name }) {
    const wanted = pod.spec.nodeName
    return wanted === undefined || wanted === '' || wanted === name ? undefined : REFUSED
  },
  eventsToRegister: [{ event: 'Node/Add', hint: (pod, { node }) => pod.spec.nodeName === node?.metadata.name }],
}
