import type { ElectionExample } from 'clusterwright/election-tests'

/** What must a copy say, and leave behind? You are the server, and all the other copies. */
const examples: ElectionExample[] = [
  {
    name: 'where there is no Lease it makes one',
    steps: [{ tick: 'leading', expect: { holder: 'copy-1', transitions: 0 } }],
  },
  {
    name: 'who is there already leads',
    steps: [{ other: 'copy-2' }, { tick: 'standby', expect: { holder: 'copy-2', written: false } }],
  },
  // TODO one more: when may it take the Lease of another, and when must it stop leading?
]

export default examples
