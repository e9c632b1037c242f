import { BadEntry, Entry } from './entry.js';
import { decodedToken } from './decoded-token.js';
import { issuedToken } from './issued-token.js';

export const USAGE = `npm run -s sts -- tokens <file>   makes the token of each entry of {"tokens":[…]}
npm run -s sts -- decode <file>   says what the token of each entry carries
One JSON line for each entry on stdout; what is wrong with the others on stderr, and exit code 1.
The file has keys in it: use test keys.`;

export interface CommandOutput {
  /** For stdout, in the order of the entries. */
  lines: string[];
  /** For stderr; any is a failure. */
  faults: string[];
}

const COMMANDS: ReadonlyMap<string, (entry: Entry) => object> = new Map([
  ['tokens', issuedToken],
  ['decode', decodedToken],
]);

export function runStsCommand(args: string[], read: (path: string) => string): CommandOutput {
  const [name = '', path, ...more] = args;
  const command = COMMANDS.get(name);
  if (!command || path === undefined || more.length > 0) return { lines: [], faults: [USAGE] };
  const entries = entriesOf(path, read);
  if (typeof entries === 'string') return { lines: [], faults: [entries] };
  const output: CommandOutput = { lines: [], faults: [] };
  entries.forEach((content, i) => {
    const place = `tokens[${i}]`;
    try {
      output.lines.push(JSON.stringify(command(new Entry(content, place))));
    } catch (error) {
      if (!(error instanceof BadEntry)) throw error;
      output.faults.push(error.message);
    }
  });
  return output;
}

/** The entries, or what is wrong with the file. */
function entriesOf(path: string, read: (path: string) => string): unknown[] | string {
  let content: unknown;
  try {
    content = JSON.parse(read(path));
  } catch (error) {
    // A parser's message quotes the file, which has keys in it.
    return error instanceof SyntaxError ? `${path} is not JSON` : `${path} cannot be read`;
  }
  const tokens = typeof content === 'object' && content && 'tokens' in content ? content.tokens : undefined;
  return Array.isArray(tokens) ? tokens : `${path} has no list "tokens"`;
}
