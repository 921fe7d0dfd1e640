/** Our own examples for `lease-leader`: together they catch every wrong solution that examples can catch. */
import type { ElectionExample, ElectionStep, LeaseExpectation, ServerWeather } from 'clusterwright/election-tests'

const leads = (more: ServerWeather & { afterS?: number; expect?: LeaseExpectation } = {}): ElectionStep => ({
  tick: 'leading',
  ...more,
})
const waits = (more: ServerWeather & { afterS?: number; expect?: LeaseExpectation } = {}): ElectionStep => ({
  tick: 'standby',
  ...more,
})
const other = (who: string, more: { afterS?: number; clockAheadS?: number } = {}): ElectionStep => ({
  other: who,
  ...more,
})
const mine = { holder: 'copy-1' }
const theirs = { expect: { holder: 'copy-2', written: false } }

const examples: ElectionExample[] = [
  { name: 'the first leads', steps: [leads({ expect: { ...mine, transitions: 0, written: true } })] },
  { name: 'a word counts from the question', steps: [waits({ writesTakeS: 12, expect: mine })] },
  {
    name: 'who leads renews, and nothing else',
    steps: [leads(), leads(), leads({ expect: { ...mine, transitions: 0, written: true, acquired: false } })],
  },
  { name: 'who is there already leads', steps: [other('copy-2'), waits(theirs), waits(theirs)] },
  {
    name: 'who renews keeps it',
    steps: [
      ...Array.from({ length: 12 }, () => [other('copy-2'), waits(theirs)]).flat(),
      waits({ afterS: 12, ...theirs }),
    ],
  },
  {
    name: 'it counts from what it saw itself',
    steps: [other('copy-2'), waits({ afterS: 60, ...theirs }), waits(theirs)],
  },
  {
    name: 'a holder who is silent is succeeded',
    steps: [
      other('copy-3'),
      other('copy-2'),
      waits(theirs),
      waits({ afterS: 12, ...theirs }),
      leads({ afterS: 4, expect: { ...mine, transitions: 2, written: true, acquired: true } }),
      leads({ expect: { transitions: 2, acquired: false } }),
    ],
  },
  ...[-7200, 7200].map((clockAheadS): ElectionExample => ({
    name: `a clock that is ${clockAheadS} s ahead`,
    steps: [
      other('copy-2', { clockAheadS }),
      waits(theirs),
      waits({ afterS: 12, ...theirs }),
      leads({ afterS: 4, expect: { ...mine, transitions: 1 } }),
    ],
  })),
  {
    name: 'nobody’s is taken at once',
    steps: [other('copy-2'), other(''), leads({ expect: { ...mine, transitions: 1, acquired: true } })],
  },
  {
    name: 'somebody is faster',
    steps: [
      other('copy-2'),
      waits(),
      waits({ afterS: 18, outrunBy: 'copy-3', expect: { holder: 'copy-3', written: false } }),
      waits({ expect: { holder: 'copy-3' } }),
    ],
  },
  { name: 'who was succeeded is no longer leading', steps: [leads(), other('copy-2'), waits(theirs)] },
  {
    name: 'who hears nothing leads for a while, and not longer',
    steps: [leads(), leads({ down: true }), waits({ afterS: 9, down: true }), leads()],
  },
  { name: 'the word is good by the end of the tick', steps: [leads(), waits({ afterS: 9, down: true })] },
  {
    name: 'a write that gets lost is no renewal',
    steps: [leads(), leads({ afterS: 4, writes: 'lost' }), waits({ afterS: 6, writes: 'lost' })],
  },
  {
    name: 'nor is one that nobody has answered',
    steps: [leads(), leads({ afterS: 4, writes: 'unanswered' }), waits({ afterS: 6, writes: 'unanswered' })],
  },
  { name: 'an answer that comes too late', steps: [leads(), waits({ writesTakeS: 60 }), leads()] },
  {
    name: 'a renewal counts from when it was sent',
    steps: [leads(), leads({ writesTakeS: 7 }), waits({ afterS: 4, down: true })],
  },
  {
    name: 'who stops lets go',
    steps: [leads(), { release: true, expect: { holder: '', transitions: 0, written: true } }],
  },
  { name: 'what is another’s is not let go', steps: [other('copy-2'), waits(), { release: true, ...theirs }] },
]

export default examples
