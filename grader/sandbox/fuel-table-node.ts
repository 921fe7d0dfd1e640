/** Prints the fuel table of this host as JSON, a row per line: `node grader/sandbox/fuel-table-node.ts [--backwards] > table.json`. */
import { loadEngineNode } from './engine-node.ts'
import { fuelTable } from './fuel-table.ts'

const backwards = process.argv.includes('--backwards')
const rows = fuelTable(await loadEngineNode(), { backwards }).map((row) => JSON.stringify(row))
console.log(`[\n${rows.join(',\n')}\n]`)
