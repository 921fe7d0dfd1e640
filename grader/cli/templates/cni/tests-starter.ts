/** What must come of each call? The range has `size` addresses, from 10.0.0.2 on; `who` 1 is the container web-1. */
const examples = [
  {
    name: 'the first two containers get the first two addresses',
    size: 3,
    calls: [
      { verb: 'add', who: 1, expect: '10.0.0.2/24' },
      { verb: 'add', who: 2, expect: '10.0.0.3/24' },
    ],
  },
  // TODO one more: what if no address is left ("error")? What becomes of an address after { verb: 'del', who: 1 }?
  // Calls that run at the same time stand in a list of their own: [{ verb: 'add', … }, { verb: 'add', … }]. Who of them
  // is first is chance: expect "address", which is any that nobody else holds.
]

export default examples
