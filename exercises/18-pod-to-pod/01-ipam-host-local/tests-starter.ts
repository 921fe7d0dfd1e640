import type { IpamExample } from 'clusterwright/cni-tests'

/** What must come of each call? Each example has ranges, calls one after the other, and the right outcomes. */
const examples: IpamExample[] = [
  {
    name: 'the first two Pods get the first two addresses that are free for Pods',
    ranges: [[{ subnet: '10.244.1.0/24' }]],
    calls: [
      { verb: 'add', who: 'web-1', expect: ['10.244.1.2/24'] },
      { verb: 'add', who: 'web-2', expect: ['10.244.1.3/24'] },
    ],
  },
  // TODO one more: what becomes of an address when its Pod is gone? And what if DEL comes twice?
  //   { verb: 'del', who: 'web-1', expect: 'success' }
  // Calls at the same time stand in a list of their own: [{ verb: 'add', … }, { verb: 'add', … }]
]

export default examples
