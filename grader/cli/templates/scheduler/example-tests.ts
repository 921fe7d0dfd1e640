/** Our own examples: together they catch every wrong solution. */
export default [
  { name: 'true is under maintenance', labels: { 'example.com/maintenance': 'true' }, expect: 'Unschedulable' },
  { name: 'false is not', labels: { 'example.com/maintenance': 'false' }, expect: 'Success' },
  { name: 'nor is a node without the label', labels: {}, expect: 'Success' },
]
