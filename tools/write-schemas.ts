import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { EVENTS, typeOf } from '#contracts';

// `npm run schemas`: writes the schema of every new event or version. What is committed is never overwritten.
const folder = 'libs/contracts/schemas';
mkdirSync(folder, { recursive: true });
for (const event of EVENTS) {
  const file = `${folder}/${typeOf(event)}.json`;
  const text = `${JSON.stringify(event.payload, null, 2)}\n`;
  if (!existsSync(file)) {
    writeFileSync(file, text);
    console.log(`wrote ${file}`);
  } else if (JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) !== JSON.stringify(event.payload)) {
    console.error(`${event.name} has changed: raise its version, ${file} is kept`);
    process.exitCode = 1;
  }
}
