/** Our own examples: together they catch every wrong solution. */
export default [
  { name: 'who has no team gets one', expect: 'unassigned' },
  { name: 'who has one keeps it', team: 'blue', expect: 'blue' },
  { name: 'a refusal is not the end', refused: 2, expect: 'unassigned' },
]
