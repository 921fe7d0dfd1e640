/** Which team has a Pod in the end? `team` is the one it is made with; so many patches are `refused` on the way. */
const examples = [
  { name: 'who has no team gets one', expect: 'unassigned' },
  // TODO one more: what if it has a team already? And what if the first patch is refused?
]

export default examples
