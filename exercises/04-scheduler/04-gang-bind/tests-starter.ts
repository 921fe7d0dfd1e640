import type { ExamplePod, ExamplePodGroup, GangExample } from 'clusterwright/gang-tests'

/** Who waits, who is let in, who is sent away? Each example is a story, told step by step. */
const examples: GangExample[] = [
  {
    name: 'one of two waits',
    podGroups: [group('red', 2)],
    pods: [member('red-1', 'red'), member('red-2', 'red')],
    steps: [
      { do: 'attempt', pod: 'red-1', expect: { code: 'Wait', timeoutMs: 10_000 } },
      // TODO the second one comes: what does it get, and who is let in with it?
      //   { do: 'attempt', pod: 'red-2', expect: { code: …, allows: […] } },
    ],
  },
  // TODO one more: what if one that waits has to give its room back?
  //   { do: 'unreserve', pod: 'red-1', rejects: […] },
]

export default examples

// ── given: short ways to write PodGroups and Pods; write them out whole where you need more ─────────────────────────

function group(name: string, minMember: number, scheduleTimeoutSeconds = 10): ExamplePodGroup {
  return { metadata: { name }, spec: { minMember, scheduleTimeoutSeconds } }
}

function member(name: string, gang: string): ExamplePod {
  return { metadata: { name, labels: { 'scheduling.x-k8s.io/pod-group': gang } } }
}
