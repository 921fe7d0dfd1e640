/** Our own examples: together they catch every wrong solution. */
export default [
  {
    name: 'a full range is an error, and what is released can be had again',
    size: 1,
    calls: [
      { verb: 'add', who: 1, expect: '10.0.0.2/24' },
      { verb: 'add', who: 2, expect: 'error' },
      { verb: 'del', who: 1 },
      { verb: 'del', who: 1 },
      { verb: 'add', who: 2, expect: '10.0.0.2/24' },
    ],
  },
  {
    name: 'two at the same time get an address each',
    size: 2,
    calls: [
      [
        { verb: 'add', who: 1, expect: 'address' },
        { verb: 'add', who: 2, expect: 'address' },
      ],
      { verb: 'add', who: 3, expect: 'error' },
    ],
  },
]
