/** What must `filter` answer at a node with these labels? `expect` is Success or Unschedulable. */
const examples = [
  {
    name: 'a node under maintenance takes no Pod',
    labels: { 'example.com/maintenance': 'true' },
    expect: 'Unschedulable',
  },
  // TODO one more: which node is not under maintenance, although it looks like it?
]

export default examples
