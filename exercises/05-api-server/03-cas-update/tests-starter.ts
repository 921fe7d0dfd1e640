import type { CasExample } from 'clusterwright/storage-tests'

/** Who writes when, and what must come of it? Each call to the store takes 2 ms, and is carried out after 1. */
const examples: CasExample[] = [
  {
    name: 'one update',
    updates: [{ add: 2 }],
    expect: { answers: [200], count: 2, revisions: 1 },
  },
  // TODO one more: what if somebody else writes between the two calls? What if the object is deleted then, and made anew?
  //   updates: [{ add: 2 }], others: [{ atMs: 2, do: 'add' }],
]

export default examples
