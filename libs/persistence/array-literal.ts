const NEEDS_NO_QUOTES = /^[\w.:+-]+$/;
const TO_ESCAPE = /[\\"]/g;

/**
 * A one-dimensional array as PostgreSQL reads it in a parameter (documentation, 8.15.6 "Array Input and Output Syntax").
 * Takes strings, numbers, bigints, booleans, dates (UTC) and null. The driver's own way was a
 * twentieth of all that the services do at saturation.
 */
export function arrayLiteral(values: readonly unknown[]): string {
  return `{${values.map(element).join(',')}}`;
}

function element(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (NEEDS_NO_QUOTES.test(value) && value.toUpperCase() !== 'NULL') return value;
      return `"${value.replace(TO_ESCAPE, '\\$&')}"`;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return 'NULL';
      if (value instanceof Date) return `"${value.toISOString()}"`;
      throw new TypeError('an array for PostgreSQL holds texts, numbers, booleans, dates and nothing else');
  }
}
