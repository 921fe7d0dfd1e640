import type { ReflectorExample } from 'clusterwright/reflector-tests'

/** What does it hear, and what must it say? `web@12` is the object web in version 12. */
const examples: ReflectorExample[] = [
  {
    name: 'a list, then a change',
    steps: [
      { next: 'list' },
      { on: 'LISTED 20 a@12', deltas: ['added a@12'] },
      { next: 'watch 20' },
      { on: 'MODIFIED a@22', deltas: ['updated a@22'] },
      { cache: ['a@22'] },
    ],
  },
  // TODO one more: what does it ask after ENDED 200, and what after ENDED 410? What if the new list lacks an object?
]

export default examples
